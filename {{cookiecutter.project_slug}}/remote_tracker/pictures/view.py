"""Where a place of a video lies in its picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..named_tuple import NamedTuple
from .palette import Image
from .ways import Numbers, Way

_MOST_ENLARGED = 8.0
_MARGIN = 0.05  # of the box of all places, where there is no frame
_BLANK = (0.0, 0.0, 400.0, 300.0)
_FAR = 10.0  # pictures: a place farther outside is drawn no farther outside


class View(NamedTuple):
    """The part of the plane that a picture shows."""

    left: float  # in the unit of the tracks
    top: float
    scale: float  # px of the picture for each unit
    width: int  # px of the picture
    height: int

    def place(self, points: Numbers) -> Numbers:
        """Return where places of the tracks, n x 2, lie in the picture, in its px."""
        found = (points - (self.left, self.top)) * self.scale
        most = (self.width * _FAR, self.height * _FAR)
        placed: Numbers = np.clip(found, np.negative(most), most)
        return placed


def find_view(frame: Image | None, ways: Sequence[Way], width: int, height: int) -> View:
    """Return the view of a frame, or without one of all places, as large as it fits into so many px.

    A place in a frame is in px, (0, 0) the middle of its first pixel.
    """
    if frame is not None:
        wide, high = float(frame.shape[1]), float(frame.shape[0])
        left, top = -0.5, -0.5
    else:
        left, top, wide, high = _box(ways)
    scale = min(width / wide, height / high)
    if frame is not None:
        scale = min(scale, _MOST_ENLARGED)
    return View(left, top, scale, max(1, round(wide * scale)), max(1, round(high * scale)))


def _box(ways: Sequence[Way]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the box of all places, with a margin."""
    if not ways:
        return _BLANK
    lows = np.min([way.points.min(axis=0) for way in ways], axis=0)
    highs = np.max([way.points.max(axis=0) for way in ways], axis=0)
    size = np.maximum(highs - lows, max(float((highs - lows).max()) / 20, 1e-9))
    left, top = (lows + highs) / 2 - size * (0.5 + _MARGIN)
    wide, high = size * (1 + 2 * _MARGIN)
    return float(left), float(top), float(wide), float(high)
