"""Write derived files, which a later scan can make anew: where a file cannot be written the work goes on.

Whoever may only read a project, or whose disk is full, is still told its state; a scan says what it could not remember.
"""

from __future__ import annotations

from pathlib import Path

from ..errors import NotWritten
from .files import make_folder, write_file

_lost: dict[Path, str] = {}  # path -> why this process could not write it


def write_derived(path: Path, content: str | bytes) -> bool:
    """Write a derived file, and its folder where that is missing; where it cannot be written note it, return False."""
    try:
        make_folder(path.parent)
        write_file(path, content)
        _lost.pop(path, None)
        return True
    except NotWritten as error:
        note_lost(path, error)
        return False


def note_lost(path: Path, error: NotWritten) -> None:
    """Note that a file which each scan brings up to date could not be written."""
    _lost[path] = error.reason


def describe_lost() -> str:
    """Return what could not be remembered, and why, in a sentence without a full stop; "" where nothing was lost."""
    first = next(iter(_lost.values()), "")
    others = f" (nor {len(_lost) - 1} more)" if len(_lost) > 1 else ""
    return f"{first}{others}"
