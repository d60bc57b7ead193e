"""Compute what the tracks of a video come to. Pure.

Beside the tracks themselves it takes memory for some frames or one animal at a time, never for pairs of animals.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..named_tuple import NamedTuple
from ..tracks.tracks import Tracks
from .boxes import Box, box_around, diagonal_of
from .track_numbers import COLUMNS, INSIDE, JUMP, JUMP_FLOOR, ROWS, TOUCH, TrackNumbers

Values = npt.NDArray[Any]
BLOCK = 1 << 20  # values that are looked at together


@dataclass
class _Seen:
    """What a first look at all frames tells."""

    frames: int = 0  # with an animal
    sightings: int = 0
    inside: int = 0  # sightings in the picture
    low: Values = field(default_factory=lambda: np.full(2, np.inf))
    high: Values = field(default_factory=lambda: np.full(2, -np.inf))


class _Walk(NamedTuple):
    """What the sightings of one animal tell."""

    seen: int
    first: int
    last: int
    steps: int
    jumps: int
    distance: float


def measure(tracks: Tracks, picture: tuple[int, int] | None = None) -> TrackNumbers:
    """Return the numbers of a video's tracks; ``picture`` is the width and height of its picture in px, where known.

    An animal is where the middle of its keypoints is that are seen. A jump is a step to the next frame of more than
    JUMP times the animal's median step, and of more than JUMP_FLOOR of the diagonal of the box of the heat map. Two
    animals touch in a frame where their middles are nearer than an animal is long: than the diameter of a circle of the
    median area; where no area is told, than the median diagonal of the box around an animal's keypoints; where there is
    one keypoint, than TOUCH of the diagonal. The box is the picture where at least INSIDE of the sightings lie in it,
    else the box that boxes.py makes around the positions.
    """
    with np.errstate(all="ignore"):  # what is too large for a number is left out where it would count
        return _measure(tracks, picture if tracks.unit == "px" else None)


def _measure(tracks: Tracks, picture: tuple[int, int] | None) -> TrackNumbers:
    seen = _look(tracks, picture)
    if not seen.sightings:
        return _nothing(tracks)
    box = _choose_box(seen, picture)
    walks = [walk for place in range(len(tracks.individuals)) if (walk := _follow(tracks, place, diagonal_of(box)))]
    size = _median(tracks.size)
    touches, heat = _meet(tracks, box, _near(tracks, size, box))
    spans = sum(walk.last - walk.first + 1 for walk in walks)
    return TrackNumbers(
        animals=len(walks),
        frames_seen=seen.frames,
        first=min(walk.first for walk in walks),
        last=max(walk.last for walk in walks),
        missing=(spans - sum(walk.seen for walk in walks)) / spans,
        jumps=sum(walk.jumps for walk in walks),
        touches=touches,
        steps=sum(walk.steps for walk in walks),
        confidence=_median(tracks.confidence),
        size=size,
        unit=tracks.unit,
        distance=_median(np.array([walk.distance for walk in walks])),
        heat=array("I", heat.tolist()),
        extent=box,
    )


def find_near(tracks: Tracks, picture: tuple[int, int] | None = None) -> float:
    """Return below which distance of their middles two animals touch, as measure counts it; 0 where none is seen."""
    with np.errstate(all="ignore"):
        seen = _look(tracks, picture if tracks.unit == "px" else None)
        return _near(tracks, _median(tracks.size), _choose_box(seen, picture)) if seen.sightings else 0.0


def _nothing(tracks: Tracks) -> TrackNumbers:
    none = array("I", bytes(4 * ROWS * COLUMNS))
    return TrackNumbers(0, 0, None, None, None, 0, 0, 0, None, None, tracks.unit, None, none, (0.0, 0.0, 0.0, 0.0))


def _parts(tracks: Tracks) -> Iterator[Values]:
    """Yield the positions of some frames after the other."""
    each = max(1, BLOCK // max(1, tracks.positions[:1].size))
    for start in range(0, len(tracks.frames), each):
        yield tracks.positions[start : start + each]


def _blocks(tracks: Tracks) -> Iterator[Values]:
    """Yield where the animals are in some frames after the other: (frames, 2, individuals), NaN where not seen."""
    return map(_middles, _parts(tracks))


def _middles(positions: Values) -> Values:
    """Return the middle of the keypoints that are seen, from (n, 2, keypoints, ...); NaN where none is."""
    seen: Any = np.isfinite(positions).all(axis=1)
    number = seen.sum(axis=1)[:, None]
    total = np.where(seen[:, None], positions, 0.0).sum(axis=2)
    middles: Values = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
    return middles


def _look(tracks: Tracks, picture: tuple[int, int] | None) -> _Seen:
    seen = _Seen()
    for middles in _blocks(tracks):
        is_there = np.isfinite(middles[:, 0])
        seen.frames += int(is_there.any(axis=1).sum())
        seen.sightings += int(is_there.sum())
        for axis in (0, 1):
            values = middles[:, axis][is_there]
            seen.low[axis] = min(seen.low[axis], values.min(initial=np.inf))
            seen.high[axis] = max(seen.high[axis], values.max(initial=-np.inf))
        if picture:
            inside = (middles >= 0) & (middles <= np.array(picture, dtype=float)[:, None])
            seen.inside += int(inside.all(axis=1).sum())
    return seen


def _choose_box(seen: _Seen, picture: tuple[int, int] | None) -> Box:
    if picture and seen.inside and seen.inside >= INSIDE * seen.sightings:
        return (0.0, 0.0, float(picture[0]), float(picture[1]))
    return box_around(*map(float, (*seen.low, *seen.high)))


def _near(tracks: Tracks, size: float | None, box: Box) -> float:
    """Return below which distance two animals touch; their area counts where positions are in px as the area is."""
    if size and tracks.unit == "px":
        return float(2 * (size / np.pi) ** 0.5)
    return _length(tracks) or TOUCH * diagonal_of(box)


def _length(tracks: Tracks) -> float | None:
    """Return the median diagonal of the box around an animal's keypoints; None where no two are seen together."""
    lengths = [np.empty(0)]
    for positions in _parts(tracks) if len(tracks.keypoints) > 1 else ():
        seen = np.isfinite(positions).all(axis=1, keepdims=True)
        low, high = (np.where(seen, positions, end) for end in (np.inf, -np.inf))
        sides = high.max(axis=2) - low.min(axis=2)
        lengths.append(np.hypot(sides[:, 0], sides[:, 1])[seen.sum(axis=2)[:, 0] > 1])
    return _median(np.concatenate(lengths))


