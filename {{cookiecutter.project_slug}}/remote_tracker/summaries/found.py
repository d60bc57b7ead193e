"""What the joined tables hold, for the tables that are written beside them in the same step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TextIO

from ..named_tuple import NamedTuple
from .results import Results


class Found(NamedTuple):
    """The results in the joined tables, and where the new tables lie until they are moved to their place."""

    days: Sequence[str]  # the day of each day's table
    results: Results  # their numbers are the file_ids; their tables are numbered as ``days``
    reasons: Mapping[str, str]  # video -> why it has no features
    files: Path  # the new table of file names, whole
    features: Path  # the new table of features, whole


class More(NamedTuple):
    """Tables that are written beside the joined tables, all or none."""

    names: tuple[str, ...]
    write: Callable[[Found, Sequence[TextIO]], object]  # writes them, once the joined tables are written


NO_MORE = More((), lambda found, streams: None)
