"""What a history of many batches is read from: one derived file beside them, which may be deleted at any time.

For each sealed batch it keeps what scans ask: its batch.yml, the head of its sealed file, the records of tasks that did
not finish, the names of units that finished. A batch's part is believed while the sealed file has the size, times and
inode that it had when it was read: a look at one file instead of three files read, six times a scan.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .sealed import SEALED, Sealed, load_finished_names, open_sealed, read_sealed

KEPT = "past"  # the file's name
FORM = b"past 1\n"  # its first line; a file with another is made anew
MANY = 20  # so many batches that are not kept are read before the file is written anew
Stamp = tuple[int, int, int, int]


class KeptBatch(NamedTuple):
    """What is kept of a sealed batch."""

    stamp: Stamp  # of the sealed file, when it was read
    described: str  # the text of batch.yml
    lines: tuple[str, ...]  # of the sealed file: its head, and the tasks that did not finish
    names: bytes  # of the units that finished, a line each

    def sealed(self, path: Path) -> Sealed:
        """Return what ``open_sealed`` reads from the batch's sealed file at ``path``."""
        return read_sealed(path, self.lines)._replace(names=self.names)


def stamp_of(folder: str) -> Stamp | None:
    """Return the size, times and inode of the sealed file in a batch's folder; None where there is none."""
    try:
        found = os.stat(f"{folder}/{SEALED}")
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns


_read: dict[str, tuple[Stamp, dict[str, KeptBatch]]] = {}  # path -> the file as this process read it last


def load_kept(batches: Path) -> Mapping[str, KeptBatch]:
    """Return what is kept of batches in the folder ``batches``, by number; their stamps are still to be compared."""
    path = f"{batches}/{KEPT}"
    try:
        found = os.stat(path)
        stamp = found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns
        if path not in _read or _read[path][0] != stamp:
            with open(path, "rb") as file:
                _read[path] = stamp, _read_kept(file.read())
        return _read[path][1]
    except (OSError, ValueError, TypeError, LookupError, RecursionError):  # missing, or spoilt
        return {}


def _read_kept(raw: bytes) -> dict[str, KeptBatch]:
    kept: dict[str, KeptBatch] = {}
    at = len(FORM) if raw.startswith(FORM) else len(raw)
    while at < len(raw):
        end = raw.index(b"\n", at)
        told = json.loads(raw[at:end])
        size, mtime, inode, ctime = map(int, told["stamp"])
        start, at = end + 1, end + 1 + int(told["bytes"])
        if at > len(raw):
            raise ValueError("cut short")
        stamp, lines = (size, mtime, inode, ctime), tuple(map(str, told["lines"]))
        kept[str(told["batch"])] = KeptBatch(stamp, str(told["described"]), lines, raw[start:at])
    return kept


def render_kept(kept: Mapping[str, KeptBatch]) -> bytes:
    """Return the bytes of the file that keeps these batches."""
    parts = [FORM]
    for number, one in kept.items():
        told = {"batch": number, **one._asdict(), "bytes": len(one.names)}
        del told["names"]
        parts += [json.dumps(told).encode(), b"\n", one.names]
    return b"".join(parts)


def read_batch(folder: Path, described: str) -> KeptBatch | None:
    """Return the batch as it is kept; None where it is not sealed, or changes meanwhile."""
    stamp, sealed = stamp_of(str(folder)), open_sealed(folder / SEALED)
    if stamp is None or sealed is None:
        return None
    with suppress(OSError, ValueError):
        names = "".join(f"{name}\n" for name in load_finished_names(sealed)).encode("utf-8", "surrogateescape")
        one = KeptBatch(stamp, described, sealed.lines, names)
        return one if stamp_of(str(folder)) == stamp else None
    return None
