"""Draw what stands along the ways of animals: even times, where each way begins and ends, where animals touch."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from .palette import INK, PAPER, Image, style_of
from .view import View
from .ways import Numbers, Way
from .words import width_of, write

_SMALL, _BEGIN, _END, _TOUCH = 3, 8, 11, 9  # radii, px
_NUMBER = 15  # px, of the number of an animal
MANY, CROWD = 24, 60  # animals: their marks are smaller, without a number


def draw_ticks(canvas: Image, view: View, ways: Sequence[Way], frames: Sequence[int]) -> None:
    """Draw a dot on each way where the animal was in each of the frames, or in the next in which it was seen."""
    for number, way in enumerate(ways if frames else ()):
        rows = np.searchsorted(way.frames, frames)
        rows = rows[rows < len(way.frames)]
        near = way.frames[rows] - np.asarray(frames)[: len(rows)] <= _usual_step(way)
        for point in _pixels(view, way.points[rows[near]]):
            cv2.circle(canvas, point, _SMALL, PAPER, -1, cv2.LINE_AA)
            cv2.circle(canvas, point, _SMALL, style_of(number).colour, 1, cv2.LINE_AA)


def _usual_step(way: Way) -> int:
    return max(int(np.median(np.diff(way.frames))), 1) if len(way.frames) > 1 else 1


def draw_ends(canvas: Image, view: View, ways: Sequence[Way], labels: Sequence[str]) -> None:
    """Draw a ring where each way begins, a disc with the animal's label where it ends; of a crowd dots at the ends."""
    if len(ways) > CROWD:
        for number, way in enumerate(ways):
            cv2.circle(canvas, _pixel(view, way, -1), _SMALL, style_of(number).colour, -1, cv2.LINE_AA)
        return
    less = (len(ways) > MANY) * 2
    for number, way in enumerate(ways):
        draw_begin(canvas, _pixel(view, way, 0), number, _BEGIN - less)
    for number, way in enumerate(ways):
        draw_end(canvas, _pixel(view, way, -1), number, labels[number], _END - less)


def draw_begin(canvas: Image, at: tuple[int, int], number: int, radius: int = _BEGIN) -> None:
    """Draw the ring where the way of an animal begins."""
    cv2.circle(canvas, at, radius, PAPER, 4, cv2.LINE_AA)  # what it rings stays to be seen: the animal in the frame
    cv2.circle(canvas, at, radius, style_of(number).colour, 2, cv2.LINE_AA)


def draw_end(canvas: Image, at: tuple[int, int], number: int, label: str, radius: int = _END) -> None:
    """Draw the disc where the way of an animal ends, with its label."""
    style = style_of(number)
    cv2.circle(canvas, at, radius, style.colour, -1, cv2.LINE_AA)
    if style.core:
        cv2.circle(canvas, at, radius, style.core, 2, cv2.LINE_AA)
    size = _NUMBER * radius // _END
    if label:
        x, y = at[0] - width_of(label, size, bold=True) // 2, at[1] + size * 3 // 8
        ink = INK if sum(style.colour) > 450 or style.colour[2] + style.colour[1] > 400 else PAPER
        write(canvas, label, x, y, size, ink, bold=True)


def draw_found(canvas: Image, view: View, ways: Sequence[Way], frame: int) -> None:
    """Draw a ring around each animal that was found in the frame."""
    for number, way in enumerate(ways):
        for point in _pixels(view, way.points[way.frames == frame]):
            draw_begin(canvas, point, number, _END)


def draw_touches(canvas: Image, view: View, places: Numbers) -> None:
    """Draw a ring at each place, n x 2, where animals touch."""
    for point in _pixels(view, places):
        draw_touch(canvas, point)


def draw_touch(canvas: Image, at: tuple[int, int]) -> None:
    """Draw the ring of a place where animals touch."""
    cv2.circle(canvas, at, _TOUCH, PAPER, 3, cv2.LINE_AA)
    cv2.circle(canvas, at, _TOUCH, INK, 1, cv2.LINE_AA)


def _pixel(view: View, way: Way, row: int) -> tuple[int, int]:
    x, y = np.floor(view.place(way.points[row]))
    return int(x), int(y)


def _pixels(view: View, points: Numbers) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in np.floor(view.place(points))]
