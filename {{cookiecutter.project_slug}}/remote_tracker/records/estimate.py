"""Estimate what tasks will take, from what tasks took that finished. Pure.

A task's time grows in a straight line with the size of its inputs: the line is drawn through the middle of the measured
tasks, so that single tasks far off, as on a machine that was busy, do not bend it.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from itertools import combinations
from math import fsum
from typing import NamedTuple

from .times import Taken

MOST_PAIRED = 100  # tasks whose pairs are looked at: 4,950 pairs take 3 ms
SPREAD = 1.5  # sizes that differ by less than this factor say nothing of how time grows with size


class Estimate(NamedTuple):
    """What tasks will take."""

    task_s: float  # the times of all tasks together, in s
    wall_s: float  # from the start of the first to the end of the last, in s
    done: int  # the number of finished tasks that the estimate is made from


def estimate(taken: Sequence[Taken], measures: Sequence[float], at_once: int) -> Estimate | None:
    """Return what tasks with these ``measures`` of their inputs will take, ``at_once`` side by side, in their order.

    None where nothing was measured. Measures are as measure_inputs returns them; where some are sizes and some are
    numbers of files, every task counts alike.
    """
    if not taken:
        return None
    kinds = {(measure > 0) - (measure < 0) for measure in [*(one.measure for one in taken), *measures]}
    points = [(abs(one.measure), float(one.seconds)) for one in taken]
    if kinds not in ({1}, {-1}):
        points, measures = [(0.0, seconds) for _, seconds in points], [0.0] * len(measures)
    start_s, pace = _draw_line(points)
    times = [start_s + pace * abs(measure) for measure in measures]
    return Estimate(sum(times), _side_by_side(times, at_once), len(taken))


def _draw_line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
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
