"""Examine an input before a task starts with it: what the clauses of ``ready`` share."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ..partial_copies import FRESH_S
from .clause import Files
from .places import describe_place

if TYPE_CHECKING:
    from .clause import Clause
    from .places import Judge


class StillCopying(Exception):
    """An input is being copied, and no task may start with it yet: the message tells why. This passes by itself."""


def examine_inputs(check: Clause, files: Files, judge: Judge) -> str:
    """Return the first reason that ``judge(path, options)`` has against a path of the check's input.

    Raises StillCopying where there is a reason and the file changed within the last minute: it may be half copied.
    """
    for path in files.inputs.get(check.subject, ()):
        place = os.path.join(files.root, path)
        if reason := describe_place(path, judge, place, check.options):
            require_old(reason, _changed(place))
            return reason
    return ""


def require_old(reason: str, changed: float) -> None:
    """Raise StillCopying with ``reason`` where ``changed`` (s since 1970) is less than a minute ago."""
    if 0 <= time.time() - changed < FRESH_S:
        raise StillCopying(f"{reason} (it changed just now: look again in 2 min)")


def _changed(place: str) -> float:
    try:
        return os.stat(place).st_mtime
    except OSError:
        return 0.0
