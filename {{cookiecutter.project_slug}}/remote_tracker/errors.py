"""The errors that a user can meet: a line that names the file, the key and what to do."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable

# What Python raises for a text that is nested too deep, or needs more memory than there is.
TOO_MUCH = (RecursionError, MemoryError)
NO_PATTERN = (re.error, OverflowError, *TOO_MUCH)  # what it raises for what is no regular expression, or too much
FULL = (errno.ENOSPC, errno.EDQUOT)  # the system's words for a full disk, or a full quota


class RemoteTrackerError(Exception):
    """The user must act: the message is a line that says what is wrong and what to do.

    ``exit_code`` is the exit code of the command line (0 fine, 1 the user must act, 2 wrong use).
    """

    exit_code = 1


class WrongUse(RemoteTrackerError):
    """The command was typed wrongly: an unknown verb, option or name on the command line."""

    exit_code = 2


class ConfigError(RemoteTrackerError):
    """A YAML file holds an impossible value: the message starts with the file's path and line.

    Text quoted from the file stays on the same line and cannot control a terminal: a line break is shown as \\n.
    ``what`` is the message without the file, the line and what became of it.
    """

    def __init__(self, message: str, what: str = "") -> None:
        super().__init__(in_one_line(message))
        self.what = what


class NotWritten(RemoteTrackerError):
    """A file of ours could not be written; the old file still stands.

    ``reason`` says which and why, without what became of the work: a caller may know more of that.
    """

    def __init__(self, reason: str, rest: str = "") -> None:
        super().__init__(f"{reason}{rest}")
        self.reason = reason


class NoSpace(NotWritten):
    """A file of ours could not be written whole; the old file still stands."""


def in_one_line(text: str) -> str:
    """Return ``text`` with every unprintable character escaped as Python does, a line break as \\n."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def unknown_word(kind: str, word: object, known: Iterable[object]) -> str:
    """Return "unknown <kind> "word". Did you mean x? Known: a, b, c."; words may be numbers, as YAML reads them."""
    from difflib import get_close_matches  # 1 to 2 ms of every start, for a rare error

    names = sorted(map(str, known))
    near = get_close_matches(str(word), names, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f'unknown {kind} "{word}".{hint} Known: {", ".join(names) or "none"}.'
