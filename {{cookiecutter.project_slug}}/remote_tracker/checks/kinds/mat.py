"""mat: a file that MATLAB saved is not cut; neither MATLAB nor SciPy is needed.

Format: "MAT-File Format", MathWorks, for versions 5 to 7: a header of 128 bytes, then elements, each behind a tag of
its type and its number of bytes. A file of version 7.3 is HDF5 behind 512 bytes. Text, which MATLAB loads too, and
files of version 4 do not say how long they are.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, Any

from ..clause import Files, Kind, Option
from ..places import examine_files
from ..regular_file import open_file
from ..superblock import find_truncation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

    from ..clause import Clause

_HEADER, _TAG = 128, 8
_BEGIN = b"MATLAB "
_ORDERS = {b"IM": "<II", b"MI": ">II"}
_MATRIX, _COMPRESSED = 14, 15
_HDF5 = 0x0200


def _examine(check: Clause, files: Files) -> str:
    return examine_files(check, files, _judge)


def _judge(path: str, options: Mapping[str, Any]) -> str:
    with open_file(path) as file:
        length = os.fstat(file.fileno()).st_size
        header = file.read(_HEADER)
        if not header.startswith(_BEGIN):
            return ""
        order = _ORDERS.get(header[126:])
        if not order:
            return (
                f"is cut within its first {length} bytes"
                if length < _HEADER
                else "is damaged: its header makes no sense"
            )
        version = int.from_bytes(header[124:126], "little" if order[0] == "<" else "big")
        return find_truncation(file, length) if version == _HDF5 else _find_cut(file, length, order)


def _find_cut(file: BinaryIO, length: int, order: str) -> str:
    """Return why the elements do not end where the file ends, "" where they do."""
    place = _HEADER
    while place < length:
        file.seek(place)
        tag = file.read(_TAG)
        kind, size = struct.unpack(order, tag) if len(tag) == _TAG else (_MATRIX, 0)
        if kind not in (_MATRIX, _COMPRESSED):
            return f"is damaged: what stands at its byte {place} is no variable"
        place += _TAG + size
    return f"is cut: it has {length} bytes, its last variable ends at {place}" if place > length else ""


KIND = Kind(
    "mat",
    "deep",
    "output",
    "a file that MATLAB saved (version 5 to 7.3) is not cut; text and files of version 4 do not tell",
    (Option("file", "the file in an output folder; each that matches must hold"),),
    _examine,
)
