"""Write rows of the joined tables: quoted where CSV needs it, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TextIO

_STARTS = "=+-@\t\r"  # what a formula begins with
_FIRST = {mark.encode() for mark in _STARTS}
_NUMBER = re.compile(r"[+-][\d.]*(?:e[+-]?[\d.]*|inf|infinity|nan)?", re.I | re.A)  # or a mere dash: it does no harm
# What is left of numbers behind a sign without their digits and points; of text such a rest does no harm.
_RESTS = {f"{sign}{rest}".encode() for sign in "+-" for rest in ("", "e", "e-", "e+", "E", "E-", "E+", "inf", "nan")}


def write_row(out: TextIO, cells: Iterable[str]) -> None:
    """Write a row: a cell with a comma, a quote, a line break or ``#``, a comment for some readers, is quoted.

    A cell that begins as a formula (= + - @ tab CR) and is no number gets a ' before it: spreadsheets then show it.
    """
    out.write(",".join(map(safe_cell, cells)) + "\n")


def may_stay(line: str) -> bool:
    """Return whether ``write_row`` would write the line's cells as they are; quick, as most lines hold only numbers."""
    rests = set(line.encode("utf-8", "surrogateescape").translate(None, b"0123456789.").split(b","))
    return '"' not in line and "#" not in line and not any(rest[:1] in _FIRST and rest not in _RESTS for rest in rests)


def safe_cell(text: str) -> str:
    """Return a cell's text, quoted where CSV needs it, and such that no spreadsheet runs it as a formula."""
    return plain_cell(f"'{text}" if text and text[0] in _STARTS and not _NUMBER.fullmatch(text) else text)


def plain_cell(text: str) -> str:
    """Return a cell's text as it is, quoted where CSV needs it: a genotype may begin with + or -."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"#\r\n') else text
