"""Decide whether the frames of a video are evenly spaced, from the times that a result gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[Any]
ROUNDED = 6e-4  # s: tables round times to 1 ms or finer


def find_times(frame: Seconds, time: Seconds, fps: float | None) -> Seconds | None:
    """Return when each frame was, in s, from the times that a result gives; None where frame / fps tells it as well.

    ``frame`` ascends; ``time`` may be NaN for some frames, which are put evenly between their neighbours. None, too,
    where no frame has a time.
    """
    known = np.isfinite(time)
    if not known.any() or (fps and (np.abs(time[known] - frame[known] / fps) <= ROUNDED).all()):
        return None
    times: Seconds = np.interp(frame, frame[known], time[known])
    return times


def first_times(every: Seconds, frame: Seconds, time: Seconds) -> Seconds:
    """Return a time for each frame of ``every``: the time of its first sighting in a table, NaN where there is none."""
    times = np.full(len(every), np.nan)
    rows = np.searchsorted(every, frame)
    times[rows[::-1]] = time[::-1]
    return times
