"""Write a picture of few colours as PNG, and read such a picture back.

OpenCV writes three bytes a pixel; a number of a colour for each pixel (PNG's colour type 3) needs a third of the bytes.
PNG: W3C, "Portable Network Graphics Specification (Third Edition)".
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

from .palette import Image, colours

_START = b"\x89PNG\r\n\x1a\n"
_INDEXED = 3


def write_png(numbers: Image, level: int = 6) -> bytes:
    """Return the PNG of a picture: numbers of colours, height x width."""
    height, width = numbers.shape
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row begins with 0: it is not filtered
    rows[:, 1:] = numbers
    head = struct.pack(">IIBBBBB", width, height, 8, _INDEXED, 0, 0, 0)
    palette = colours()[:, ::-1].tobytes()
    parts = (b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(rows.tobytes(), level)), (b"IEND", b"")
    return _START + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def read_png(raw: bytes) -> Image:
    """Return the numbers of colours in a PNG that ``write_png`` made with the colours of now; raises ValueError."""
    found = dict(_read_chunks(raw))
    try:
        width, height, *kind = struct.unpack(">IIBBBBB", found[b"IHDR"])
        rows = np.frombuffer(zlib.decompress(found[b"IDAT"]), dtype=np.uint8).reshape(height, width + 1)
    except (LookupError, struct.error, zlib.error) as error:
        raise ValueError(f"is no picture of ours: {error}") from None
    if kind != [8, _INDEXED, 0, 0, 0] or found.get(b"PLTE") != colours()[:, ::-1].tobytes() or rows[:, 0].any():
        raise ValueError("is no picture of ours")
    return rows[:, 1:]


def _read_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_START)
    while at + 12 <= len(raw):
        (size,) = struct.unpack(">I", raw[at : at + 4])
        kind, data = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + size]
        if raw[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(kind + data)):
            raise ValueError("is damaged")
        yield kind, data
        at += 12 + size
