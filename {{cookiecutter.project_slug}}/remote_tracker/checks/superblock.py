"""Read an HDF5 file's superblock without a library: was the file closed properly, and is it complete?

Layout: HDF5 File Format Specification 3.0, II.A. The signature stands at byte 0, or behind a user block of
512 * 2**n bytes (MATLAB's v7.3 files have such a block). Measured with HDF5 2.0: a file that a killed program had open
for writing keeps bit 0 of its consistency flags in every version of the superblock, although readers
look at it in version 3 only; closing clears it, in every version.
"""

from __future__ import annotations

from typing import BinaryIO

from .clause import Fault

_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_LONGEST = 128
_FIRST_USER_BLOCK = 512
_DAMAGED = "is damaged: its HDF5 header makes no sense"
_OPEN = 0b101  # bit 0: open for writing; bit 2: open for writing while others read (SWMR)


def find_truncation(file: BinaryIO, length: int) -> str:
    """Return why an HDF5 file of ``length`` bytes is not whole, "" where it is; raises Fault if it is no HDF5 file."""
    place, block = _find_superblock(file, length)
    if len(block) < _LONGEST and length - place < 48:
        raise Fault(f"is cut within its first {length} bytes")
    flags, base, end = _read_superblock(block)
    end += place - base  # a user block put in front later moves all addresses; the library reckons so, too
    if end <= place:
        raise Fault(_DAMAGED)
    if length < end:
        return f"is cut: it has {length} bytes, its header says {end}"
    if flags & _OPEN:
        return "was not closed properly: the program that wrote it was killed, or has it open still"
    if length > end and _holds_data(file, end):
        return f"was not closed properly: it has {length} bytes, its header says {end}"
    return ""


def _find_superblock(file: BinaryIO, length: int) -> tuple[int, bytes]:
    place = 0
    while place < length:
        file.seek(place)
        block = file.read(_LONGEST)
        if block.startswith(_SIGNATURE):
            return place, block
        place = place * 2 or _FIRST_USER_BLOCK
    raise Fault("is not an HDF5 file")


def _read_superblock(block: bytes) -> tuple[int, int, int]:
    """Return the consistency flags, the base address and the end-of-file address."""
    version = block[8]
    if version > 3:
        raise Fault(f"is an HDF5 file of a later kind (superblock {version})")
    width = block[13] if version < 2 else block[9]
    flags = block[20] if version < 2 else block[11]
    start = (24, 28, 12, 12)[version]
    if width not in (2, 4, 8) or len(block) < start + 3 * width:
        raise Fault(_DAMAGED)
    base, _, end = (int.from_bytes(block[start + i * width : start + (i + 1) * width], "little") for i in range(3))
    return flags, base, end


def _holds_data(file: BinaryIO, end: int) -> bool:
    file.seek(end)  # older libraries pad a file kept in memory with zeros, which does no harm
    return bool(file.read(65536).strip(b"\0"))
