"""A person's word on a result."""

from __future__ import annotations

from ..named_tuple import NamedTuple

REVIEWED = "AuxiliaryFiles/reviewed.csv"  # where the lab's words on results lie, below the project


class SaidWord(NamedTuple):
    """What the lab said about a video's result."""

    word: str  # good, bad or look again
    lapsed: bool  # it is about a result that was made anew since
    note: str = ""  # what the lab wrote beside it
    about: str = ""  # which result a lapsed word is about, as reviewed.csv names a result; "": it is not lapsed
