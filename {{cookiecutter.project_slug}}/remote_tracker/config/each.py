"""Read ``each`` of a stage as ListWildcards, and patterns that hold parameters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from typing import Any

from ..errors import unknown_word
from ..model import ListWildcard
from ..model.pattern import Pattern, PatternError, read_pattern
from ..model.pieces import Cut
from ..quick_dataclass import replace
from .document import Section
from .expressions import filled, listed, meant
from .left_out import VIDEOS

PLACES = ("first", "last", "end", "count")  # what stands in braces in the words for a piece
EACH_KEYS = {
    "file": "a file that lists the values: one a line, or JSON",
    "key": "where in the JSON the list stands, dots between the keys",
    "rows": "true where it is a table below a line of headings: the values are the numbers of its rows, 000, 001 ...",
    "frames_of": "in place of file: an input, a video whose frames are cut into pieces: a value is a range, 0-1499",
    "pieces": "beside frames_of: how many pieces",
    "piece_frames": "beside frames_of, in place of pieces: how many frames a piece has",
    "words": "beside frames_of: what {{ each.NAME }} says for a piece, as --frames {first}-{last}; {end} is the frame "
    "behind it, {count} how many it has; nothing for a video whose number of frames is not known: it stays whole",
}


def pattern_at(section: Section, key: str, text: str, params: Mapping[str, Any]) -> Pattern:
    """Return the pattern in ``text`` with its parameters filled in; raises ConfigError, which names ``key``."""
    try:
        return read_pattern(filled(section, key, text, params))
    except PatternError as error:
        section.fail(key, str(error) + ".")


def in_any_case(pattern: Pattern) -> Pattern:
    """Return the pattern of an input; an ending in RawVideos may be in upper or lower case, as cameras write it."""
    return replace(pattern, any_case=True) if pattern.root == VIDEOS and not pattern.is_folder else pattern


def read_each(section: Section, params: Mapping[str, Any]) -> tuple[ListWildcard, ...]:
    """Return a stage's lists: written out, in a parameter, or in a file; a mapping lists its keys, with words."""
    each = section.section("each")
    found = []
    for wildcard, value in each.data.items():
        if isinstance(value, dict):
            inner = each.section(wildcard).only(EACH_KEYS)
            if "frames_of" in inner.data:
                found.append(ListWildcard(wildcard, cut=_read_cut(inner, params)))
                continue
            for key in (key for key in ("pieces", "piece_frames", "words") if key in inner.data):
                inner.fail(key, f'"{key}" is about the frames of a video: say "frames_of" in place of "file".')
            file = pattern_at(inner, "file", inner.text("file"), params)
            found.append(ListWildcard(wildcard, file=file, key=inner.text("key", ""), rows=inner.flag("rows")))
            continue
        meaning = meant(each, wildcard, params)
        if isinstance(meaning, dict):
            words = {str(name): _words(each, wildcard, name, what) for name, what in meaning.items()}
            found.append(ListWildcard(wildcard, values=tuple(words), words=words))
        else:
            found.append(ListWildcard(wildcard, values=listed(each, wildcard, params)))
    return tuple(found)


def _read_cut(section: Section, params: Mapping[str, Any]) -> Cut:
    """Return how a video is cut into pieces."""
    pieces, length = (_read_count(section, key, params) for key in ("pieces", "piece_frames"))
    for key in ("file", "key", "rows"):
        if key in section.data:
            section.fail(key, f'"{key}" is about a list in a file, "frames_of" about a video: say one of the two.')
    if bool(pieces) == bool(length):
        section.fail("frames_of", 'say either "pieces", how many, or "piece_frames", how many frames each has.')
    words = _words(section, "words", "words", section.text("words", ""))
    for name in (name for word in words for name in re.findall(r"\{(\w*)\}", word)):
        if name not in PLACES:
            section.fail("words", unknown_word("word in {}", name, PLACES))
    return Cut(section.text("frames_of"), pieces, length, words)


def _read_count(section: Section, key: str, params: Mapping[str, Any]) -> int:
    count = meant(section, key, params) or 0
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        section.fail(key, f'"{key}" must be a whole number from 0 up, not {count!r}.')
    return count


def _words(each: Section, wildcard: str, name: Any, what: Any) -> tuple[str, ...]:
    """Return the words that a key of a mapping stands for: given as a list, or as a line that bash would split."""
    if isinstance(what, list):
        return tuple(map(str, what))
    try:
        return tuple(shlex.split(str(what)))
    except ValueError as error:
        each.fail(wildcard, f'"{name}": {what!r} cannot be read as words: {error}.')
