"""Digests of a file: of all its bytes, and of a sample that costs a few reads however large the file is.

A file of at most SMALL bytes is its own sample. Of a larger file the sample is the SHA-256 of its size, as decimal
digits and a line end, then of PIECES pieces of PIECE bytes: both ends, and pieces at even distances between them.
"""

from __future__ import annotations

import hashlib
import os
import stat

TYPE_CHECKING = False  # see noted.py
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

PIECE = 64 * 1024
PIECES = 8
SMALL = 16 * PIECE
BLOCK = 1024 * 1024


def open_plain(path: str) -> BinaryIO:
    """Return the regular file at ``path``, opened for reading; raises OSError for everything else, a pipe too."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(0, "is no file", path)
    return open(handle, "rb", buffering=0)


def sample_of(path: str) -> str:
    """Return the digest of a file's sample, 64 hexadecimal digits; raises OSError."""
    with open_plain(path) as file:
        return sample_in(file, os.fstat(file.fileno()).st_size)


def sample_in(file: BinaryIO, size: int) -> str:
    """Return the digest of the sample of an open file of ``size`` bytes."""
    if size <= SMALL:
        return small_in(file, size)[0]
    digest = hashlib.sha256(b"%d\n" % size)
    for offset in _offsets(size):
        digest.update(_read_at(file, offset, PIECE))
    return digest.hexdigest()


def small_in(file: BinaryIO, size: int, count: bool = False) -> tuple[str, int]:
    """Do as whole_of, with an open file of ``size`` bytes, read at once."""
    raw = _read_at(file, 0, size)
    lines = raw.count(b"\n") + (raw[-1:] not in (b"", b"\n")) if count else -1
    return hashlib.sha256(raw).hexdigest(), lines


def _read_at(file: BinaryIO, offset: int, count: int) -> bytes:
    """Return ``count`` bytes from ``offset``, fewer only at the file's end: some file systems answer piecemeal."""
    raw = b""
    while len(raw) < count and (more := os.pread(file.fileno(), count - len(raw), offset + len(raw))):
        raw += more
    return raw


def _offsets(size: int) -> list[int]:
    between = [size * index // (PIECES - 1) // PIECE * PIECE for index in range(PIECES - 1)]
    return [*between, size - PIECE]


def whole_of(path: str, count: bool = False, tell: Callable[[int], None] | None = None) -> tuple[str, int]:
    """Return the SHA-256 of all of a file's bytes, and with ``count`` how many lines it holds, else -1; raises OSError.

    The last line counts with or without a line end. ``tell`` is called after each block with the number of bytes read.
    """
    with open_plain(path) as file:
        return whole_in(file, count, tell)


def whole_in(file: BinaryIO, count: bool = False, tell: Callable[[int], None] | None = None) -> tuple[str, int]:
    """Do as whole_of, with an open file."""
    digest, lines, block, last = hashlib.sha256(), 0, bytearray(BLOCK), ord("\n")
    view = memoryview(block)
    file.seek(0)
    while read := file.readinto(view):  # type: ignore[attr-defined]  # open(buffering=0) returns a FileIO
        digest.update(view[:read])
        if count:
            lines, last = lines + block.count(b"\n", 0, read), block[read - 1]
        if tell:
            tell(read)
    return digest.hexdigest(), lines + (last != ord("\n")) if count else -1
