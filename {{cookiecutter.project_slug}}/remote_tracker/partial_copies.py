"""Know the temporary names that programs give a file while they copy it, and the final name behind them.

Measured with rsync 3.5: a file is written as ``.plate7.avi.RZxPvV`` (six letters or digits) beside its target and
renamed at the end; ``--delay-updates`` keeps whole files in ``.~tmp~/`` until all are there, ``--partial-dir`` keeps
a broken copy in the folder that it names. WinSCP writes ``plate7.avi.filepart`` (its manual, "Transfer to Temporary
Filename"), browsers ``.part`` or ``.crdownload``.
"""

from __future__ import annotations

import re
import time

from .named_tuple import NamedTuple

COPY_ENDS = (".filepart", ".part", ".crdownload")
# Of programs whose unfinished files are named for what they are, but hold up no video: nobody copies videos by them.
OTHER_ENDS = (".partial", ".download", ".opdownload", ".aria2", ".!ut", ".!qB")
COPY_FOLDERS = (".~tmp~", ".rsync-partial")
BROKEN_OFF_S = 24 * 3600
FRESH_S = 60  # a file that changed within the last minute may still be growing
_RSYNC = re.compile(r"\.(.+)\.([A-Za-z0-9]{6})", re.DOTALL)


class PartialCopy(NamedTuple):
    """An unfinished copy: its temporary name, its last change (s since 1970), whether the copy was broken off."""

    path: str
    changed: float
    broken_off: bool


def final_name(name: str) -> str:
    """Return the final name of the file with the temporary name ``name``, "" where ``name`` is no temporary name."""
    if name[0] == ".":
        found = _RSYNC.fullmatch(name)
        return found[1] if found and found[1][0] != "." else ""
    return next((name.removesuffix(end) for end in COPY_ENDS if name.endswith(end)), "")


def is_other_copy(name: str) -> bool:
    """Return whether a name ends as other programs call what they have not copied whole yet."""
    return name.endswith(OTHER_ENDS)


def is_surely_temporary(name: str) -> bool:
    """Return whether a name can only be a copy under way: False for .index.sqlite, which may be a file's real name."""
    return bool(final_name(name)) and not (name[0] == "." and name[-6:].isalpha() and name[-6:].islower())


def find_copy(path: str, changed: float) -> PartialCopy:
    """Return the unfinished copy that a temporary file is; ``changed`` is when it was last changed, s since 1970."""
    return PartialCopy(path, changed, time.time() - changed >= BROKEN_OFF_S)


def describe_copy(copy: PartialCopy) -> str:
    """Return an unfinished copy in words."""
    if not copy.broken_off:
        return f"being copied: {copy.path}"
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.changed))
    return f"a copy of it was broken off ({copy.path}, {when}): copy it again, then remove that"
