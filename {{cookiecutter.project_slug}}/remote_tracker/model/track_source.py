"""Where a step's results say where the animals were, as a tracker.yml declares it."""

from __future__ import annotations

from collections.abc import Mapping

from ..named_tuple import NamedTuple

# The forms in which positions are written: a reader of remote_tracker/tracks for each.
TRACK_FORMS = ("tidy", "deeplabcut", "sleap", "idtrackerai", "trex", "tierpsy", "antrax", "tramway")
COLUMNS = ("frame", "individual", "keypoint", "x", "y", "confidence", "time", "size")  # of the form tidy


class TrackSource(NamedTuple):
    """The output that holds the positions of the animals, and the form in which it holds them."""

    output: str  # the name of an output
    form: str  # a word of TRACK_FORMS
    file: str = ""  # the files in the output that are meant, where it is a folder; a glob
    columns: Mapping[str, str] = {}  # of the form tidy: a word of COLUMNS -> the name of that column in the table
    unit: str = "px"  # of x and y
