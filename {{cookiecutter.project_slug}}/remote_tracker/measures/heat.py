"""Add up where the animals of several videos were. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .track_numbers import COLUMNS, ROWS, TrackNumbers


@dataclass(frozen=True)
class Heat:
    """Sightings in each cell of a box, over several videos."""

    videos: int
    extent: tuple[float, float, float, float]  # left, top, right, bottom
    unit: str
    counts: tuple[int, ...]  # of each cell, row by row from the top
    rows: int = ROWS
    columns: int = COLUMNS
    left_out: int = 0  # videos in another unit or with a picture of another size


def add_up(numbers: Iterable[TrackNumbers]) -> Heat | None:
    """Return the heat map of several videos, None where none has an animal."""
    return None
