"""Find the animals in a frame: spots that stand out from the background, or from a grey level."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from parameters import Parameters
from read_video import Picture, grey

Points = npt.NDArray[np.float64]
_STRIP = 64  # rows: the median of 50 frames is taken strip by strip, never of all pixels at once
_MARGIN = 5  # px around an animal that stay visible in the masked video
_AROUND = np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8)


@dataclass(frozen=True)
class Spot:
    """A connected patch of pixels; lengths in px."""

    x: float  # of the centre
    y: float
    area: float
    major: float  # axes of the ellipse with the same second moments
    minor: float
    angle: float  # degrees: 0 along x, growing clockwise on the screen
    pixels: Points  # n x 2: x, y


class Patch(NamedTuple):
    """Where the pixels of a spot are: its upper left corner in the picture, and a mask (255 where it is)."""

    left: int
    top: int
    mask: Picture
    area: int  # px

    def pixels(self) -> Points:
        """Return the spot's pixels, n x 2: x, y, row by row."""
        ys, xs = np.nonzero(self.mask)
        return np.column_stack((xs + self.left, ys + self.top)).astype(np.float64)


@dataclass(frozen=True)
class Detector:
    """The rule by which animals stand out in a video."""

    background: Picture | None  # None in mode threshold
    dark: bool  # animals are darker than the background
    level: float  # the least signal of an animal, in grey levels
    area_min: float  # px
    area_max: float  # px

    def signal(self, picture: Picture) -> Picture:
        """Return how much each pixel of a grey picture stands out, 0 to 255."""
        return cv2.GaussianBlur(_signal(picture, self.background, self.dark), (3, 3), 0).astype(np.uint8, copy=False)

    def find(self, picture: Picture) -> tuple[list[Spot], list[Patch]]:
        """Return the spots in a colour picture, and where their pixels are."""
        patches = self.find_patches(picture)
        return measure(patches), patches

    def find_patches(self, picture: Picture) -> list[Patch]:
        """Return where the pixels of the spots in a colour picture are."""
        _, bright = cv2.threshold(self.signal(grey(picture)), self.level, 255, cv2.THRESH_BINARY)
        outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        found = (_patch(bright, outline, self.area_min) for outline in outlines)
        return [patch for patch in found if patch and self.area_min <= patch.area <= self.area_max]


def measure(patches: Sequence[Patch]) -> list[Spot]:
    """Return the spots whose pixels are in the patches."""
    return [_measure(patch.pixels()) for patch in patches]


def learn(samples: Sequence[Picture], parameters: Parameters) -> Detector:
    """Return the detector for a video from some of its frames, grey and of equal size (see needs_samples)."""
    dark = parameters.foreground == "dark"
    moving = parameters.mode == "moving"
    background = background_of(samples, parameters.background_quantile, dark) if moving else None
    level = parameters.threshold
    if level is None:
        level = _choose_level((_signal(sample, background, dark) for sample in samples), moving)
    elif dark and not moving:
        level = 255 - level  # "darker than 90" is "more than 165 below white"
    return Detector(background, dark, level, parameters.area_min, parameters.area_max or math.inf)


def needs_samples(parameters: Parameters) -> bool:
    """Return whether frames are needed to learn what an animal looks like: False where the parameters tell it."""
    return parameters.mode == "moving" or parameters.threshold is None


def background_of(samples: Sequence[Picture], quantile: float, dark: bool) -> Picture:
    """Return the background: each pixel's quantile over time, counted towards the side where no animal is."""
    rank = round((quantile if dark else 1 - quantile) * (len(samples) - 1))
    rows = range(0, samples[0].shape[0], _STRIP)
    return np.concatenate([_ranked([sample[row : row + _STRIP] for sample in samples], rank) for row in rows])


def _ranked(samples: Sequence[Picture], rank: int) -> Picture:
    """Return each pixel's ``rank``-th smallest value, found bit by bit: at a tenth of the price of sorting."""
    found = np.zeros_like(samples[0])
    for bit in (128, 64, 32, 16, 8, 4, 2, 1):
        tried = found | np.uint8(bit)
        below = np.zeros(found.shape, np.uint16)
        for sample in samples:
            below += sample < tried
        found = np.where(below <= rank, tried, found)
    return found


