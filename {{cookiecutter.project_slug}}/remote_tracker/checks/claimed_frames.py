"""Read how many frames a video's header says it holds, in some reads of a few bytes; no frame is looked at.

AVI: the length of the first stream of pictures (Microsoft, "AVI RIFF File Reference": strh, dwLength). MP4, MOV, M4V:
the number of samples of the first track of pictures (ISO/IEC 14496-12: stsz, stz2). Matroska and ASF hold a length of
time alone.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .video_formats import Read

    Span = tuple[int, int]  # from where on, up to where (bytes)

LEAST_BYTES = 8  # of a frame with its entry in the index: a header that claims more frames than that allows is wrong
_MOST_INSIDE = 64  # boxes or streams beside each other that are looked at
_NAMED = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


def read_claimed_frames(path: str, size: int) -> int:
    """Return how many frames the header of the video at ``path`` claims; 0 where it claims no number that can be.

    0, too, where ``path`` is no file of ``size`` bytes, or where its bytes lie on tape: to read them would fetch them.
    Raises OSError where it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would block for ever
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size or not found.st_blocks:
            return 0
        claimed = _read_claim(lambda count, place: os.pread(handle, count, place), size)
    finally:
        os.close(handle)
    return claimed if claimed * LEAST_BYTES <= size else 0


def _read_claim(read: Read, size: int) -> int:
    head = read(12, 0)
    if head[:4] == b"RIFF" and head[8:] == b"AVI ":
        return _read_avi(read)
    if head[4:8] in _NAMED and (moov := _find(read, (0, size), b"moov")):
        return _read_moov(read, moov)
    return 0


def _read_avi(read: Read) -> int:
    place = 12
    for _ in range(_MOST_INSIDE):
        head = read(56, place)
        kind, length, form = head[:4], int.from_bytes(head[4:8], "little"), head[8:12]
        if kind == b"LIST" and form == b"hdrl":
            place += 12  # into it
            continue
        if kind == b"LIST" and form == b"strl" and head[12:16] == b"strh" and head[20:24] == b"vids":
            return int.from_bytes(head[52:56], "little")
        if len(head) < 56 or form == b"movi":
            break
        place += 8 + length + length % 2
    return 0


def _read_moov(read: Read, moov: Span) -> int:
    for kind, start, end in _boxes(read, moov):
        if kind != b"trak" or not (media := _find(read, (start, end), b"mdia")):
            continue
        handler = _find(read, media, b"hdlr")
        if handler and read(4, handler[0] + 8) == b"vide":
            sizes = _find(read, media, b"minf", b"stbl", b"stsz") or _find(read, media, b"minf", b"stbl", b"stz2")
            return int.from_bytes(read(4, sizes[0] + 8), "big") if sizes else 0
    return 0


def _find(read: Read, span: Span, kind: bytes, *inner: bytes) -> Span | None:
    """Return where the content of the first box of this kind lies; with ``inner`` of a box in it, and so on."""
    for found, start, end in _boxes(read, span):
        if found == kind:
            return _find(read, (start, end), *inner) if inner else (start, end)
    return None


def _boxes(read: Read, span: Span) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind of each box in ``span``, and where its content begins and ends."""
    place, end = span
    for _ in range(_MOST_INSIDE):
        head = read(16, place)
        length, start = int.from_bytes(head[:4], "big"), place + 8
        if length == 1:  # it stands behind the kind
            length, start = int.from_bytes(head[8:16], "big"), place + 16
        length = length or end - place  # 0: up to the end
        if len(head) < 8 or length < start - place or place + length > end:
            return
        yield head[4:8], start, place + length
        place += length
