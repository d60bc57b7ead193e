"""Estimate what tasks will take, from what tasks took that finished. Pure.

A task's time grows in a straight line with the frames of its video, or with the size of its inputs where frames are not
known: the line is drawn through the middle of the measured tasks, so that single tasks far off, as on a machine that
was busy, do not bend it.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import combinations
from math import fsum

from ..named_tuple import NamedTuple
from .times import Taken

Point = tuple[float, float]  # (measure, s)

MOST_PAIRED = 100  # tasks whose pairs are looked at: 4,950 pairs take 3 ms
FEW = 10  # measured tasks below which frames are believed without asking whether bytes explain the times better
MUCH = 2  # bytes must explain the measured times so many times as well as frames do, to be believed instead
SPREAD = 1.5  # sizes that differ by less than this factor say nothing of how time grows with size


class Size(NamedTuple):
    """How much a task will read."""

    measure: float  # as measure_inputs returns it
    frames: int | None = None  # as in Taken


class Estimate(NamedTuple):
    """What tasks will take."""

    task_s: float  # the times of all tasks together, in s
    wall_s: float  # from the start of the first to the end of the last, in s
    done: int  # the number of finished tasks that the estimate is made from

    def times(self, many: float) -> Estimate:
        """Return the estimate of so many times as many tasks of the same sizes."""
        return self._replace(task_s=self.task_s * many, wall_s=self.wall_s * many)


class _Drawn(NamedTuple):
    line: tuple[float, float]  # as _draw_line returns it
    measures: list[float]  # of the tasks to come
    done: int  # the number of points


def estimate(taken: Sequence[Taken], sizes: Sequence[Size], at_once: int) -> Estimate | None:
    """Return what tasks with inputs of these ``sizes`` will take, ``at_once`` side by side, in their order.

    None where nothing was measured. The line is drawn through the frames of videos where their headers tell them and
    frames explain the measured times, else through bytes; where some inputs are measured in bytes and some in files,
    every task counts alike.
    """
    if not taken:
        return None
    (start_s, pace), measures, done = _by_frames(taken, sizes) or _by_bytes(taken, sizes)
    times = [start_s + pace * measure for measure in measures]
    return Estimate(sum(times), _side_by_side(times, at_once), done)


def is_told(claimed: Sequence[int]) -> bool:
    """Return whether frames are known well enough: of ten videos that were looked at, nine or more claim a number.

    A single video that is gone, or whose header is broken, does not change how all others are measured.
    """
    return bool(claimed) and sum(map(bool, claimed)) * 10 >= len(claimed) * 9


def _by_frames(taken: Sequence[Taken], sizes: Sequence[Size]) -> _Drawn | None:
    """Return the line through frames, and the frames of ``sizes``; None where too few are known, or bytes tell more.

    Inputs that were not looked at, or tell nothing, have as many frames a byte as the others.
    """
    enough = all(is_told([one.frames for one in some if one.frames is not None]) for some in (taken, sizes))
    if not enough or min(size.measure for size in sizes) <= 0:
        return None
    points = [(float(one.frames), float(one.seconds)) for one in taken if one.frames]
    in_bytes = [(one.measure, float(one.seconds)) for one in taken if one.frames]
    line = _draw_line(points)
    if len(points) >= FEW and _miss(_draw_line(in_bytes), in_bytes) < _miss(line, points) / MUCH:
        return None
    told = [(size.frames, size.measure) for size in sizes if size.frames]
    per_byte = sum(frames for frames, _ in told) / sum(measure for _, measure in told)
    return _Drawn(line, [size.frames or size.measure * per_byte for size in sizes], len(points))


def _by_bytes(taken: Sequence[Taken], sizes: Sequence[Size]) -> _Drawn:
    """Return the line through bytes or numbers of files; it is level where some inputs have bytes, others files."""
    points = [(abs(one.measure), float(one.seconds)) for one in taken]
    measures = [abs(size.measure) for size in sizes]
    kinds = {
        (measure > 0) - (measure < 0) for measure in [*(one.measure for one in taken), *(s.measure for s in sizes)]
    }
    if kinds not in ({1}, {-1}):
        points, measures = [(0.0, seconds) for _, seconds in points], [0.0] * len(measures)
    return _Drawn(_draw_line(points), measures, len(points))


def _miss(line: tuple[float, float], points: Sequence[Point]) -> float:
    """Return by how many s a line misses measured tasks, in the middle."""
    start_s, pace = line
    return _median([abs(start_s + pace * measure - seconds) for measure, seconds in points])


def _draw_line(points: Sequence[Point]) -> tuple[float, float]:
    """Return (s, s per unit of the measure) of the line through measured tasks; neither is below 0."""
    measures = [measure for measure, _ in points]
    if max(measures) < SPREAD * min(measures) or not max(measures):
        if not min(measures):
            return _middle([seconds for _, seconds in points]), 0.0
        return 0.0, _middle([seconds / measure for measure, seconds in points])
    chosen = points[:: max(1, len(points) // MOST_PAIRED)][:MOST_PAIRED]
    slopes = [(t2 - t1) / (m2 - m1) for (m1, t1), (m2, t2) in combinations(chosen, 2) if m1 != m2]
    pace = max(0.0, _median(slopes))
    start_s = _middle([seconds - pace * measure for measure, seconds in points])
    if start_s >= 0:
        return start_s, pace
    return 0.0, _middle([seconds / measure for measure, seconds in points if measure])


def _middle(values: Sequence[float]) -> float:
    """Return the mean of values without the tenth at each end, of three and more at least one each."""
    cut = max(len(values) // 10, int(len(values) >= 3))
    kept = sorted(values)[cut : len(values) - cut]
    return fsum(kept) / len(kept)


def _median(values: Sequence[float]) -> float:
    """Return the median; ``statistics`` takes 5 ms of a scan, since it imports decimals, fractions and dice."""
    ordered, half = sorted(values), len(values) // 2
    return (ordered[half] + ordered[~half]) / 2


def _side_by_side(times: Sequence[float], at_once: int) -> float:
    """Return when the last of tasks ends that start in their order, each as soon as a place is free."""
    ends = [0.0] * max(1, min(at_once, len(times)))
    for seconds in times:
        heapq.heapreplace(ends, ends[0] + seconds)
    return max(ends)
