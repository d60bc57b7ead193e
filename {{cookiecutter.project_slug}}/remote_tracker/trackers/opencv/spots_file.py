"""Files of spots: where the animals are in each frame of a piece of a video, pixel by pixel, before they are linked.

A zlib stream of records: for each frame its time stamp and the number of its patches; for each patch its place, size
and area, and its mask, a bit a pixel. A record with the number END closes it: a file that was cut short has none.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from detect import Patch
from errors import BadVideo, not_written
from part_files import part_of
from read_video import Picture

END = 2**32 - 1
_FRAME, _PATCH = struct.Struct("<dI"), struct.Struct("<5I")
_BLOCK = 1 << 20


class SpotsFile:
    """A file of spots while it grows, under a temporary name. Raises TrackError where it cannot be written."""

    def __init__(self, place: Path) -> None:
        self._place, self.part, self.frames, self.spots = place, part_of(place), 0, 0
        self._pack = zlib.compressobj(1)
        try:
            self._file = self.part.open("wb")
        except OSError as error:
            raise not_written(place, error) from None

    def add(self, stamp: float, patches: Sequence[Patch]) -> None:
        """Add the spots of the next frame."""
        self._write(_FRAME.pack(stamp, len(patches)), *map(_packed, patches))
        self.frames += 1
        self.spots += len(patches)

    def finish(self) -> None:
        """Close the file, whole and flushed to the disk."""
        self._write(_FRAME.pack(0.0, END))
        try:
            self._file.write(self._pack.flush())
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise not_written(self._place, error) from None

    def _write(self, *pieces: bytes) -> None:
        try:
            for piece in pieces:
                self._file.write(self._pack.compress(piece))
        except OSError as error:
            raise not_written(self._place, error) from None

    def drop(self) -> None:
        """Remove the file where it is."""
        with suppress(OSError):  # the file is dropped anyway
            self._file.close()
        self.part.unlink(missing_ok=True)


def _packed(patch: Patch) -> bytes:
    height, width = patch.mask.shape
    head = _PATCH.pack(patch.left, patch.top, width, height, patch.area)
    return head + np.packbits(patch.mask != 0).tobytes()


def read_spots(path: Path) -> Iterator[tuple[float, list[Patch]]]:
    """Yield (time stamp in s, patches) for each frame of a file of spots. Raises BadVideo where it is not whole."""
    try:
        with path.open("rb") as file:
            stream = _Stream(iter(lambda: file.read(_BLOCK), b""))
            while True:
                stamp, number = _FRAME.unpack(stream.take(_FRAME.size))
                if number == END:
                    return
                yield stamp, [_read_patch(stream) for _ in range(number)]
    except (OSError, zlib.error, struct.error, ValueError) as error:
        raise BadVideo(f"{path}: is no whole file of spots ({error}); redo this piece") from None


class _Stream:
    """The bytes of a zlib stream, taken some at a time."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._unpack, self._held = blocks, zlib.decompressobj(), b""

    def take(self, size: int) -> bytes:
        """Return the next bytes, fewer where the stream ends."""
        while len(self._held) < size and (block := next(self._blocks, b"")):
            self._held += self._unpack.decompress(block)
        taken, self._held = self._held[:size], self._held[size:]
        return taken


def _read_patch(stream: _Stream) -> Patch:
    left, top, width, height, area = _PATCH.unpack(stream.take(_PATCH.size))
    bits = np.frombuffer(stream.take(-(-width * height // 8)), np.uint8)
    mask: Picture = (np.unpackbits(bits, count=width * height) * np.uint8(255)).reshape(height, width)
    return Patch(left, top, mask, area)
