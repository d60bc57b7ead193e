"""Quotes of bash: how values are quoted, and where text stands in quotes, which undo those of a value inside."""

from __future__ import annotations

import re
from collections.abc import Callable
from shlex import quote

from ..model import Unit

Quote = Callable[[str], str]
_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)

# What begins or ends something, by what we are in: plain words (and every bracket), or one of bash's quotes.
_TOKENS = {
    "(": r"""\\?MARK|\\.|\$'|\$\(|[()'"`]""",
    '"': r"""\\?MARK|\\.|\$\(|["`]""",
    "'": r"MARK|'",
    "$'": r"\\?MARK|\\.|'",
    "`": r"\\?MARK|\\.|`",
}
_END = {"(": ")", "$'": "'"}


def find_quoted(text: str, mark: str) -> int | None:
    """Return where the first mark stands that is in quotes or behind a backslash, None where none is.

    Between the brackets of ``$(...)`` words are plain again, in quotes too; between backquotes nothing is.
    """
    tokens = {inside: re.compile(token.replace("MARK", mark), re.DOTALL) for inside, token in _TOKENS.items()}
    open_ones, at = ["("], 0
    while found := tokens[open_ones[-1]].search(text, at):
        inside, token, at = open_ones[-1], found[0], found.end()
        if token[-1] == mark:
            if inside != "(" or token != mark:
                return at - 1
        elif token == _END.get(inside, inside):
            open_ones[1:] = open_ones[1:-1]
        elif token[0] != "\\":
            open_ones.append("(" if token == "$(" else token)
    return None


def quoting_of(unit: Unit) -> Quote:
    """Return how this unit's paths and values are quoted: not at all where no character of theirs needs it."""
    plain = _SAFE.fullmatch(unit.key) and all(not v or _SAFE.fullmatch(v) for v in unit.values)
    files_plain = all(_SAFE.fullmatch(path) for files in unit.inputs for path in files)
    return _as_it_is if plain and files_plain else quote


def is_safe(text: str) -> bool:
    """Return whether bash takes the text as one word as it stands."""
    return _SAFE.fullmatch(text) is not None


def _as_it_is(text: str) -> str:
    return text or "''"
