"""Name the videos that are far from the others in what their tracks come to, with the reason in words. Pure.

Far is what Iglewicz and Hoaglin call an outlier: |0.6745 (x - median) / MAD| > 3.5, with the median absolute deviation
MAD ("How to Detect and Handle Outliers", ASQC, 1993). Where more than half of the videos have the same value MAD is 0:
then the mean absolute deviation takes its place. Of a normal distribution, the standard deviation is 1.4826 times the
first and 1.2533 times the second. So that a difference that no person would see is none, each measure has a least
difference, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

from ..tables.video_row import VideoRow
from .track_numbers import TrackNumbers

LEAST = 8  # videos; a median of fewer is not to be trusted
FAR = 3.5
FEW_JUMPS = 5  # so many more than the median video would have in as many steps
MAD_SIGMA, MEAN_SIGMA = 1.4826, 1.2533


@dataclass(frozen=True)
class Measure:
    """A number by which videos are compared."""

    value: Callable[[VideoRow, TrackNumbers], float | None]  # None: the video is not compared by it
    tell: Callable[[float, float, TrackNumbers], str]  # (value, median, numbers) -> the reason, without whose median
    least: Callable[[float, TrackNumbers], float]  # (median, numbers) -> the least difference that counts
    above: bool = True  # whether a larger value stands out
    below: bool = True  # whether a smaller value does


def find_standing_out(rows: Sequence[tuple[VideoRow, TrackNumbers | None]]) -> Mapping[str, tuple[str, ...]]:
    """Return video -> the reasons why it stands out, for the videos that do, in the order of ``rows``.

    A video is compared with the videos of its day where at least LEAST have the number, else with the videos of all
    days where so many have it.
    """
    known = [(row, numbers) for row, numbers in rows if numbers is not None]
    days: dict[str, list[int]] = defaultdict(list)
    for at, (row, _) in enumerate(known):
        days[row.day].append(at)
    found: dict[str, list[str]] = defaultdict(list)
    for measure in MEASURES:
        values = [measure.value(*pair) for pair in known]
        everywhere = _Scale.over(values)
        for group in days.values():
            scale = _Scale.over([values[at] for at in group])
            whose = "the median video of its day" if scale else "the median of all videos"
            far = scale or everywhere
            for at in group if far else ():
                value, (row, numbers) = values[at], known[at]
                if far and value is not None and _is_far(measure, value, far, numbers):
                    found[row.video].append(measure.tell(value, far.middle, numbers).format(whose=whose))
    return {row.video: tuple(found[row.video]) for row, _ in known if row.video in found}


@dataclass(frozen=True)
class _Scale:
    """The middle of some values, and how far from it a value is far."""

    middle: float
    far: float

    @classmethod
    def over(cls, told: Sequence[float | None]) -> _Scale | None:
        """Return the scale of these values, None where there are fewer than LEAST."""
        values = [value for value in told if value is not None]
        if len(values) < LEAST:
            return None
        middle = median(values)
        away = [abs(value - middle) for value in values]
        return cls(middle, FAR * (MAD_SIGMA * median(away) or MEAN_SIGMA * fmean(away)))


def _is_far(measure: Measure, value: float, scale: _Scale, numbers: TrackNumbers) -> bool:
    away = value - scale.middle
    is_side = measure.above if away > 0 else measure.below
    return is_side and abs(away) > scale.far and abs(away) >= measure.least(scale.middle, numbers)


def _share(value: float) -> str:
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def _jumps(_: VideoRow, numbers: TrackNumbers) -> float | None:
    return numbers.jumps / numbers.steps if numbers.steps else None


def _tell_jumps(value: float, middle: float, numbers: TrackNumbers) -> str:
    usual = round(middle * numbers.steps)
    return f"{numbers.jumps} jump{'s' * (numbers.jumps != 1)}, {{whose}} has {usual} in as many steps"


def _empty(row: VideoRow, numbers: TrackNumbers) -> float | None:
    """Return the share of the video's frames in which no animal is seen."""
    return max(0.0, 1 - numbers.frames_seen / row.frames) if row.frames else None


def _animals(_: VideoRow, numbers: TrackNumbers) -> float:
    return float(numbers.animals)


def _size(_: VideoRow, numbers: TrackNumbers) -> float | None:
    return numbers.size


MEASURES = (
    Measure(
        lambda row, numbers: numbers.confidence,
        lambda value, middle, _: f"a median confidence of {value:.2f}, {{whose}} has {middle:.2f}",
        lambda middle, _: 0.05 * abs(middle),
        above=False,
    ),
    Measure(_jumps, _tell_jumps, lambda _, numbers: FEW_JUMPS / numbers.steps, below=False),
    Measure(
        lambda row, numbers: numbers.missing,
        lambda value, middle, _: (
            f"its animals are not seen in {_share(value)} of frames, {{whose}} has {_share(middle)}"
        ),
        lambda *_: 0.02,
        below=False,
    ),
    Measure(
        _empty,
        lambda value, middle, _: f"no animal in {_share(value)} of its frames, {{whose}} has {_share(middle)}",
        lambda *_: 0.05,
        below=False,
    ),
    Measure(
        _animals,
        lambda value, middle, _: f"{value:.0f} animals, {{whose}} has {middle:g}",
        lambda *_: 1.0,
    ),
    Measure(
        _size,
        lambda value, middle, _: f"animals of {value:,.0f} px², {{whose}} has {middle:,.0f} px²",
        lambda middle, _: 0.1 * middle,
    ),
)
