"""Give a command's relative paths the project's folder: it was written there, and it starts in another folder. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .command import Command
from .files import Filler

Exists = Callable[[str], bool]  # whether a path below the project is there

_PIECE = re.compile(
    r"""(?P<shut>"(?:\\.|[^"\\])*"|\$'(?:\\.|[^'\\])*'|\\.)"""  # text of bash in which a path is not looked for
    r"""|(?P<quoted>'[^']*')|(?P<plain>[\w.+@%,-][\w.+@%,~/-]*)|.""",
    re.DOTALL,
)
STARTS = " \t\n=<>(;|&"  # what may stand before a path; behind anything else a text goes on


def anchor(command: Command, is_there: Exists, before: str = STARTS) -> Command:
    """Return the command with ``"$project"/`` before each word that is a path of something in the project.

    A word is such a path where its first folder is there, or where it is the name of a file with an extension. Words
    within double quotes, and bare names of folders, stay: nobody can tell from other words what they are.
    """
    pieces: list[str | Filler] = []
    start = True
    for piece in command.pieces:
        if isinstance(piece, str):
            pieces.append("".join(_anchored(piece, start, is_there, before)))
        else:
            pieces.append(piece)
        start = isinstance(piece, str) and piece[-1:] in before
    return Command(tuple(pieces))


def _anchored(text: str, start: bool, is_there: Exists, before: str) -> Iterator[str]:
    for found in _PIECE.finditer(text):
        begins = text[found.start() - 1] in before if found.start() else start
        word = found["plain"] or (found["quoted"] or "")[1:-1]
        yield '"$project"/' + found[0] if begins and word and _is_path(word, is_there) else found[0]


def _is_path(word: str, is_there: Exists) -> bool:
    if word.startswith("/"):
        return False
    first, slash, rest = word.removeprefix("./").partition("/")
    if first == "..":
        return is_there(word)
    return is_there(first) and bool(rest or slash or word.startswith("./") or "." in first.strip("."))
