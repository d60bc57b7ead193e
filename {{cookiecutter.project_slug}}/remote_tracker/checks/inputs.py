"""What an input must show before it is started with: clauses of ``ready``, asked before anything runs."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from ..partial_copies import FRESH_S
from .clause import Files
from .places import describe_place

if TYPE_CHECKING:
    from ..partial_copies import PartialCopy
    from .clause import Clause
    from .places import Judge


class StillCopying(Exception):
    """Why an input must not be started with now, where that passes by itself: it is being copied.

    ``copy`` is the unfinished copy, None where the input only changed a moment ago.
    """

    def __init__(self, reason: str, copy: PartialCopy | None = None) -> None:
        super().__init__(reason)
        self.copy = copy


def examine_inputs(check: Clause, files: Files, judge: Judge) -> str:
    """Return the first reason that ``judge(path, options)`` has against a path of the check's input.

    Raises StillCopying where the file changed within the last minute: it may be only half there.
    """
    for path in files.inputs.get(check.subject, ()):
        place = os.path.join(files.root, path)
        if reason := describe_place(path, judge, place, check.options):
            require_old(reason, _changed(place))
            return reason
    return ""


def require_old(reason: str, changed: float) -> None:
    """Raise StillCopying with the reason where the last change (s since 1970) is less than a minute ago."""
    if 0 <= time.time() - changed < FRESH_S:
        raise StillCopying(f"{reason} (it changed just now: look again in 2 min)")


def _changed(place: str) -> float:
    try:
        return os.stat(place).st_mtime
    except OSError:
        return 0.0
