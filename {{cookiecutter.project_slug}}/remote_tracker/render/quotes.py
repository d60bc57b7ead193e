"""Where bash text stands in quotes: a value that is quoted already must not, for the two undo each other."""

from __future__ import annotations

import re

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
