"""Examine an input before a task starts with it: what the clauses of ``ready`` share."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ..partial_copies import FRESH_S
from .clause import Files
from .places import find_reason, shown_name

if TYPE_CHECKING:
    from ..partial_copies import PartialCopy
    from .clause import Clause
    from .places import Judge


class StillCopying(Exception):
    """An input is being copied, and no task may start with it yet: the message tells why. This passes by itself.

    ``copy`` is the unfinished copy, None where the input only changed a moment ago.
    """

    def __init__(self, reason: str, copy: PartialCopy | None = None) -> None:
        super().__init__(reason)
        self.copy = copy


def examine_inputs(check: Clause, files: Files, judge: Judge) -> str:
    """Return the first reason that ``judge(path, options)`` has against a path of the check's input.

    Raises StillCopying where there is a reason and the file changed within the last minute: it may be half copied.
    """
    for path in files.inputs.get(check.subject, ()):
        place = os.path.join(files.root, path)
        if reason := find_reason(judge, place, check.options):
            told = with_name(shown_name(path), path, reason, files)
            require_old(told, _changed(place))
            return told
    return ""


def with_name(name: str, path: str, reason: str, files: Files) -> str:
    """Return a reason with the file's name before it, unless the caller tells that name (``files.named`` is False)."""
    return f"{name}: {reason}" if files.named or name != path.rpartition("/")[2] else reason


def require_old(reason: str, changed: float) -> None:
    """Raise StillCopying with ``reason`` where ``changed`` (s since 1970) is less than a minute ago."""
    if 0 <= time.time() - changed < FRESH_S:
        raise StillCopying(f"{reason} (it changed just now: look again in 2 min)")


def _changed(place: str) -> float:
    try:
        return os.stat(place).st_mtime
    except OSError:
        return 0.0
