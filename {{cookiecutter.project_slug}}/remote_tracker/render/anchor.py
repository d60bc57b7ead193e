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
COMMAND = re.compile(r"[(;|&]\s*$")  # behind it a word without a slash is a command's name
NAMES_FILE = re.compile(r"[<>]\s*$|(?:^|\s)-[defrswx]\s+$")  # behind it a word is a file's name: <x, >x, test -e x


def anchor(command: Command, is_there: Exists, is_file: Exists, before: str = STARTS) -> Command:
    """Return the command with ``"$project"/`` before each word that is a path of something in the project.

    A word is such a path where its first folder is there, or where it is the name of a file: with an extension, or
    behind a redirection or a question such as ``test -e``. A command's own name, words within double quotes, and bare
    names of folders stay: nobody can tell from other words what they are.
    """
    pieces: list[str | Filler] = []
    start = True
    for piece in command.pieces:
        if isinstance(piece, str):
            ahead = (
                "" if pieces else ";"
            )  # what stands before the piece: a task's value, or nothing, as before a command
            pieces.append("".join(_anchored(piece, start, ahead, is_there, is_file, before)))
        else:
            pieces.append(piece)
        start = isinstance(piece, str) and piece[-1:] in before
    return Command(tuple(pieces))


def _anchored(text: str, start: bool, ahead: str, is_there: Exists, is_file: Exists, before: str) -> Iterator[str]:
    for found in _PIECE.finditer(text):
        begins = text[found.start() - 1] in before if found.start() else start
        word = found["plain"] or (found["quoted"] or "")[1:-1]
        is_path = bool(word) and begins
        if is_path and "/" in word:
            is_path = _lies_in_project(word, is_there)
        elif is_path:
            is_path = _may_be_file(word, ahead + text[: found.start()]) and is_file(word)
        yield '"$project"/' + found[0] if is_path else found[0]


def _lies_in_project(word: str, is_there: Exists) -> bool:
    if word.startswith("/"):
        return False
    first = word.removeprefix("./").partition("/")[0]
    return is_there(word if first == ".." else first)


def _may_be_file(word: str, ahead: str) -> bool:
    """Return whether a word without a slash may name a file, by the text ``ahead`` of it."""
    return not COMMAND.search(ahead) and ("." in word.strip(".") or bool(NAMES_FILE.search(ahead)))
