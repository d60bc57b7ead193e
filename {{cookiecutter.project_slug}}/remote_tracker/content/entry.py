"""One file as a task found or left it: a line of the task's log, where people and programs read it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple
from .digest import open_plain, sample_in, whole_in
from .noted import NO_DIGEST, fields_of

if TYPE_CHECKING:
    from collections.abc import Callable

ROLES = ("in", "out")


class Entry(NamedTuple):
    """A file's size and times, and digests of its content; ns since 1970."""

    role: str  # in: an input; out: a result, or a file in a result that is a folder
    size: int  # bytes
    mtime_ns: int
    inode: int
    ctime_ns: int
    sha256: str  # of the whole file; "": not taken
    sample: str  # the digest of a sample, see digest.py; "": not taken
    lines: int  # how many lines a table holds; -1: not counted
    path: str  # below the project, or absolute


def entry_of(
    role: str,
    path: str,
    place: str,
    whole: bool = True,
    tell: Callable[[int], None] | None = None,
    count: bool = True,
) -> Entry:
    """Return the entry of the file that lies at ``place``; with ``whole`` it is read to its end. Raises OSError.

    ``tell`` is called after each block of a large file with the number of bytes read; with ``count`` a table's lines
    are counted.
    """
    return Entry(*fields_of(role, path, place, whole, tell, count))


def is_at(entry: Entry, found: os.stat_result) -> bool:
    """Return whether a file still has the size, times and inode that the entry notes."""
    now = (found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns)
    return now == (entry.size, entry.mtime_ns, entry.inode, entry.ctime_ns)


def has_content(path: str, entry: Entry) -> bool:
    """Return whether the file at ``path`` holds what the entry notes, by a sample where the entry notes a sample."""
    try:
        with open_plain(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size != entry.size:
                return False
            if entry.sample:
                return sample_in(file, size) == entry.sample
            return bool(entry.sha256) and whole_in(file)[0] == entry.sha256
    except OSError:
        return False


def read_entry(line: str) -> Entry | None:
    """Return the entry that a line holds, None for any other line."""
    words = line.split(" ", 8)
    if len(words) != 9 or words[0] not in ROLES:
        return None
    role, size, mtime, inode, ctime, sha256, sample, lines, path = words
    try:
        numbers = int(size), _nanoseconds(mtime), int(inode), _nanoseconds(ctime)
        count = int(lines)
    except ValueError:
        return None
    return Entry(role, *numbers, _known(sha256), _known(sample), count, _unescaped(path))


def _known(digest: str) -> str:
    return "" if digest == NO_DIGEST else digest


def _nanoseconds(text: str) -> int:
    seconds, _, rest = text.partition(".")
    return int(seconds) * 10**9 + int((rest + "000000000")[:9])


def _unescaped(path: str) -> str:
    if "\\" not in path:
        return path
    return path.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
