"""Read ``each`` of a stage as ListWildcards, and patterns that hold parameters."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..model import ListWildcard
from ..model.pattern import Pattern, PatternError, read_pattern
from .document import Section
from .expressions import filled, listed, meant
from .left_out import VIDEOS

EACH_KEYS = {
    "file": "a file that lists the values: one a line, or JSON",
    "key": "where in the JSON the list stands, dots between the keys",
    "rows": "true where it is a table below a line of headings: the values are the numbers of its rows, 000, 001 ...",
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


def _words(each: Section, wildcard: str, name: Any, what: Any) -> tuple[str, ...]:
    """Return the words that a key of a mapping stands for: given as a list, or as a line that bash would split."""
    if isinstance(what, list):
        return tuple(map(str, what))
    try:
        return tuple(shlex.split(str(what)))
    except ValueError as error:
        each.fail(wildcard, f'"{name}": {what!r} cannot be read as words: {error}.')
