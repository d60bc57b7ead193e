"""Find the places where animals of a video touched. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .ways import Numbers, Way

NEAR = 12.0  # px
_MOST = 30  # places that are marked: those where animals touched longest
_WORK = 4_000_000  # pairs of animals in a frame that are looked at; beyond, frames are left out evenly


def find_touches(ways: Sequence[Way], frames: Numbers, near: float = NEAR) -> Numbers:
    """Return the places, n x 2, at which two animals were nearer to each other than ``near``, the longest touch first.

    ``frames`` are all frames that were looked at, ascending. Touches that lie closer together than twice ``near`` are a single place.
    """
    count = len(ways)
    frames = frames[:: max(1, len(frames) * count * count // 2 // _WORK)]
    places = np.full((count, len(frames), 2), np.nan, dtype=np.float32)
    for number, way in enumerate(ways):
        rows = np.searchsorted(way.frames, frames)
        inside = rows < len(way.frames)
        seen = np.flatnonzero(inside)[way.frames[rows[inside]] == frames[inside]]
        places[number, seen] = way.points[rows[seen]]
    met = [_meetings(places[number], places[number + 1 :], near) for number in range(count - 1)]
    return _gather(np.concatenate([np.empty((0, 2)), *met]), 2 * near)


def _meetings(one: Numbers, others: Numbers, near: float) -> Numbers:
    """Return the middle between an animal and each other animal, in each frame in which they are near."""
    away = others - one
    who, when = np.nonzero((away**2).sum(axis=2) < near**2)
    middles: Numbers = one[when] + away[who, when] / 2
    return middles


def _gather(points: Numbers, size: float) -> Numbers:
    """Return the mean place of the points in each cell of ``size`` that has some, the fullest cells first."""
    if not len(points):
        return points
    _, cell, count = np.unique(np.floor(points / size), axis=0, return_inverse=True, return_counts=True)
    sums = np.zeros((len(count), 2))
    np.add.at(sums, cell.reshape(-1), points)
    fullest = np.argsort(-count, kind="stable")[:_MOST]
    found: Numbers = sums[fullest] / count[fullest, None]
    return found
