"""Find the animals in a frame: spots that stand out from the background, or from a grey level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from parameters import Parameters
from read_video import Picture, grey

Points = npt.NDArray[np.float64]
_STRIP = 64  # rows: the median of 50 frames is taken strip by strip, never of all pixels at once
_MARGIN = 5  # px around an animal that stay visible in the masked video


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

    def find(self, picture: Picture) -> tuple[list[Spot], Picture]:
        """Return the spots in a colour picture, and their mask (255 where an animal is)."""
        _, bright = cv2.threshold(self.signal(grey(picture)), self.level, 255, cv2.THRESH_BINARY)
        mask = np.zeros(picture.shape[:2], np.uint8)
        outlines, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        spots = []
        for outline in outlines:
            pixels = _pixels(bright, outline, self.area_min)
            if self.area_min <= len(pixels) <= self.area_max:
                mask[pixels[:, 1], pixels[:, 0]] = 255
                spots.append(_measure(pixels.astype(np.float64)))
        return spots, mask


def learn(samples: Sequence[Picture], parameters: Parameters) -> Detector:
    """Return the detector for a video from some of its frames, grey and of equal size (see needs_samples)."""
    dark = parameters.foreground == "dark"
    moving = parameters.mode == "moving"
    background = background_of(samples, parameters.background_quantile, dark) if moving else None
    level = parameters.threshold
    if level is None:
        level = _choose_level([_signal(sample, background, dark) for sample in samples], moving)
    elif dark and not moving:
        level = 255 - level  # "darker than 90" is "more than 165 below white"
    return Detector(background, dark, level, parameters.area_min, parameters.area_max or math.inf)


def needs_samples(parameters: Parameters) -> bool:
    """Return whether frames are needed to learn what an animal looks like: False where the parameters tell it."""
    return parameters.mode == "moving" or parameters.threshold is None


def background_of(samples: Sequence[Picture], quantile: float, dark: bool) -> Picture:
    """Return the background: each pixel's quantile over time, counted towards the side where no animal is."""
    stack = np.stack(samples)
    rank = round((quantile if dark else 1 - quantile) * (len(stack) - 1))
    rows = range(0, stack.shape[1], _STRIP)
    return np.concatenate([np.partition(stack[:, row : row + _STRIP], rank, axis=0)[rank] for row in rows])


def blank(picture: Picture, mask: Picture) -> Picture:
    """Return the picture in which all is black but the animals and a small margin around them."""
    wide = cv2.dilate(mask, np.ones((2 * _MARGIN + 1, 2 * _MARGIN + 1), np.uint8))
    return cv2.bitwise_and(picture, picture, mask=wide).astype(np.uint8, copy=False)


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


def _choose_level(signals: Sequence[Picture], moving: bool) -> float:
    counts: Points = np.zeros(256)
    for signal in signals:
        counts += np.bincount(signal.ravel(), minlength=256)
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


def _pixels(bright: npt.NDArray[Any], outline: npt.NDArray[Any], area_min: float) -> npt.NDArray[np.intp]:
    """Return the bright pixels (n x 2: x, y) within an outline; empty where its box is too small for an animal."""
    left, top, width, height = cv2.boundingRect(outline)
    if width * height < area_min:
        return np.zeros((0, 2), np.intp)
    inside = bright[top : top + height, left : left + width]
    filled = np.zeros_like(inside)
    cv2.drawContours(filled, [outline], 0, 1, cv2.FILLED, offset=(-left, -top))
    ys, xs = np.nonzero(inside & filled)
    return np.column_stack((xs + left, ys + top))


def _measure(pixels: Points) -> Spot:
    """Return the spot of ``pixels``, with the axes of the ellipse that has the same second moments."""
    x, y = pixels.mean(axis=0)
    dx, dy = (pixels - (x, y)).T
    xx, yy, xy = (dx * dx).mean() + 1 / 12, (dy * dy).mean() + 1 / 12, (dx * dy).mean()
    root = math.hypot(xx - yy, 2 * xy)
    major, minor = (2 * math.sqrt(2 * max(0.0, xx + yy + sign * root)) for sign in (1, -1))
    angle = math.degrees(0.5 * math.atan2(2 * xy, xx - yy))
    return Spot(float(x), float(y), float(len(pixels)), major, minor, angle, pixels)
