"""Write what a picture shows around it: the title above, below it what its colours, marks and lengths mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from ..named_tuple import NamedTuple
from .marks import CROWD, draw_begin, draw_end, draw_touch
from .palette import HUES, INK, PAPER, SHADES, Image, style_of
from .times import round_step, tell_length
from .words import shortened, width_of, write

EDGE, HEAD, LINE = 14, 46, 30  # px: around everything, of the title's line, of a line below
_TITLE, _TEXT = 22, 15  # px, of signs
_GREY = (104, 104, 104)
_GAP = 26  # between two items
_LONGEST = 150  # px, of the name of an animal
_BAR = 0.2  # of the picture's width: the scale bar is no longer
MOST_NAMES = 14


class Item(NamedTuple):
    """A thing that a picture explains: a sign of so many px, and words; ``draw(canvas, x, y)``, y the middle."""

    sign: int
    words: str
    draw: Callable[[Image, int, int], None]

    @property
    def width(self) -> int:
        """Return how wide the sign and its words are, px."""
        return self.sign + 7 + width_of(self.words, _TEXT)


def bar_item(scale: float, width: int, per_unit: float, unit: str) -> Item:
    """Return the scale bar of a picture so many px wide, in which a unit of the tracks takes ``scale`` px.

    A unit of the tracks is ``per_unit`` of ``unit``, in which the bar's length is told.
    """
    length = round_step(_BAR * width / scale * per_unit / 2)
    pixels = max(round(length / per_unit * scale), 1)

    def draw(canvas: Image, x: int, y: int) -> None:
        cv2.rectangle(canvas, (x, y - 2), (x + pixels, y + 1), INK, -1)

    return Item(pixels, tell_length(length, unit), draw)


def time_item(begin: str, end: str) -> Item:
    """Return what the shades of a line mean: pale at the first time, full at the last."""
    wide = 20

    def draw(canvas: Image, x: int, y: int) -> None:
        for number, shade in enumerate(style_of(0).shades):
            cv2.rectangle(canvas, (x + number * wide, y - 2), (x + (number + 1) * wide - 1, y + 1), shade, -1)

    return Item(wide * len(SHADES), f"{begin} to {end}", draw)


def mark_items(every: str, touches: str) -> list[Item]:
    """Return what rings, discs and dots mean; ``every`` and ``touches`` are in words, "" where there are none."""

    def dot(canvas: Image, x: int, y: int) -> None:
        cv2.circle(canvas, (x + 4, y), 3, PAPER, -1, cv2.LINE_AA)
        cv2.circle(canvas, (x + 4, y), 3, HUES[0], 1, cv2.LINE_AA)

    items = [
        Item(18, "begins", lambda canvas, x, y: draw_begin(canvas, (x + 9, y), 0)),
        Item(16, "ends", lambda canvas, x, y: draw_end(canvas, (x + 8, y), 0, "", 8)),
    ]
    items += [Item(8, f"every {every}", dot)] if every else []
    items += [Item(20, touches, lambda canvas, x, y: draw_touch(canvas, (x + 10, y)))] if touches else []
    return items


def name_items(names: Sequence[str], labels: Sequence[str]) -> list[Item]:
    """Return which animal a label means, where labels are other than names; of many animals the first 14."""
    if list(names) == list(labels) or len(names) > CROWD:
        return []
    return [_name_item(number, *one) for number, one in enumerate(zip(names, labels, strict=True))][:MOST_NAMES]


def _name_item(number: int, name: str, label: str) -> Item:
    return Item(22, shortened(name, _LONGEST, _TEXT), lambda canvas, x, y: draw_end(canvas, (x + 11, y), number, label))


def frame_picture(panel: Image, title: str, about: str, items: Sequence[Item], notes: Sequence[str]) -> Image:
    """Return a picture with its title and what it is about above it, and below it the items, then the notes."""
    width = max(panel.shape[1], 760) + 2 * EDGE
    rows = _rows(items, width - 2 * EDGE)
    canvas = np.full((HEAD + panel.shape[0] + 8 + LINE * (len(rows) + len(notes)) + 8, width, 3), 255, dtype=np.uint8)
    beside = width_of(about, _TEXT)
    shown = shortened(title, width - 2 * EDGE - beside - _GAP, _TITLE, bold=True)
    write(canvas, shown, EDGE, 31, _TITLE, bold=True)
    write(canvas, about, width - EDGE - beside, 31, _TEXT, _GREY)
    left = (width - panel.shape[1]) // 2
    canvas[HEAD : HEAD + panel.shape[0], left : left + panel.shape[1]] = panel
    y = HEAD + panel.shape[0] + 8 + LINE // 2
    for row in rows:
        x = EDGE
        for item in row:
            item.draw(canvas, x, y)
            write(canvas, item.words, x + item.sign + 7, y + 5, _TEXT)
            x += item.width + _GAP
        y += LINE
    for note in notes:
        write(canvas, shortened(note, width - 2 * EDGE, _TEXT), EDGE, y + 5, _TEXT, _GREY)
        y += LINE
    return canvas


def _rows(items: Sequence[Item], width: int) -> list[list[Item]]:
    """Return the items in lines that are at most so many px wide."""
    rows: list[list[Item]] = []
    room = 0
    for item in items:
        room -= item.width + _GAP
        if not rows or room < -_GAP:
            rows.append([])
            room = width - item.width - _GAP
        rows[-1].append(item)
    return rows
