"""A column of the page's table of videos: its meaning, and its value for each video. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from ..named_tuple import NamedTuple

TEXT, NUMBER, WORD = "text", "number", "word"
DIGITS = 5  # of a number that is no whole number
MOST_WORDS = 200  # a column of the lab with more different cells is a text


class Meaning(NamedTuple):
    """What a column holds."""

    name: str  # as in videos.csv, or as measures calls it
    kind: str = TEXT  # TEXT, NUMBER, or WORD: one of a few texts
    unit: str = ""
    meaning: str = ""

    @property
    def title(self) -> str:
        """Return what stands above the column."""
        return self.name.replace("_", " ")


def column_of(meaning: Meaning, values: Iterable[Any], title: str = "") -> dict[str, Any]:
    """Return a column as the page's data: numbers and None, texts, or the different words and where each stands.

    Texts are as they are: the page itself writes out what would steer it, and copies the true names.
    """
    head = {
        "name": meaning.name,
        "title": title or meaning.title,
        "kind": meaning.kind,
        "unit": meaning.unit,
        "meaning": meaning.meaning,
    }
    if meaning.kind == NUMBER:
        return {**head, "values": [rounded(value) for value in values]}
    if meaning.kind == TEXT:
        return {**head, "values": list(values)}
    words: dict[str, int] = {}
    at = [words.setdefault(value, len(words)) for value in values]
    return {**head, "words": list(words), "at": at}


def kind_of(cells: Sequence[str]) -> str:
    """Return the kind of a column of the lab's own table, by its cells: nothing else is known of it."""
    filled = [cell for cell in cells if cell]
    if filled and all(map(_is_number, filled)):
        return NUMBER
    return WORD if len(set(filled)) <= MOST_WORDS else TEXT


def _is_number(cell: str) -> bool:
    """Return whether a cell is a number that says no more than its value: 0012 is a name."""
    lead = cell.lstrip("+-")
    if not lead.isascii() or not lead[:1].isdecimal() or (lead[:1] == "0" and lead[1:2].isdecimal()) or "_" in cell:
        return False
    try:
        return isfinite(float(cell))
    except ValueError:
        return False


def number_in(cell: str) -> float | None:
    """Return the number that a cell holds, None for an empty cell."""
    return float(cell) if cell else None


def rounded(value: float | None) -> float | None:
    """Return a number with as many digits as people read, None where it is none."""
    if type(value) is int:  # as most
        return value
    if value is None or not isfinite(value):
        return None
    if value == int(value):
        return int(value)
    return float(f"{value:.{DIGITS}g}")
