"""The colours of pictures: greys for the frame, and for each animal a colour from pale to full.

People with any colour vision can tell the colours apart (Okabe and Ito, 2008, "Color Universal Design");
their black is left to what is written. A picture holds a number of a colour for each pixel, so that it stays small.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from ..named_tuple import NamedTuple

Image = npt.NDArray[np.uint8]  # height x width x 3, blue, green, red; or height x width, numbers of colours
Colour = tuple[int, int, int]  # blue, green, red

BLUE, VERMILLION, GREEN = (178, 114, 0), (0, 94, 213), (115, 158, 0)
PURPLE, ORANGE, SKY, YELLOW = (167, 121, 204), (0, 159, 230), (233, 180, 86), (66, 228, 240)
HUES: tuple[Colour, ...] = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, YELLOW)
INK, PAPER = (24, 24, 24), (255, 255, 255)
CORES: tuple[Colour | None, ...] = (None, PAPER, INK)  # along the middle of a line: of further animals of a hue
SHADES = (0.45, 0.65, 0.82, 1.0)  # of a colour, the rest is paper: from a track's first part to its last
_GREYS = 32


class Style(NamedTuple):
    """How the track of an animal is drawn."""

    shades: tuple[Colour, ...]  # from its first part to its last
    core: Colour | None  # a thin line in the middle, so that two animals of one hue differ

    @property
    def colour(self) -> Colour:
        """Return the colour by which people name the animal."""
        return self.shades[-1]


def style_of(number: int) -> Style:
    """Return the style of the animal with a number, from 0; the first 21 differ, further ones by number alone."""
    hue, core = HUES[number % len(HUES)], CORES[number // len(HUES) % len(CORES)]
    return Style(tuple(_mixed(hue, part) for part in SHADES), core)


def _mixed(colour: Colour, part: float) -> Colour:
    blue, green, red = (round(part * one + (1 - part) * 255) for one in colour)
    return blue, green, red


@cache
def colours() -> Image:
    """Return the colours of every picture, by number: n x 3."""
    greys = [(level, level, level) for level in np.linspace(0, 255, _GREYS).round().astype(int).tolist()]
    hues = [shade for hue in HUES for shade in (_mixed(hue, part) for part in SHADES)]
    return np.array([INK, *greys, *hues], dtype=np.uint8)


@cache
def _nearest() -> Image:
    """Return the number of the nearest colour by the upper five bits of blue, green and red."""
    steps = np.arange(32, dtype=np.int32) * 8 + 4
    every = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 1, 3)
    parts = [np.abs(part - colours()[None].astype(np.int32)).sum(axis=2).argmin(axis=1) for part in np.split(every, 16)]
    return np.concatenate(parts).astype(np.uint8)


def numbered(canvas: Image) -> Image:
    """Return a picture as the numbers of the nearest colours, height x width."""
    blue, green, red = (canvas[:, :, part].astype(np.uint16) >> 3 for part in range(3))
    found: Image = _nearest()[(blue << 10) | (green << 5) | red]
    return found


def painted(numbers: npt.NDArray[Any]) -> Image:
    """Return the picture whose pixels have these numbers, as blue, green and red."""
    found: Image = colours()[numbers]
    return found
