"""Read the size that a video file promises from its first bytes, before anything is decoded.

AVI: RIFF chunks (Microsoft, "AVI RIFF File Reference"). Matroska and WebM: EBML (RFC 8794, RFC 9559). WMV: ASF
(Microsoft, "Advanced Systems Format"). MP4, MOV and M4V: boxes (ISO/IEC 14496-12); there an edit list may hide frames
that are in the file, as ``ffmpeg -ss 5 -c copy`` leaves them.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

_MATROSKA = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx", b"uuid", b"pnot")
_LARGEST_INDEX = 256 * 2**20
_MOST_FRAMES = 10**8


def missing_bytes(path: Path) -> int:
    """Return how many bytes the container promises beyond the file's end; 0 where it promises no more."""
    size = os.path.getsize(path)
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF":
            return max(0, _riff_end(path, size) - size)
        if head[:4] == _MATROSKA:
            return max(0, _matroska_end(path) - size)
        if _ASF.startswith(head):
            return max(0, _asf_end(path) - size)
        if head[4:8] in _BOXES:
            return max(0, max(end for _, _, end in _boxes(path)) - size)
    return 0


def ends_in_zeros(path: Path) -> bool:
    """Return True where the last KiB is zeros: the space was reserved, and the copy never came that far.

    The last packet of an ASF may be filled up with zeros: there it is 64 KiB, as long as a packet can be.
    """
    with path.open("rb") as file:
        last = 65536 if file.read(16) == _ASF else 1024
        file.seek(max(0, os.path.getsize(path) - last))
        return not file.read().strip(b"\0")


def is_avi(path: Path) -> bool:
    """Return True for an AVI."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"AVI "


def holds_only_time(path: Path) -> bool:
    """Return True for MKV, WebM and WMV, whose headers hold no number of frames, only a length of time."""
    with path.open("rb") as file:
        return file.read(16).startswith((_MATROSKA, _ASF))


def shown_frames(path: Path) -> int | None:
    """Return how many frames of the video an MP4's edit list shows, or None where it has no such list."""
    with path.open("rb") as file:
        if file.read(8)[4:8] not in _BOXES:
            return None
        for kind, start, end in _boxes(path):
            if kind == b"moov" and end - start < _LARGEST_INDEX:
                file.seek(start)
                return _shown_frames(file.read(end - start))
    return None


def _riff_end(path: Path, size: int) -> int:
    end = 0
    with path.open("rb") as file:
        while end < size:
            file.seek(end)
            head = file.read(8)
            if head[:4] != b"RIFF" or len(head) < 8:
                break
            length = struct.unpack("<I", head[4:])[0]
            if length in (0, 0xFFFFFFFF):  # written to a pipe, or never closed: nothing is promised
                return 0
            end += 8 + length
    return end


def _matroska_end(path: Path) -> int:
    with path.open("rb") as file:
        file.seek(4)
        header = _vint(file.read(8))
        if header is None:
            return 0
        file.seek(4 + header[0] + header[1])
        if file.read(4) != _SEGMENT:
            return 0
        start = file.tell()
        segment = _vint(file.read(8))
        return 0 if segment is None else start + segment[0] + segment[1]


def _asf_end(path: Path) -> int:
    """Return where an ASF ends (bytes), 0 where its header does not say: it was streamed, or never closed."""
    with path.open("rb") as file:
        file.seek(16)
        end, at = struct.unpack("<Q", file.read(8).ljust(8, b"\0"))[0], 30
        while at < end:
            file.seek(at)
            head = file.read(92)
            if len(head) < 92 or (size := struct.unpack("<Q", head[16:24])[0]) < 24:
                return 0
            if head[:16] == _ASF_PROPERTIES:
                return 0 if head[88] & 1 else int(struct.unpack("<Q", head[40:48])[0])
            at += size
    return 0


def _vint(data: bytes) -> tuple[int, int] | None:
    """Return (bytes used, value) of an EBML size; None where the size is unknown or absent."""
    if not data or not data[0]:
        return None
    used = 9 - data[0].bit_length()
    bits = 7 * used
    value = int.from_bytes(data[:used], "big") & ((1 << bits) - 1)
    return None if len(data) < used or value == (1 << bits) - 1 else (used, value)


def _boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Yield (kind, start of the content, end) of a file's outermost boxes."""
    size = os.path.getsize(path)
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            kind, start, end = _box(file.read(16), at, size)
            yield kind, start, end
            if end <= at or end > size:
                return
            at = end


def _box(head: bytes, at: int, size: int) -> tuple[bytes, int, int]:
    length, kind = struct.unpack(">I4s", head[:8])
    if length == 1 and len(head) == 16:
        return kind, at + 16, at + struct.unpack(">Q", head[8:])[0]
    return kind, at + 8, at + (length or size - at)


def _inside(data: bytes, *path: bytes) -> Iterator[bytes]:
    """Yield the content of every box at ``path`` within ``data``, the content of an outer box."""
    at = 0
    while at + 8 <= len(data):
        kind, start, end = _box(data[at : at + 16], at, len(data))
        if end <= at:
            return
        if kind == path[0]:
            yield from _inside(data[start:end], *path[1:]) if len(path) > 1 else [data[start:end]]
        at = end


def _shown_frames(moov: bytes) -> int | None:
    try:
        for track in _inside(moov, b"trak"):
            handler = next(_inside(track, b"mdia", b"hdlr"))
            edits = next(_inside(track, b"edts", b"elst"), None)
            if handler[8:12] == b"vide" and edits is not None:
                ticks = _scale(track, b"mdia", b"mdhd") / _scale(moov, b"mvhd")
                times = _frame_ticks(track)
                return sum(
                    int(((first <= times) & (times < first + s * ticks)).sum()) for first, s in _stretches(edits)
                )
    except (StopIteration, struct.error, ZeroDivisionError, IndexError, ValueError):
        return None
    return None


def _scale(data: bytes, *path: bytes) -> int:
    """Return the ticks a second that the header at ``path`` counts in."""
    header = next(_inside(data, *path))
    return int(struct.unpack_from(">I", header, 20 if header[0] else 12)[0])


def _frame_ticks(track: bytes) -> npt.NDArray[np.int64]:
    """Return when each frame of a track is shown, in the ticks of its own clock, before its edit list."""
    table = (b"mdia", b"minf", b"stbl")
    steps = _repeated(next(_inside(track, *table, b"stts")))
    shown = np.cumsum(steps) - steps
    late = next(_inside(track, *table, b"ctts"), None)  # there with B-frames: they are stored in another order
    return shown if late is None else shown + _repeated(late)


def _repeated(box: bytes) -> npt.NDArray[np.int64]:
    """Return the values of a box that holds pairs: how often, which value."""
    pairs = np.frombuffer(box, ">i4", 2 * struct.unpack_from(">I", box, 4)[0], 8).reshape(-1, 2).astype(np.int64)
    if pairs[:, 0].sum() > _MOST_FRAMES:
        raise ValueError("more frames than a video can have")
    return np.repeat(pairs[:, 1], pairs[:, 0])


def _stretches(edits: bytes) -> Iterator[tuple[int, int]]:
    """Yield (first tick of the track's clock, length in ticks of the file's clock) of each stretch of an edit list."""
    form = ">Qqi" if edits[0] else ">Iii"
    count = struct.unpack_from(">I", edits, 4)[0]
    for entry in range(count):
        duration, media_time, _rate = struct.unpack_from(form, edits, 8 + entry * struct.calcsize(form))
        if media_time >= 0:  # -1 is an empty stretch before the first frame
            yield media_time, duration
