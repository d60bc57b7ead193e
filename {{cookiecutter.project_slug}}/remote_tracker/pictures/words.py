"""Write text into a picture, of any script where OpenCV brings its fonts (5 and later), else of plain signs alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2

from .palette import INK, Colour, Image

_BOLD, _PLAIN = 700, 400
_LEFT_OUT = "…"
_HERSHEY = cv2.FONT_HERSHEY_SIMPLEX


def write(canvas: Image, text: str, x: int, y: int, size: int, colour: Colour = INK, bold: bool = False) -> None:
    """Write a line that begins at x and stands on y, px; its signs are ``size`` px high."""
    if font := _font():
        cv2.putText(canvas, text, (x, y), colour, font, size, _BOLD if bold else _PLAIN)
        return
    cv2.putText(canvas, _plain(text), (x, y), _HERSHEY, size / 30, colour, 2 if bold else 1, cv2.LINE_AA)


def width_of(text: str, size: int, bold: bool = False) -> int:
    """Return how wide a line is, px."""
    if font := _font():
        box = cv2.getTextSize((1, 1), text, (0, 0), font, size, _BOLD if bold else _PLAIN)
        return int(box[2])
    return int(cv2.getTextSize(_plain(text), _HERSHEY, size / 30, 2 if bold else 1)[0][0])


def shortened(text: str, width: int, size: int, bold: bool = False) -> str:
    """Return a text with its middle left out, so that it is at most so many px wide."""
    if width_of(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        kept = (low + high + 1) // 2
        low, high = (kept, high) if width_of(_without_middle(text, kept), size, bold) <= width else (low, kept - 1)
    return _without_middle(text, low)


def _without_middle(text: str, kept: int) -> str:
    ahead = (kept + 1) // 2
    return f"{text[:ahead]}{_LEFT_OUT}{text[len(text) - (kept - ahead) :]}"


@cache
def _font() -> Any:
    """Return the font that has the signs of nearly all scripts, None before OpenCV 5."""
    return cv2.FontFace("uni") if hasattr(cv2, "FontFace") else None


def _plain(text: str) -> str:
    """Return a text with ? for each sign that OpenCV's line drawings do not have."""
    return text.replace(_LEFT_OUT, "...").replace("µ", "u").encode("ascii", "replace").decode("ascii")
