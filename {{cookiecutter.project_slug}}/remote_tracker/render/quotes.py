"""Quote values for bash, and find values that stand in quotes already, which would undo the value's own quotes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from ..model import Unit

Quote = Callable[[str], str]
_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)

# The tokens that begin or end a context, by context: plain words (and every bracket), or a kind of quotes.
_TOKENS = {
    "(": r"""\\?MARK|\\.|\$'|\$\(|[()'"`]""",
    '"': r"""\\?MARK|\\.|\$\(|["`]""",
    "'": r"MARK|'",
    "$'": r"\\?MARK|\\.|'",
    "`": r"\\?MARK|\\.|`",
}
_END = {"(": ")", "$'": "'"}


def quote(text: str) -> str:
    """Return ``text`` as one word of bash that stands on one line, as each entry of a list must."""
    if "\n" not in text:
        return shlex.quote(text)
    for character, written in (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n")):
        text = text.replace(character, written)
    return f"$'{text}'"


def find_quoted(text: str, mark: str) -> int | None:
    """Return the place of the first mark in quotes or behind a backslash, None where there is no such mark.

    Inside ``$(...)`` words are plain again, also within quotes; inside backquotes nothing is plain.
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
    """Return the function that quotes the unit's paths and values; no change where no character needs quotes."""
    plain = _SAFE.fullmatch(unit.key) and all(not v or _SAFE.fullmatch(v) for v in unit.values)
    files_plain = all(_SAFE.fullmatch(path) for files in unit.inputs for path in files)
    return _as_it_is if plain and files_plain else quote


def is_safe(text: str) -> bool:
    """Return whether bash reads the text, unquoted, as a single word."""
    return _SAFE.fullmatch(text) is not None


def _as_it_is(text: str) -> str:
    return text or "''"
