"""A place in a result that tells a fact about its video."""

from __future__ import annotations

from collections.abc import Mapping

from ..named_tuple import NamedTuple


class Tell(NamedTuple):
    """Where a result says a fact about itself, as how many frames a second its video has."""

    kind: str  # json, hdf5 or csv: the kind of file that says it
    output: str  # the name of an output
    options: Mapping[str, str]  # where in the file it stands
