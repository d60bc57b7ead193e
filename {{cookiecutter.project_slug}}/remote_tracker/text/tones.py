"""Tones of words on a screen: marks in a text, which the stream that is written to turns into a terminal's colours.

A mark holds a random word of this process, so that no name and no log can hold a mark: what steers a terminal within a
name is written out, as ever. Colours are off until ``use_tones`` turns them on, and a text then holds no marks at all.
A tone never says what the words do not say.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping

GOOD, BAD, CARE, BUSY, STRONG, FAINT = "32", "31", "33", "36", "1", "2"  # as terminals number them (SGR, ECMA-48)
_MARK = f"\ufdd0{os.urandom(8).hex()}"  # begins with a code point that is no character
_is_on = False


def use_tones(on: bool) -> None:
    """Turn colours on or off for all texts that are made from now on."""
    global _is_on
    _is_on = on


def wants_tones(environment: Mapping[str, str], is_terminal: bool) -> bool:
    """Return whether a screen is to have colours: NO_COLOR is obeyed first, then FORCE_COLOR, then what it is. Pure."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return is_terminal and environment.get("TERM", "") not in ("", "dumb")


def toned(text: str, tone: str) -> str:
    """Return a text with marks that give it a tone; as it is where colours are off, or for an empty tone."""
    return f"{_MARK}{tone};{text}{_MARK};" if _is_on and tone and text else text


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Yield the pieces of a text without the marks, each with its tone ("": none)."""
    if _MARK not in text:
        yield text, ""
        return
    parts = re.split(rf"{_MARK}(\d*);", text)
    for piece, tone in zip(parts[::2], ["", *parts[1::2]], strict=True):
        if piece:
            yield piece, tone


def coloured(text: str, clean: Callable[[str], str]) -> str:
    """Return a text as a terminal takes it: each piece cleaned by ``clean``, its tone as escape sequences."""
    told = ((clean(piece), tone) for piece, tone in pieces(text))
    return "".join(f"\x1b[{tone}m{piece}\x1b[0m" if tone else piece for piece, tone in told)
