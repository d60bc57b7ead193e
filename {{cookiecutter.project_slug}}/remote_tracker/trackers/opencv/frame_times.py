"""Decide when the frames of a video were taken: once for the whole file, from time stamps or from the frame rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Seconds = npt.NDArray[np.float64]
SOON = 100  # frames without a stamp that show that there is none: none of 10,000 a second is 0 for so long
_ROUNDING = 1.1e-3  # s: Matroska counts whole milliseconds, which some programs cut off instead of rounding
_SET_BACK = 1.0  # s: a stamp that lies farther back belongs to another recording
_DOUBLED = 0.1  # of the steps before and after: a step that is shorter is a stamp given twice
_FINE, _FINER = 4, 6  # decimals of a second in the table


class UnusableStamps(Exception):
    """The time stamps tell no time; the message says what is wrong with them."""


@dataclass(frozen=True)
class Times:
    """When each frame was taken, in s since the first."""

    seconds: Seconds  # increases
    even: bool  # True: the frames are equally far apart; False: the stamps of the file are taken for all
    fps: float  # frames a second, where they are uneven on average

    def texts(self) -> list[str]:
        """Return the times as the table shows them: to 0.1 ms where that is exact, else to the microsecond."""
        exact = bool((np.abs(np.round(self.seconds, _FINE) - self.seconds) < 1e-8).all())
        return [f"{second:.{_FINE if exact else _FINER}f}" for second in self.seconds.tolist()]

    def after(self, frames: int) -> Times:
        """Return the times as they are behind so many frames of the same rate."""
        return Times(self.seconds + frames / self.fps, self.even, self.fps) if frames else self


def space_evenly(frames: int, fps: float) -> Times:
    """Return the times of ``frames`` frames that are 1 / ``fps`` apart."""
    return Times(np.arange(frames) / fps, True, fps)


def choose_times(stamps: Sequence[float], fps: float) -> Times:
    """Return the times of all frames, from their stamps in s and the header's frame rate.

    The frames are even where no stamp is farther from its even time than rounding explains, at the header's rate or
    at the rate that fits the stamps best: rounded stamps would spoil speeds. Else all times are stamps.
    Raises UnusableStamps where no frame has a stamp, and where the clock was set back.
    """
    _refuse_no_stamps(stamps)
    found = np.array(stamps, dtype=np.float64)
    told = found != 0  # 0 is no stamp, as of the last frames of an AVI with B-frames; the first may be 0 indeed
    told[:1] = True
    found -= found[:1].sum()
    if told.all() and _is_even(found, fps):
        return space_evenly(len(found), fps)
    _refuse_set_back(found, told)
    found = _fill_in(found, told & _increases(found, told))
    found = _fill_in(found, ~_is_doubled(found))
    for rate in (fps, _fit_rate(found)):
        if _is_even(found, rate):
            return space_evenly(len(found), rate)
    return Times(found, False, len(found) / float(found[-1] + np.median(np.diff(found))))


def _refuse_no_stamps(stamps: Sequence[float]) -> None:
    """Raise UnusableStamps where there are several stamps, and all are the same."""
    if len(stamps) > 1 and stamps[-1] == stamps[0] and len(set(stamps)) == 1:
        raise UnusableStamps("its frames have no time stamps, and its frame rate is a guess")


def _refuse_set_back(stamps: Seconds, told: npt.NDArray[np.bool_]) -> None:
    latest = np.maximum.accumulate(stamps)
    back = told & (latest - stamps > _SET_BACK)
    if back.any() or not (stamps > 0).any():
        frame = int(np.argmax(back))
        raise UnusableStamps(
            f"its clock was set back, from {latest[frame]:.2f} s to {stamps[frame]:.2f} s at frame {frame}"
        )


def _increases(stamps: Seconds, told: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which stamps are later than all that were told before."""
    latest = np.maximum.accumulate(np.where(told, stamps, 0.0))
    return np.concatenate(([True], latest[1:] > latest[:-1]))


def _is_doubled(stamps: Seconds) -> npt.NDArray[np.bool_]:
    """Return which stamps follow the stamp before at once, as MP4 stores a stamp that was given twice."""
    steps = np.diff(stamps)
    doubled = np.zeros(len(stamps), np.bool_)
    doubled[2:-1] = steps[1:-1] < _DOUBLED * np.minimum(steps[:-2], steps[2:])
    return doubled


def _fill_in(stamps: Seconds, good: npt.NDArray[np.bool_]) -> Seconds:
    """Return the stamps with the bad put evenly between the good; at the end they go on at the usual step."""
    if good.all() or good.sum() < 2:
        return stamps
    frames = np.arange(len(stamps))
    known, last = frames[good], int(frames[good][-1])
    filled: Seconds = np.interp(frames, known, stamps[good])
    filled[last:] += (frames[last:] - last) * np.median(np.diff(stamps[good]) / np.diff(known))
    return filled


def _is_even(stamps: Seconds, fps: float) -> bool:
    return bool((np.abs(stamps - np.arange(len(stamps)) / fps) <= _ROUNDING).all())


def _fit_rate(stamps: Seconds) -> float:
    """Return the frames a second of the straight line through the stamps, by least squares."""
    frames = np.arange(len(stamps)) - (len(stamps) - 1) / 2
    return float((frames * frames).sum() / (frames * stamps).sum())
