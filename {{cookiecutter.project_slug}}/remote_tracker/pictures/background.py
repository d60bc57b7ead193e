"""Make the frame under a picture's lines: pale, in so few greys and so smooth that the picture stays small."""

from __future__ import annotations

import zlib

import cv2
import numpy as np

from ..named_tuple import NamedTuple
from .palette import Image
from .view import View

DARKEST, BRIGHTEST = 150, 252  # of the pale frame
_BAND, _EVERY = 8, 64  # rows: the first 8 of each 64 are tried
EDGE_GREY = 176


class Ground(NamedTuple):
    """How much of a frame is left out so that its picture is small enough."""

    blur: int  # px that become one
    step: int  # between two greys


SMALL_GROUNDS = (Ground(1, 8), Ground(1, 14), Ground(1, 20), Ground(1, 34), Ground(2, 34), Ground(4, 34), Ground(8, 51))
GROUNDS = (Ground(1, 8), Ground(2, 12), Ground(3, 16), Ground(5, 20), Ground(10, 24), Ground(20, 34))


def pale(frame: Image, view: View, ground: Ground) -> Image:
    """Return a grey frame as the ground of a picture: height x width of the view, grey."""
    size = (view.width, view.height)
    small = (max(1, view.width // ground.blur), max(1, view.height // ground.blur))
    shrinks = small[0] < frame.shape[1]
    grey = np.asarray(cv2.resize(frame, small, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR))
    if small != size:
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_LINEAR))
    grey = np.asarray(cv2.GaussianBlur(grey, (5, 5), 0))
    steps = round((BRIGHTEST - DARKEST) / ground.step)
    levels = np.round(np.arange(256) * steps / 255) / steps * (BRIGHTEST - DARKEST) + DARKEST
    return np.asarray(cv2.LUT(grey, levels.astype(np.uint8)), dtype=np.uint8)


def blank(view: View) -> Image:
    """Return the ground of a picture without a frame."""
    return np.full((view.height, view.width), 246, dtype=np.uint8)


def weigh(grey: Image) -> int:
    """Return about how many bytes a ground takes, judged by some of its rows."""
    bands = np.concatenate([grey[y : y + _BAND] >> 3 for y in range(0, len(grey), _EVERY)])
    return len(zlib.compress(bands.tobytes(), 6)) * len(grey) // len(bands)
