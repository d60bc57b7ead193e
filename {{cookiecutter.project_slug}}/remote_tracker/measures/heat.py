"""Add up where the animals of several videos were. Pure."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .boxes import Box, is_around, join_boxes
from .track_numbers import COLUMNS, ROWS, TrackNumbers

LANE = array("Q").itemsize  # bytes; no sum of sightings needs more
CELLS = ROWS * COLUMNS
_SECOND = int.from_bytes(b"\xff\xff\xff\xff\0\0\0\0" * (CELLS // 2), "little")  # every second cell of a kept map
Counts = tuple[int, int]  # the cells 0, 2, 4 ..., then 1, 3, 5 ..., all in one number each, LANE bytes a cell


@dataclass(frozen=True)
class Heat:
    """Sightings in each cell of a box, over several videos."""

    videos: int
    extent: Box  # left, top, right, bottom
    unit: str
    counts: tuple[int, ...]  # of each cell, row by row from the top
    rows: int = ROWS
    columns: int = COLUMNS
    left_out: int = 0  # videos whose map cannot be added: their picture has another size, or their unit is another


@dataclass
class _Sum:
    extent: Box
    counts: Counts = (0, 0)  # whole maps are added in two steps
    videos: int = 0


def add_up(numbers: Iterable[TrackNumbers]) -> Heat | None:
    """Return the heat map of several videos, None where none has an animal.

    Where pictures have several sizes, or positions several units, the size and the unit of most videos count.
    """
    sums: dict[tuple[str, Box | None], _Sum] = {}
    for one in numbers:
        if one.animals:
            key = (one.unit, None if is_around(one.extent) else one.extent)
            total = sums.setdefault(key, _Sum(one.extent))
            _add(total, one.extent, one.heat)
    if not sums:
        return None
    (unit, _), best = max(sums.items(), key=lambda item: item[1].videos)
    left_out = sum(total.videos for total in sums.values()) - best.videos
    return Heat(best.videos, best.extent, unit, tuple(_cells_in(best.counts)), left_out=left_out)


def _add(total: _Sum, extent: Box, heat: Sequence[int]) -> None:
    """Add a map to a sum; where its box is another, both go into the box around the two."""
    total.videos += 1
    if extent != total.extent:
        both = join_boxes(extent, total.extent)
        total.counts = _numbers_of(_moved(_cells_in(total.counts), total.extent, both))
        heat, total.extent = _moved(heat, extent, both), both
    even, odd = _numbers_of(heat)
    total.counts = total.counts[0] + even, total.counts[1] + odd


def _numbers_of(heat: Sequence[int]) -> Counts:
    if isinstance(heat, array) and heat.itemsize == LANE // 2 and sys.byteorder == "little":  # a tenth of the time
        number = int.from_bytes(heat.tobytes(), "little")
        return number & _SECOND, number >> 8 * heat.itemsize & _SECOND
    return _number_of(heat[0::2]), _number_of(heat[1::2])


def _number_of(cells: Sequence[int]) -> int:
    return int.from_bytes(array("Q", cells).tobytes(), sys.byteorder)


def _cells_in(counts: Counts) -> list[int]:
    cells = [0] * CELLS
    for at, number in enumerate(counts):
        cells[at::2] = array("Q", number.to_bytes(LANE * CELLS // 2, sys.byteorder))
    return cells


def _moved(counts: Sequence[int], box: Box, larger: Box) -> list[int]:
    """Return the counts of a box's cells in the cells of a larger box that box_around made, as of box itself."""
    if box == larger:
        return list(counts)
    rows = _cells(box[1], box[3], larger[1], larger[3], ROWS)
    columns = _cells(box[0], box[2], larger[0], larger[2], COLUMNS)
    moved = [0] * CELLS
    for at, count in enumerate(counts):
        row, column = divmod(at, COLUMNS)
        moved[rows[row] * COLUMNS + columns[column]] += count
    return moved


def _cells(low: float, high: float, lower: float, higher: float, number: int) -> list[int]:
    """Return for each cell of a side in which cell of the larger side its middle lies."""
    middles = [low + (high - low) * (cell + 0.5) / number for cell in range(number)]
    return [min(int((middle - lower) / (higher - lower) * number), number - 1) for middle in middles]