class Blank:
    """A picture in which all is black but the animals and a small margin around them; it is drawn over and over."""

    def __init__(self, width: int, height: int) -> None:
        self._shown = np.zeros((height, width, 3), np.uint8)
        self._drawn: list[tuple[slice, slice]] = []

    def draw(self, picture: Picture, patches: Sequence[Patch]) -> Picture:
        """Return the blanked picture, which holds until the next is drawn."""
        for place in self._drawn:
            self._shown[place] = 0
        self._drawn = []
        for patch in patches:  # around each animal by itself: most of a picture is black, and stays so
            self._draw(picture, patch)
        return self._shown

    def _draw(self, picture: Picture, patch: Patch) -> None:
        bottom, right = (at + size for at, size in zip((patch.top, patch.left), patch.mask.shape, strict=True))
        top, left = max(0, patch.top - _MARGIN), max(0, patch.left - _MARGIN)
        place = slice(top, bottom + _MARGIN), slice(left, right + _MARGIN)
        here = self._shown[place]
        wide = np.zeros(here.shape[:2], np.uint8)
        wide[patch.top - top : bottom - top, patch.left - left : right - left] = patch.mask
        cv2.copyTo(picture[place], cv2.dilate(wide, _AROUND), here)
        self._drawn.append(place)


def split(spot: Spot, seeds: Points, rounds: int = 5) -> list[Spot | None]:
    """Return a part of a shared spot for each seed (n x 2: x, y), None for a seed without pixels.

    The parts are the clusters of k-means, started at the seeds: the places where the animals were expected.
    """
    centres = seeds.copy()
    nearest = np.zeros(len(spot.pixels), dtype=np.intp)
    for _ in range(rounds):
        nearest = np.linalg.norm(spot.pixels[:, None, :] - centres[None, :, :], axis=2).argmin(axis=1)
        for part in range(len(seeds)):
            if (nearest == part).any():
                centres[part] = spot.pixels[nearest == part].mean(axis=0)
    return [_measure(own) if len(own := spot.pixels[nearest == part]) else None for part in range(len(seeds))]


def _signal(picture: Picture, background: Picture | None, dark: bool) -> Picture:
    if background is None:
        return cv2.bitwise_not(picture).astype(np.uint8, copy=False) if dark else picture
    # One-sided: where an animal left that was part of the background, the difference has the other sign.
    pair = (background, picture) if dark else (picture, background)
    return cv2.subtract(*pair).astype(np.uint8, copy=False)


def _choose_level(signals: Iterable[Picture], moving: bool) -> float:
    counts: Points = np.zeros(256)
    for signal in signals:
        counts += cv2.calcHist([signal], [0], None, [256], [0, 256]).ravel()
    return max(otsu(counts, _noise_floor(counts)), _noise_floor(counts)) if moving else otsu(counts, 0)


def _noise_floor(counts: Points) -> int:
    """Return the difference that noise alone does not reach: 6 standard deviations, and at least 10 levels.

    Nearly all pixels are background. The median and the 84th percentile of their differences, cut at 0, are a
    standard deviation of the noise apart.
    """
    middle, above = np.searchsorted(np.cumsum(counts), np.array((0.5, 0.84)) * counts.sum())
    return int(min(max(10, middle + 6 * (above - middle)), 128))


def otsu(counts: Points, floor: int) -> float:
    """Return the level above ``floor`` that best splits a histogram of 256 levels in two (N. Otsu, 1979)."""
    levels = np.arange(floor, 256)
    weight = counts[floor:]
    low = np.cumsum(weight)
    total, mass = low[-1], np.cumsum(weight * levels)
    if total == 0:
        return float(floor)
    high = total - low
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.nan_to_num(low * high * (mass / low - (mass[-1] - mass) / high) ** 2)
    return float(levels[int(spread.argmax())])


def _patch(bright: npt.NDArray[Any], outline: npt.NDArray[Any], area_min: float) -> Patch | None:
    """Return the bright pixels within an outline; None where its box is too small for an animal."""
    left, top, width, height = cv2.boundingRect(outline)
    if width * height < area_min:
        return None
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [outline], 0, 255, cv2.FILLED, offset=(-left, -top))
    mask &= bright[top : top + height, left : left + width]
    return Patch(left, top, mask, cv2.countNonZero(mask))


def _measure(pixels: Points) -> Spot:
    """Return the spot of ``pixels``, with the axes of the ellipse that has the same second moments."""
    x, y = pixels.mean(axis=0)
    dx, dy = (pixels - (x, y)).T
    xx, yy, xy = (dx * dx).mean() + 1 / 12, (dy * dy).mean() + 1 / 12, (dx * dy).mean()
    root = math.hypot(xx - yy, 2 * xy)
    major, minor = (2 * math.sqrt(2 * max(0.0, xx + yy + sign * root)) for sign in (1, -1))
    angle = math.degrees(0.5 * math.atan2(2 * xy, xx - yy))
    return Spot(float(x), float(y), float(len(pixels)), major, minor, angle, pixels)
