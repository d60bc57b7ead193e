"""Tell what the numbers of measures/ mean, and give a video's numbers under the names by which they are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..config.document import load_document
from ..tables.definitions import Column
from . import track_numbers
from .track_numbers import TrackNumbers

COLUMNS = "columns.yml"  # beside this module
NAMES = {  # how a number is called where it is shown -> its field
    "animals_seen": "animals",
    "frames_with_animals": "frames_seen",
    "first_frame": "first",
    "last_frame": "last",
    "missing": "missing",
    "jumps": "jumps",
    "touches": "touches",
    "confidence": "confidence",
    "size": "size",
    "distance": "distance",
}
_SHARES = ("JUMP_FLOOR", "TOUCH", "INSIDE")


def load_meanings() -> Mapping[str, Column]:
    """Return name -> what the number of this name means, in the order of columns.yml."""
    rows = load_document(Path(__file__).with_name(COLUMNS)).data["numbers"]
    rules = {name: f"{getattr(track_numbers, name):.0f}" for name in ("JUMP", "ROWS", "COLUMNS")}
    rules |= {name: f"{getattr(track_numbers, name):.2g}" for name in _SHARES}
    told = [[str(row.get(key, "")).format_map(rules) for key in Column._fields] for row in rows]
    return {texts[0]: Column(*texts) for texts in told}


def values_of(numbers: Sequence[TrackNumbers | None]) -> dict[str, list[float | None]]:
    """Return name -> its value of each video, for the names in NAMES; None where a video has no numbers."""
    return {name: [None if one is None else getattr(one, field) for one in numbers] for name, field in NAMES.items()}
