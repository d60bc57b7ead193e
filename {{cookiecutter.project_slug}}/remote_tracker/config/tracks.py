"""Read ``tracks`` of a stage in a tracker.yml: which output says where the animals were, and in which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import unknown_word
from ..model import Output
from ..model.track_source import COLUMNS, TRACK_FORMS, TrackSource
from .document import Section
from .expressions import holds

KEYS = {
    "of": "the output that holds the positions",
    "form": "how: tidy, a CSV table with a row for each animal in each frame; or deeplabcut, sleap, idtrackerai, trex, "
    "tierpsy, antrax, tramway: as that program writes them",
    "file": "where that output is a folder: which files in it are meant, as *.csv",
    "frame": "tidy: the column with the frame's number in the video; the first frame is 0",
    "individual": "tidy: the column that says which animal it is (default: there is one animal)",
    "keypoint": "tidy: the column that says which part of the animal it is (default: its centroid)",
    "x": "tidy: the column with x, from the left",
    "y": "tidy: the column with y, from the top",
    "confidence": "tidy: the column that says how sure the tracker is, 0 to 1",
    "time": "tidy: the column with the frame's time in s, for videos whose frames are not evenly spaced",
    "size": "tidy: the column with the animal's area in px²",
    "unit": "the unit of x and y (default: px)",
    "when": "an expression over params; where it is false there are no positions",
}
NEEDED = ("frame", "x", "y")  # columns without which a tidy table tells no position


def read_track_source(section: Section, outputs: Sequence[Output], params: Mapping[str, Any]) -> TrackSource | None:
    """Return what ``tracks`` of a stage says, None where it is not given or its ``when`` is false.

    Raises ConfigError, which names the file, the line and the valid words.
    """
    if section.data.get("tracks") is None:
        return None
    inner = section.section("tracks").only(KEYS)
    if not holds(inner, "when", params):
        return None
    form = inner.text("form")
    if form not in TRACK_FORMS:
        inner.fail("form", unknown_word("form", form, TRACK_FORMS))
    return TrackSource(
        output=_output(inner, "of", outputs),
        form=form,
        file=inner.text("file", ""),
        columns=_read_columns(inner, form),
        unit=inner.text("unit", "px"),
    )


def _read_columns(section: Section, form: str) -> Mapping[str, str]:
    given = {name: section.text(name) for name in COLUMNS if name in section.data}
    for name in given if form != "tidy" else ():
        section.fail(name, f'"{name}" names a column of a table of the form tidy; {form} has its own.')
    for name in NEEDED if form == "tidy" else ():
        if name not in given:
            section.fail("form", f'the key "{name}" is missing: {KEYS[name]}.')
    return given


def _output(section: Section, key: str, outputs: Sequence[Output]) -> str:
    name, known = section.text(key), [output.name for output in outputs]
    if name not in known:
        section.fail(key, unknown_word("output", name, known))
    return name
