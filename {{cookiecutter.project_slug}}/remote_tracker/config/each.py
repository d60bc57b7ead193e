"""``each`` of a stage -> ListWildcard; and patterns that hold parameters."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from ..model import ListWildcard
from ..model.pattern import Pattern, PatternError, read_pattern
from .document import Section
from .expressions import filled, listed, meant

EACH_KEYS = {
    "file": "a file that lists the values: one a line, or JSON",
    "key": "where in the JSON the list stands, dots between the keys",
    "rows": "true where it is a table below a line of headings: the values are the numbers of its rows, 000, 001 ...",
}


def pattern_at(section: Section, key: str, text: str, params: Mapping[str, Any]) -> Pattern:
    """Return the pattern that ``text`` is, its parameters filled in; raises ConfigError that names the key."""
    try:
        return read_pattern(filled(section, key, text, params))
    except PatternError as error:
        section.fail(key, str(error) + ".")


def read_each(section: Section, params: Mapping[str, Any]) -> tuple[ListWildcard, ...]:
    """Return a stage's lists: written out, a parameter, or a file's; of a mapping its keys, with what they mean."""
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
    """Return the words that a name of a mapping stands for: a list of them, or a line as it would be typed."""
    if isinstance(what, list):
        return tuple(map(str, what))
    try:
        return tuple(shlex.split(str(what)))
    except ValueError as error:
        each.fail(wildcard, f'"{name}": {what!r} cannot be read as words: {error}.')
