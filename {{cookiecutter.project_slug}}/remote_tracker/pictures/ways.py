"""The way that each animal of a video went: a place for each frame in which it was seen. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..tracks.tracks import Tracks

Numbers = npt.NDArray[Any]
MOST_BREAKS = 300  # more cannot be seen in a picture, and each takes time to be drawn


@dataclass(frozen=True)
class Way:
    """The frames in which an animal was seen, ascending, and where: n, and n x 2 in the unit of its tracks."""

    name: str
    frames: Numbers
    points: Numbers


def find_ways(tracks: Tracks) -> tuple[Way, ...]:
    """Return the way of each animal that was seen, in the order of the tracks.

    Of several keypoints the most often seen tells where the animal was.
    """
    seen = np.isfinite(tracks.positions).all(axis=1)  # frames x keypoints x animals
    if not seen.size:
        return ()
    part = int(seen.sum(axis=(0, 2)).argmax())
    ways = []
    for number, name in enumerate(tracks.individuals):
        rows = np.flatnonzero(seen[:, part, number])
        if len(rows):
            ways.append(Way(name, tracks.frames[rows], tracks.positions[rows, :, part, number]))
    return tuple(ways)


def find_breaks(way: Way) -> Numbers:
    """Return the rows of a way before which the animal was lost for longer than it usually takes to the next frame.

    A tracker that looks at each fifth frame leaves four out everywhere: that loses no animal. Of an animal that was
    lost more than 300 times only the longest losses count.
    """
    steps = np.diff(way.frames)
    if not len(steps):
        return np.empty(0, dtype=np.int64)
    least = max(int(np.median(steps)), 1)
    if (steps > least).sum() > MOST_BREAKS:
        least = int(np.partition(steps, -MOST_BREAKS)[-MOST_BREAKS])
    found: Numbers = np.flatnonzero(steps > least) + 1
    return found


def span(ways: Sequence[Way]) -> tuple[int, int]:
    """Return the first and the last frame in which any animal was seen; 0, 0 where there is no animal."""
    if not ways:
        return 0, 0
    return min(int(way.frames[0]) for way in ways), max(int(way.frames[-1]) for way in ways)


def share_time(way: Way, first: int, last: int, parts: int) -> list[tuple[int, int]]:
    """Return the rows, from and to before, of a way in so many equal parts of the time between two frames.

    Each part begins with the last row of the part before, so that a line through them has no hole.
    """
    edges = np.linspace(first, last, parts + 1)[1:-1]
    cuts = [0, *np.searchsorted(way.frames, edges, side="right").tolist(), len(way.frames)]
    return [(max(start - 1, 0), end) for start, end in pairwise(cuts)]
