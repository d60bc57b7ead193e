"""The first bytes of an AVI, as much of it as says how many frames it has."""

from __future__ import annotations

import struct


def avi(frames: int, more: str = "") -> bytes:
    """Return an AVI whose header claims so many frames; its pictures are zeros, and ``more`` tells two files apart."""
    strh = b"vids" + b"MJPG" + struct.pack("<LHHLLLLLLLL4H", 0, 0, 0, 0, 1, 30, 0, frames, 0, 0, 0, 0, 0, 0, 0)
    stream = _chunk(b"LIST", b"strl" + _chunk(b"strh", strh))
    head = _chunk(b"LIST", b"hdrl" + _chunk(b"avih", bytes(56)) + stream)
    movi = _chunk(b"LIST", b"movi" + more.encode().ljust(16) + bytes(8 * frames))
    return _chunk(b"RIFF", b"AVI " + head + movi)


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<L", len(content)) + content + bytes(len(content) % 2)
