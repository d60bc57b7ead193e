"""What one file holds, as the fields of a line of a task's log; the programs that tasks ask import no more than this.

Each process of several tasks starts one of these programs, so their imports count: ``typing`` alone takes 10 ms.
"""

from __future__ import annotations

import os

from .digest import SMALL, open_plain, sample_in, small_in, whole_in

TYPE_CHECKING = False  # typing's own name would have to be imported; mypy knows this name, too
if TYPE_CHECKING:
    from collections.abc import Callable

NO_DIGEST = "-"
TABLES = (".csv", ".tsv", ".txt")  # such files' lines are counted, so that people can be told


def fields_of(
    role: str,
    path: str,
    place: str,
    whole: bool = True,
    tell: Callable[[int], None] | None = None,
    count: bool = True,
) -> tuple[str, int, int, int, int, str, str, int, str]:
    """Return the fields of ``Entry`` for the file that lies at ``place``; ``entry_of`` says more. Raises OSError."""
    count = count and is_table(place)
    with open_plain(place) as file:
        found = os.fstat(file.fileno())
        if found.st_size <= SMALL:
            sha256, lines = small_in(file, found.st_size, count)
            sample = sha256
        else:
            sample = sample_in(file, found.st_size)
            sha256, lines = whole_in(file, count, tell) if whole else ("", -1)
        after = os.fstat(file.fileno())
    if (after.st_size, after.st_mtime_ns) != (found.st_size, found.st_mtime_ns):
        raise OSError(0, "changed while it was read", place)
    times = found.st_mtime_ns, found.st_ino, found.st_ctime_ns
    return role, found.st_size, *times, sha256, sample, lines, path


def is_table(path: str) -> bool:
    """Return whether a file is a table in plain text, by its name."""
    return path.endswith(TABLES)


def render_entry(entry: tuple[str, int, int, int, int, str, str, int, str]) -> str:
    """Return an entry's fields as a line, without a line end; times are in seconds, as ``stat -c %.9Y`` prints them."""
    role, size, mtime_ns, inode, ctime_ns, sha256, sample, lines, path = entry
    path = path.replace("\\", "\\\\").replace("\n", "\\n")
    times = f"{seconds_of(mtime_ns)} {inode} {seconds_of(ctime_ns)}"
    return f"{role} {size} {times} {sha256 or NO_DIGEST} {sample or NO_DIGEST} {lines} {path}"


def seconds_of(ns: int) -> str:
    """Return a time as ``stat -c %.9Y`` prints it."""
    return f"{ns // 10**9}.{ns % 10**9:09d}"
