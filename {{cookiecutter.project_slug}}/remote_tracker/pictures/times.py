"""Round steps of time and of length, by which a picture is read. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..named_tuple import NamedTuple
from ..tracks.tracks import Tracks

_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 21600, 43200, 86400)
_MOST = 8  # marks along a way
_ROUND = (1, 2, 5)


class Ticks(NamedTuple):
    """Frames at even times, each marked along every way, and how far apart they are, in words; none: too short."""

    frames: Sequence[int]
    every: str


NO_TICKS = Ticks((), "")


def find_ticks(tracks: Tracks) -> Ticks:
    """Return the frames to mark: at even times where the times are known, else at even numbers of frames."""
    if len(tracks.frames) < 2:
        return NO_TICKS
    seconds = tracks.seconds
    time = tracks.frames.astype(np.float64) if seconds is None else seconds
    long = float(time[-1] - time[0])
    if long <= 0:
        return NO_TICKS
    if seconds is None:
        step = round_step(long / _MOST)
        step, every = max(step, 1.0), f"{max(step, 1.0):,.0f} frames"
    else:
        step = next((one for one in _SECONDS if long / one <= _MOST), round_step(long / _MOST))
        every = tell_time(step)
    wanted = np.arange(np.floor(time[0] / step) + 1, np.ceil(time[-1] / step)) * step
    after = np.searchsorted(time, wanted)
    rows = np.where(time[after] - wanted < wanted - time[after - 1], after, after - 1)
    is_near = np.abs(time[rows] - wanted) <= step / 4  # no frame may have been taken at an even time
    return Ticks(tuple(tracks.frames[rows[is_near]].tolist()), every)


def round_step(least: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20 ... (and 0.5, 0.2 ...) that is not below ``least``, which is over 0."""
    power = float(10 ** np.floor(np.log10(least)))
    return next((one * power for one in _ROUND if one * power >= least * (1 - 1e-9)), 10 * power)


def tell_time(seconds: float) -> str:
    """Return a time in words: 0.5 s, 32 s, 5 min, 12.5 min, 3 h."""
    for least, unit in ((5400, 3600), (100, 60)):
        if seconds >= least or (seconds >= unit and seconds % unit == 0):
            return f"{seconds / unit:.3g} {'h' if unit == 3600 else 'min'}"
    return f"{seconds:.3g} s"


def tell_length(length: float, unit: str) -> str:
    """Return a length in words, in the unit that needs the fewest signs: 0.5 cm is 5 mm, 2000 µm are 2 mm."""
    metres = {"µm": 1e-6, "um": 1e-6, "mm": 1e-3, "cm": 1e-2, "m": 1.0}
    if unit not in metres:
        return f"{length:.6g} {unit}"
    size = length * metres[unit]
    for name, one in (("m", 1.0), ("cm", 1e-2), ("mm", 1e-3), ("µm", 1e-6), ("nm", 1e-9)):
        if size >= one * (1 - 1e-9):
            return f"{size / one:.6g} {name}"
    return f"{length:.6g} {unit}"
