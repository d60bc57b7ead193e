"""The people of a project, as project.yml names them."""

from __future__ import annotations

from ..named_tuple import NamedTuple


class Person(NamedTuple):
    """A person to whom the data of a project are credited."""

    name: str
    orcid: str = ""  # as 0000-0002-1825-0097; "": not said
    affiliation: str = ""  # "": not said
