"""The errors a user can meet, each one line that names the file, the key and what to do."""

from __future__ import annotations

from collections.abc import Iterable


class RemoteTrackerError(Exception):
    """Something needs the user: the message is one line that says what and what to do.

    ``exit_code`` is what the command line ends with (0 fine, 1 the user must act, 2 wrong use).
    """

    exit_code = 1


class WrongUse(RemoteTrackerError):
    """The command was typed wrongly: an unknown verb, option or name on the command line."""

    exit_code = 2


class ConfigError(RemoteTrackerError):
    """A YAML file says something that cannot be: the message starts with its path and line.

    What it quotes from there stays in the one line, and does nothing to a terminal: a line break is shown as \\n.
    """

    def __init__(self, message: str) -> None:
        super().__init__(in_one_line(message))


class NoSpace(RemoteTrackerError):
    """A file of ours could not be written whole; the old one still stands."""


def in_one_line(text: str) -> str:
    """Return a text in which what is not printable is shown as Python writes it, a line break as \\n."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def unknown_word(kind: str, word: object, known: Iterable[object]) -> str:
    """Return "unknown <kind> "word". Did you mean x? Known: a, b, c."; YAML reads some words as numbers."""
    from difflib import get_close_matches  # 1 to 2 ms of every start, for a rare error

    names = sorted(map(str, known))
    near = get_close_matches(str(word), names, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f'unknown {kind} "{word}".{hint} Known: {", ".join(names) or "none"}.'
