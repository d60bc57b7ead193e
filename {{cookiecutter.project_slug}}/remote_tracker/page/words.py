"""What the lab said about results, as columns of the page; a page's boxes write such words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..tables.reviewed import WHOLE, Reviewed
from ..tables.video_row import VideoRow
from .column import TEXT, WORD, Meaning, column_of

SAID = Meaning("word", WORD, "", "what the lab said about the result: good, bad or look again")
LAPSED = Meaning("word_lapsed", WORD, "", "yes: the result was made anew since the lab said so")
ABOUT = Meaning("word_about", TEXT, "", "which result a lapsed word is about, as reviewed.csv names it")
NOTE = Meaning("note", TEXT, "", "what the lab wrote beside its word")
RESULT = Meaning("result", TEXT, "", "which result a word is about: its SHA-256, else when it was proven")


def word_columns(rows: Sequence[VideoRow], reviewed: Reviewed) -> list[dict[str, Any]]:
    """Return the columns of words, of notes, and of the names by which a word finds its result."""
    said = [reviewed.find(row) for row in rows]
    named = [row.sha256_result or row.proven or row.ended if row.state in WHOLE else "" for row in rows]
    return [
        column_of(SAID, (row.word for row in rows)),
        column_of(LAPSED, ("yes" if row.word_lapsed else "" for row in rows)),
        column_of(ABOUT, ("" if one is None else one.about for one in said)),
        column_of(NOTE, ("" if one is None else one.note for one in said)),
        column_of(RESULT, named),
    ]
