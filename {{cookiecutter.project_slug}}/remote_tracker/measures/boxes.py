"""Choose the boxes of heat maps so that the maps of several videos can be added up exactly. Pure.

Where the size of a picture is not known, a box ends at a power of two on each side: the cells of a smaller box fill the
cells of a larger box, two by two.
"""

from __future__ import annotations

from functools import lru_cache
from math import hypot, log2

from ..named_tuple import NamedTuple

LARGEST = 2.0**500  # no picture and no arena is larger; what a damaged result says beyond it lies in no cell
Box = tuple[float, float, float, float]  # left, top, right, bottom


class _Side(NamedTuple):
    low: float
    high: float


def box_around(left: float, top: float, right: float, bottom: float) -> Box:
    """Return the box for positions between these sides: from 0, or from as far below 0 as above it."""
    across, down = _side(left, right), _side(top, bottom)
    return (across.low, down.low, across.high, down.high)


def join_boxes(one: Box, other: Box) -> Box:
    """Return the box around two boxes that box_around made."""
    return box_around(min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


@lru_cache(maxsize=1024)  # thousands of videos have a few boxes
def is_around(box: Box) -> bool:
    """Return whether box_around may have made a box, so that join_boxes can join it with others that it made."""
    return box == box_around(*box)


def diagonal_of(box: Box) -> float:
    """Return the length of the box's diagonal, from 0 where it begins there: a resting animal fills no box."""
    return hypot(box[2] - box[0], box[3] - box[1])


def _side(low: float, high: float) -> _Side:
    most = min(max(high, -low), LARGEST)
    end = _power(most) if most > 0 else 1.0
    return _Side(-end if low < 0 else 0.0, end)


def _power(value: float) -> float:
    """Return the smallest power of two that is not below the value."""
    exponent = int(log2(value))
    while 2.0**exponent < value:
        exponent += 1
    while 2.0 ** (exponent - 1) >= value:
        exponent -= 1
    return 2.0**exponent
