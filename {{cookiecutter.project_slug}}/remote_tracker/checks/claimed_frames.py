"""Read what a video's header says, in some reads of a few bytes: how many frames, their rate and their size.

AVI: the length, rate, scale and format of the first stream of pictures (Microsoft, "AVI RIFF File Reference": strh,
dwLength, dwRate, dwScale; strf, biWidth, biHeight). MP4, MOV, M4V: the number, the durations and the format of samples
of the first track of pictures (ISO/IEC 14496-12: stsz, stz2; mdhd, stts; stsd; tkhd, matrix). Matroska and ASF hold a
length of time alone. No frame is looked at.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .video_formats import Read

    Span = tuple[int, int]  # from where on, up to where (bytes)

LEAST_BYTES = 8  # of a frame with its entry in the index: a header that claims more frames than that allows is wrong
_MOST_RUNS = 64  # runs of frames of one duration that are looked at
_MOST_INSIDE = 64  # boxes or streams beside each other that are looked at
_NAMED = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")


class Claim(NamedTuple):
    """What the header of a video claims."""

    frames: int = 0  # 0: no number
    fps: float = 0.0  # frames a second, where all are equally long; 0: it says no such rate
    width: int = 0  # px, of a picture as it is shown; 0: not told
    height: int = 0  # px


NO_CLAIM = Claim()


def read_claimed_frames(path: str, size: int) -> int:
    """Return how many frames the header of the video at ``path`` claims; 0 where it claims no number that can be.

    0, too, where ``path`` is no file of ``size`` bytes, or where its bytes lie on tape: to read them would fetch them.
    Raises OSError where it cannot be read.
    """
    return read_claim(path, size).frames


def read_claim(path: str, size: int) -> Claim:
    """Return what the header of the video at ``path`` claims, under the conditions of read_claimed_frames."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe would block for ever
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size != size or not found.st_blocks:
            return NO_CLAIM
        claimed = _read_claim(lambda count, place: os.pread(handle, count, place), size)
    finally:
        os.close(handle)
    return claimed if claimed.frames * LEAST_BYTES <= size else NO_CLAIM


def _read_claim(read: Read, size: int) -> Claim:
    head = read(12, 0)
    if head[:4] == b"RIFF" and head[8:] == b"AVI ":
        return _read_avi(read)
    if head[4:8] in _NAMED and (moov := _find(read, (0, size), b"moov")):
        return _read_moov(read, moov)
    return NO_CLAIM


def _read_avi(read: Read) -> Claim:
    place = 12
    for _ in range(_MOST_INSIDE):
        head = read(56, place)
        kind, length, form = head[:4], int.from_bytes(head[4:8], "little"), head[8:12]
        if kind == b"LIST" and form == b"hdrl":
            place += 12  # into it
            continue
        if kind == b"LIST" and form == b"strl" and head[12:16] == b"strh" and head[20:24] == b"vids":
            scale, rate, frames = (int.from_bytes(head[at : at + 4], "little") for at in (40, 44, 52))
            behind = place + 20 + int.from_bytes(head[16:20], "little")
            return Claim(frames, rate / scale if scale else 0.0, *_read_format(read, behind + behind % 2))
        if len(head) < 56 or form == b"movi":
            break
        place += 8 + length + length % 2
    return NO_CLAIM


def _read_format(read: Read, place: int) -> tuple[int, int]:
    """Return the width and height in a strf of pictures; a height below 0 says that the topmost row comes first."""
    head = read(20, place)
    if head[:4] != b"strf" or len(head) < 20:
        return 0, 0
    width, height = (int.from_bytes(head[at : at + 4], "little", signed=True) for at in (12, 16))
    return max(width, 0), abs(height)


def _read_moov(read: Read, moov: Span) -> Claim:
    for kind, start, end in _boxes(read, moov):
        if kind != b"trak" or not (media := _find(read, (start, end), b"mdia")):
            continue
        handler = _find(read, media, b"hdlr")
        if handler and read(4, handler[0] + 8) == b"vide":
            sizes = _find(read, media, b"minf", b"stbl", b"stsz") or _find(read, media, b"minf", b"stbl", b"stz2")
            frames = int.from_bytes(read(4, sizes[0] + 8), "big") if sizes else 0
            return Claim(frames, _read_rate(read, media), *_read_size(read, (start, end), media))
    return NO_CLAIM


def _read_size(read: Read, track: Span, media: Span) -> tuple[int, int]:
    """Return the width and height of a track's pictures, as they are shown: a quarter turn exchanges them."""
    formats, head = _find(read, media, b"minf", b"stbl", b"stsd"), _find(read, track, b"tkhd")
    if not formats or formats[1] - formats[0] < 44:
        return 0, 0
    raw = read(4, formats[0] + 40)
    size = int.from_bytes(raw[:2], "big"), int.from_bytes(raw[2:], "big")
    if not head:
        return size
    matrix = read(20, head[0] + (52 if read(1, head[0]) == b"\1" else 40))
    is_turned = len(matrix) == 20 and not any(matrix[:4] + matrix[16:]) and any(matrix[4:8])
    return (size[1], size[0]) if is_turned else size


def _read_rate(read: Read, media: Span) -> float:
    """Return the frames a second of a track of pictures, 0 unless all but the last frame are equally long."""
    clock, durations = _find(read, media, b"mdhd"), _find(read, media, b"minf", b"stbl", b"stts")
    if not clock or not durations:
        return 0.0
    ticks = int.from_bytes(read(4, clock[0] + (20 if read(1, clock[0]) == b"\1" else 12)), "big")
    runs = int.from_bytes(read(4, durations[0] + 4), "big")
    raw = read(8 * min(runs, _MOST_RUNS), durations[0] + 8)
    found = [
        (int.from_bytes(raw[i : i + 4], "big"), int.from_bytes(raw[i + 4 : i + 8], "big"))
        for i in range(0, len(raw), 8)
    ]
    if len(found) > 1 and found[-1][0] == 1:
        found.pop()
    each = {length for _, length in found}
    return ticks / each.pop() if len(each) == 1 and runs <= _MOST_RUNS and 0 not in each else 0.0


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