def _follow(tracks: Tracks, place: int, diagonal: float) -> _Walk | None:
    """Return what the sightings of an animal tell, None where there is none."""
    own = tracks.positions[:, :, :, place]
    is_seen = np.isfinite(own).all(axis=1)
    rows = np.flatnonzero(is_seen.any(axis=1))
    if not len(rows):
        return None
    own, frames = np.where(is_seen[rows][:, None], own[rows], np.nan), tracks.frames[rows]
    steps = _steps(own, np.flatnonzero(np.diff(frames) == 1))
    most = max(JUMP * float(np.median(steps)), JUMP_FLOOR * diagonal) if len(steps) else 0.0
    way = np.diff(_middles(own), axis=0)
    distance = float(np.hypot(way[:, 0], way[:, 1]).sum())
    return _Walk(len(rows), int(frames[0]), int(frames[-1]), len(steps), int((steps > most).sum()), distance)


def _steps(own: Values, rows: Values) -> Values:
    """Return the lengths of the steps from these rows to the next, by the keypoints that are seen in both."""
    moves = _middles(own[rows + 1] - own[rows])
    lengths: Values = np.hypot(moves[:, 0], moves[:, 1])
    return lengths[np.isfinite(lengths)]


def _median(values: Values | None) -> float | None:
    known = None if values is None else values[np.isfinite(values)]
    return None if known is None or not len(known) else float(np.median(known, overwrite_input=True))


def _meet(tracks: Tracks, box: Box, near: float) -> tuple[int, Values]:
    """Return how many pairs of animals are near each other, summed over frames, and the sightings in each cell."""
    heat = np.zeros(ROWS * COLUMNS, dtype=np.int64)
    touches = 0
    for middles in _blocks(tracks):
        heat += np.bincount(_cells(middles, box), minlength=len(heat))
        touches += count_near(middles[:, 0], middles[:, 1], near)
    return touches, heat


def _cells(middles: Values, box: Box) -> Values:
    """Return the cell of each sighting in the box; the right and the lower edge belong to the last cells."""
    left, top, right, bottom = box
    across = (middles[:, 0] - left) / (right - left)
    down = (middles[:, 1] - top) / (bottom - top)
    inside = (across >= 0) & (across <= 1) & (down >= 0) & (down <= 1)
    column = np.minimum((across[inside] * COLUMNS).astype(np.int64), COLUMNS - 1)
    row = np.minimum((down[inside] * ROWS).astype(np.int64), ROWS - 1)
    cells: Values = row * COLUMNS + column
    return cells


def count_near(x: Values, y: Values, near: float) -> int:
    """Return how many pairs of animals are less than ``near`` apart, summed over frames; NaN is near nothing.

    ``x`` and ``y`` have a row a frame and a column an animal. Sorted by x, an animal is compared with the next, with
    the next but one and so on, up to where all are too far away: no array has more values than ``x``.
    """
    order = np.argsort(x, axis=1)  # NaN comes last
    x, y = np.take_along_axis(x, order, axis=1), np.take_along_axis(y, order, axis=1)
    most = int(np.isfinite(x).sum(axis=1).max(initial=0))
    x, y = x[:, :most], y[:, :most]
    found = 0
    for apart in range(1, most):
        across = x[:, apart:] - x[:, :-apart]
        is_close = across < near
        if not is_close.any():
            break
        down = (y[:, apart:] - y[:, :-apart])[is_close]
        found += int((np.hypot(across[is_close], down) < near).sum())
    return found
