"""Draw the ways of animals as lines: pale where they begin, full where they end, broken where they were lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from .palette import SHADES, Colour, Image, Style, style_of
from .view import View
from .ways import Numbers, Way, find_breaks, share_time, span

_BITS = 4  # of a place that are behind its point, for lines between pixels
_PIECE = 256  # places that are made fewer at once: the work grows with their square
_LOSS = 0.35  # px of the picture that a line may lie beside a place


def draw_lines(canvas: Image, view: View, ways: Sequence[Way], thickness: int, smooth: bool = True) -> None:
    """Draw all ways into a picture, later parts over earlier parts; ``smooth``: with soft edges."""
    first, last = span(ways)
    shared = [share_time(way, first, last, len(SHADES)) for way in ways]
    placed = [view.place(way.points).astype(np.float32) - 0.5 for way in ways]  # (0, 0): the first pixel's middle
    breaks = [find_breaks(way) for way in ways]
    for part in range(len(SHADES)):
        for number, points in enumerate(placed):
            style = style_of(number)
            lines = [*_lines(points, breaks[number], *shared[number][part])]
            _draw(canvas, lines, style.shades[part], thickness, smooth)
            _draw_core(canvas, lines, style, thickness, smooth)


def _draw_core(canvas: Image, lines: Sequence[Numbers], style: Style, thickness: int, smooth: bool) -> None:
    if style.core and thickness > 2:
        _draw(canvas, lines, style.core, 1, smooth)


def _draw(canvas: Image, lines: Sequence[Numbers], colour: Colour, thickness: int, smooth: bool) -> None:
    kind = cv2.LINE_AA if smooth else cv2.LINE_8
    fixed = [np.round(line * (1 << _BITS)).astype(np.int32) for line in lines]
    if fixed:
        cv2.polylines(canvas, fixed, False, colour, thickness, kind, _BITS)


def _lines(points: Numbers, breaks: Numbers, start: int, end: int) -> Iterator[Numbers]:
    """Yield the places of some rows in pieces, broken where the animal was lost, without what changes nothing seen."""
    inner = breaks[(breaks > start) & (breaks < end)].tolist()
    for begin, stop in zip([start, *inner], [*inner, end], strict=True):
        run = points[begin:stop]
        cells = np.round(run / _LOSS)
        run = run[np.concatenate(([True], (np.diff(cells, axis=0) != 0).any(axis=1)))] if len(run) > 1 else run
        for at in range(0, max(len(run) - 1, min(len(run), 1)), _PIECE):
            piece = run[at : at + _PIECE + 1]
            yield cv2.approxPolyDP(piece.reshape(-1, 1, 2), _LOSS, False).reshape(-1, 2) if len(piece) > 2 else piece
