"""Find the places where animals of a video touched. Pure."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..measures.measure_tracks import find_near
from ..tracks.tracks import Tracks
from .ways import Numbers

_MOST = 30  # places that are marked, where animals touched longest
_WORK = 4_000_000  # pairs of animals in a frame that are looked at; beyond, frames are left out evenly


def find_touches(tracks: Tracks, picture: tuple[int, int] | None) -> tuple[Numbers, float]:
    """Return the places, n x 2, at which two animals touched, the longest touch first, and how near they were then.

    They touch where the number of touches counts it (measures/measure_tracks.py); ``picture`` is width and height of
    the frame in px. Touches that lie closer together than twice that distance are a single place.
    """
    count = len(tracks.individuals)
    near = find_near(tracks, picture) if count > 1 else 0.0
    if not near:
        return np.empty((0, 2)), near
    places = _middles(tracks.positions[:: max(1, len(tracks.frames) * count * count // 2 // _WORK)])
    met = [_meetings(places[number], places[number + 1 :], near) for number in range(count - 1)]
    return _gather(np.concatenate(met), 2 * near), near


def _middles(positions: Numbers) -> Numbers:
    """Return where each animal was, animals x frames x 2: the middle of its keypoints that were seen, NaN for none."""
    seen: Any = np.isfinite(positions).all(axis=1)
    seen = seen[:, None]
    number = seen.sum(axis=2)
    total = np.where(seen, positions, 0.0).sum(axis=2)
    middles: Numbers = np.where(number > 0, total / np.maximum(number, 1), np.nan).transpose(2, 0, 1)
    return middles


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
