"""Measure how an animal moved: over time instead of frames, and never across a gap.

A summarizer imports this module; it needs Python 3.7 or newer and numpy. Arrays hold a value for each sighting of an
animal, by frame; times are in s, and a step leads from a sighting to the next.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Values = Any  # an array of float64: numpy.typing is not there in each Python that runs this
_HOLE = 3.5  # times the steps before and after: frames are missing from the video there
_ROUNDED = 0.6e-4  # s: older tables round times to 0.1 ms
_SLACK = 1e-9  # s: so much may 0.04 + 0.04 and 0.08 differ
UNSEEN = float("nan")


class Steps(NamedTuple):
    """The steps of an animal."""

    lengths: Values  # in the unit of the places
    seconds: Values
    counted: Values  # True: it joins two successive frames, so that there is a speed

    @property
    def speeds(self) -> Values:
        """Return the speed of each step that is counted."""
        return self.lengths[self.counted] / self.seconds[self.counted]

    @property
    def weights(self) -> Values:
        """Return the seconds of each step that is counted: what its speed weighs in an average over time."""
        return self.seconds[self.counted]


def clear_times(frame: Values, time: Values, fps: float) -> Values:
    """Return the times of a table's rows without its rounding, and without times that are given twice.

    Where all frames are evenly spaced, but for the rounding, a time is frame / fps. Else a time that is not later than
    the times of all earlier frames is put evenly between its neighbours. ``frame`` is sorted, and may repeat.
    """
    if (np.abs(time - frame / fps) <= _ROUNDED).all():
        return frame / fps
    frames, first = np.unique(frame, return_index=True)
    latest = np.maximum.accumulate(time[first])
    good = np.concatenate(([True], latest[1:] > latest[:-1]))
    return np.interp(frame, frames[good], time[first][good])


def times_of_all(frame: Values, time: Values, frames: float, fps: float) -> Values:
    """Return the time of each of a video's ``frames`` frames, from the times of some; ``frames / fps`` is its end."""
    known, first = np.unique(np.concatenate(([0.0], frame, [frames])), return_index=True)
    return np.interp(np.arange(frames), known, np.concatenate(([0.0], time, [frames / fps]))[first])


def steps_of(frame: Values, time: Values, x: Values, y: Values, smooth_seconds: float) -> Steps:
    """Return an animal's steps between its places, each averaged over ``smooth_seconds`` within its stretch.

    A stretch ends where the animal is unseen, and where frames are missing from the video.
    """
    joined = _joins(frame, time)
    t, x, y = _smooth(time, x, y, joined, smooth_seconds)
    seconds = np.diff(t)
    return Steps(np.hypot(np.diff(x), np.diff(y)), seconds, joined & (seconds > 0))


def seconds_seen(frame: Values, time: Values, fps: float) -> Values:
    """Return how long each sighting lasts: as long as the shorter of the steps to its neighbours, for each frame."""
    if len(frame) < 2:
        return np.full(len(frame), 1 / fps)
    periods = np.diff(time) / np.diff(frame)
    return np.minimum(np.append(periods, periods[-1]), np.append(periods[:1], periods))


def spread(name: str, values: Values, weights: Values) -> dict[str, float]:
    """Return the mean and the 10th, 50th and 90th percentile of the values over time; NaN where there is none.

    With equal weights the numbers are numpy's.
    """
    if not len(values):
        return {f"{name}_{part}": UNSEEN for part in ("mean", "p10", "p50", "p90")}
    order = np.argsort(values, kind="stable")
    ends = np.cumsum(weights[order])
    middles = ends - weights[order] / 2
    places = (middles - middles[0]) / ((middles[-1] - middles[0]) or 1.0)
    p10, p50, p90 = (float(value) for value in np.interp((0.1, 0.5, 0.9), places, values[order]))
    return {f"{name}_mean": share(values, weights), f"{name}_p10": p10, f"{name}_p50": p50, f"{name}_p90": p90}


def share(values: Values, weights: Values) -> float:
    """Return the mean over time; of True and False it is the share of the time. NaN where there is nothing."""
    total = float(weights.sum())
    return float((values * weights).sum() / total) if total > 0 else UNSEEN


def _joins(frame: Values, time: Values) -> Values:
    """Return which steps join two successive frames, with no hole in the video between them."""
    apart, steps = np.diff(frame), np.diff(time)
    periods = steps / apart
    around = np.concatenate(([-1.0], periods, [-1.0]))
    usual = np.maximum(around[:-2], around[2:])
    return (apart == 1) & (steps > 0) & ((usual <= 0) | (periods <= _HOLE * usual))


def _smooth(time: Values, x: Values, y: Values, joined: Values, seconds: float) -> tuple[Values, Values, Values]:
    """Return times and places averaged over ``seconds``, each stretch by itself.

    The times are averaged with the places: between uneven ones no steady walk becomes faster or slower.
    """
    if len(time) < 3 or seconds <= 0:
        return time, x, y
    parts = np.split(np.arange(len(time)), np.nonzero(~joined)[0] + 1)
    smooth = [_smooth_stretch(time[part], x[part], y[part], seconds / 2 + _SLACK) for part in parts]
    t, x, y = (np.concatenate([part[i] for part in smooth]) for i in range(3))
    return t, x, y


def _smooth_stretch(time: Values, x: Values, y: Values, half: float) -> tuple[Values, Values, Values]:
    """Return the means over the neighbours within ``half`` seconds, always equally many on both sides."""
    here = np.arange(len(time))
    before = here - np.searchsorted(time, time - half, "left")
    after = np.searchsorted(time, time + half, "right") - 1 - here
    reach = np.minimum(before, after)
    even = np.linspace(time[0], time[-1], len(time))  # what is symmetric stays: only the rest needs to be averaged
    return even + _running_mean(time - even, reach), _running_mean(x, reach), _running_mean(y, reach)


def _running_mean(values: Values, reach: Values) -> Values:
    here = np.arange(len(values))
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return (sums[here + reach + 1] - sums[here - reach]) / (2 * reach + 1)
