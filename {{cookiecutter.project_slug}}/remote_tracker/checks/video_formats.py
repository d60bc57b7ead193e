"""Read the promises in a video's first bytes without a library: was the file cut, has it an index?

AVI: RIFF chunks (Microsoft, "AVI RIFF File Reference"). MP4, MOV, M4V: boxes (ISO/IEC 14496-12: a box of an
unknown kind is skipped). Matroska, WebM: EBML (RFC 8794, RFC 9559). WMV: ASF (Microsoft, "Advanced Systems Format").
A file that was never closed (a stream, a recorder that was killed) promises nothing and is not refused for it; nor is
an unknown container: its reader decides.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from .clause import Fault
from .superblock import find_truncation

if TYPE_CHECKING:
    from collections.abc import Callable

    Read = Callable[[int, int], bytes]  # (how many bytes, from where on)

_HDF5 = b"\x89HDF\r\n\x1a\n"
_MATROSKA = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx", b"uuid", b"pnot", b"mfra")
_LETTERS = bytes([*range(32, 127), 0xA9])  # of a box's kind; the last is Apple's (c)
_MOST_BOXES = 10_000  # more are no video: reading them all would take long
_HEAD = 512
_TEXT = bytes([9, 10, 13, *range(32, 127)])
_SLACK = 8  # some programs count the 8 bytes of the RIFF header in its length: no frame is lost
_AGAIN = "copied only in part? Copy it again"


def find_cut(path: str) -> str:
    """Return why the video at ``path`` cannot be opened or is not whole; "" where its first bytes show no fault.

    Raises Fault where ``path`` is no regular file, OSError where it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would block for ever
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise Fault("is no file, expected a video")
        if not (length := found.st_size):
            return f"is empty (0 bytes); {_AGAIN}"
        head = os.pread(handle, _HEAD, 0)
        if head.startswith(_HDF5) or path.endswith((".h5", ".hdf5")):
            with open(handle, "rb", buffering=0, closefd=False) as file:
                return find_truncation(file, length)
        return _judge(head, lambda count, place: os.pread(handle, count, place), length)
    finally:
        os.close(handle)


def has_exact_count(path: str) -> bool:
    """Return whether the container holds a number of frames: all but Matroska and ASF, which hold a length of time."""
    with open(path, "rb", buffering=0) as file:
        return not file.read(16).startswith((_MATROSKA, _ASF))


def _judge(head: bytes, read: Read, length: int) -> str:
    if head.startswith(b"RIFF"):
        return _judge_riff(head, read, length)
    if head.startswith(_MATROSKA):
        return _cut(_matroska_end(head), length)
    if head.startswith(_ASF):
        return _cut(_asf_end(read), length)
    if head[4:8] in _BOXES:
        return _judge_boxes(read, length)
    if not head.strip(b"\0"):
        return f"cannot be opened: it begins with zeros; {_AGAIN}"
    if not head.translate(None, _TEXT):
        first = head[:40].split(b"\n")[0].decode("ascii").strip()
        return f'cannot be opened: it is text, no video; it begins with "{first}"'
    return ""


def _cut(promised: int, length: int) -> str:
    if promised <= length:
        return ""
    return f"is cut short: it has {length:,} bytes, its header promises {promised:,}; {_AGAIN}"


def _judge_riff(head: bytes, read: Read, length: int) -> str:
    if head[8:12] not in (b"AVI ", b""):
        raise Fault(f"cannot be opened: it is a RIFF file of the kind {head[8:12].decode('ascii', 'replace')}, no AVI")
    end = 0
    while end < length and (start := read(8, end) if end else head[:8])[:4] == b"RIFF":  # a chunk for each GiB or so
        size = int.from_bytes(start[4:], "little")
        if size in (0, 0xFFFFFFFF):
            return ""
        end += 8 + size
    return _cut(end, length) if end > length + _SLACK else ""


def _matroska_end(head: bytes) -> int:
    """Return where the segment ends (bytes from the file's start), 0 where the header does not say."""
    header = _vint(head[4:12])
    start = 4 + sum(header)
    if not header or head[start : start + 4] != _SEGMENT:
        return 0
    segment = _vint(head[start + 4 : start + 12])
    return start + 4 + sum(segment) if segment else 0


def _asf_end(read: Read) -> int:
    """Return where an ASF ends (bytes), 0 where its header does not say: it was streamed, or never closed."""
    place, end = 30, int.from_bytes(read(8, 16), "little")
    for _ in range(_MOST_BOXES):
        head = read(92, place)
        size = int.from_bytes(head[16:24], "little")
        if head[:16] == _ASF_PROPERTIES and len(head) == 92:
            is_stream = head[88] & 1
            return 0 if is_stream else int.from_bytes(head[40:48], "little")
        place += size
        if size < 24 or place >= end:
            break
    return 0


def _vint(data: bytes) -> tuple[()] | tuple[int, int]:
    """Return (bytes used, value) of an EBML size; an empty tuple where the size is unknown or absent."""
    if not data or not data[0]:
        return ()
    used = 9 - data[0].bit_length()
    most = (1 << 7 * used) - 1
    value = int.from_bytes(data[:used], "big") & most
    return () if len(data) < used or value == most else (used, value)


def _judge_boxes(read: Read, length: int) -> str:
    """Return why the boxes promise more than there is, or that none is the index; unknown boxes are skipped."""
    place, found = 0, set()
    for _ in range(_MOST_BOXES):
        if place + 8 > length:
            return "" if b"moov" in found else f"cannot be opened: its index (moov) is missing; {_AGAIN}"
        kind, size = _read_box(read(16, place), length - place)
        if kind in _BOXES and place + size > length:
            return _cut(place + size, length)
        if size < 8 or place + size > length or not _is_kind(kind):
            break
        found.add(kind)
        if {b"moov", b"moof"} <= found:  # fragmented: each fragment has its own index, so all that is there can be read
            break
        place += size
    return ""  # what lies there is no box: nobody knows what else does


def _read_box(head: bytes, left: int) -> tuple[bytes, int]:
    """Return the kind and the length of a box with ``left`` bytes from its start to the file's end."""
    size, kind = int.from_bytes(head[:4], "big"), head[4:8]
    if size == 0:  # the last box, which reaches to the end
        return kind, left
    if size == 1:
        return kind, int.from_bytes(head[8:16], "big") if len(head) == 16 else left
    return kind, size


def _is_kind(kind: bytes) -> bool:
    """Return whether four bytes can be the kind of a box: printable letters, or zeros of a reserved place."""
    return not kind.strip(_LETTERS) or kind == bytes(4)
