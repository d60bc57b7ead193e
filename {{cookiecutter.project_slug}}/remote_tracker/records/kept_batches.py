"""What a history of many batches is read from: one derived file beside them, which may be deleted at any time.

For each sealed batch it keeps what scans ask: its batch.yml, the head of its sealed file, the records of tasks that did
not finish, the names of units that finished. A batch's part is believed while the sealed file has the size, times and
inode that it had when it was read: a look at one file instead of three files read, six times a scan.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ..named_tuple import NamedTuple
from .sealed import SEALED, Sealed, load_finished_names, open_sealed, read_sealed

KEPT = "past"  # the file's name
FORM = b"past 2\n"  # its first line; a file with another is made anew
STAGE, MAKES = r"stage: '?(\w+)'?", r"makes: ([\w-]+)"  # lines of a batch.yml; YAML quotes some words, as on
MANY = 20  # so many batches that are not kept are read before the file is written anew
Stamp = tuple[int, int, int, int]


class KeptBatch(NamedTuple):
    """What is kept of a sealed batch."""

    stamp: Stamp  # of the sealed file, when it was read
    described: str  # the text of batch.yml
    stage: str  # which it names
    makes: str  # the digests of its results' name patterns, as it names them
    lines: tuple[str, ...]  # of the sealed file: its head, and the tasks that did not finish
    names: bytes  # of the units that finished, a line each

    def sealed(self, path: str) -> Sealed:
        """Return what ``open_sealed`` reads from the batch's sealed file at ``path``."""
        return read_sealed(path, self.lines, self.names)


def stamp_of(folder: str) -> Stamp | None:
    """Return the size, times and inode of the sealed file in a batch's folder; None where there is none."""
    try:
        found = os.stat(f"{folder}/{SEALED}")
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino, found.st_ctime_ns


def said_in(described: str, line: str) -> str:
    """Return what a line of a batch.yml says, "" where it has none such; ``line`` is a pattern with one group."""
    found = re.search(f"^{line}$", described, re.MULTILINE)
    return found[1] if found else ""


_NOTHING: Mapping[str, KeptBatch] = {}
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
        return _NOTHING


def _read_kept(raw: bytes) -> dict[str, KeptBatch]:
    """Return what the bytes of the file tell: FORM, a line of JSON with all batches, and the names of their units.

    Most batches of a stage say the same of themselves, and share that in memory, too.
    """
    if not raw.startswith(FORM):
        return {}
    at = raw.index(b"\n", len(FORM)) + 1
    said, rows = json.loads(raw[len(FORM) : at])
    told = [(str(described), str(stage), str(makes), tuple(map(str, lines))) for described, stage, makes, lines in said]
    kept: dict[str, KeptBatch] = {}
    for number, size, mtime, inode, ctime, which, length in rows:
        names, at = raw[at : at + length], at + length
        described, stage, makes, lines = told[which]
        kept[number] = KeptBatch((size, mtime, inode, ctime), described, stage, makes, lines, names)
    if at != len(raw):
        raise ValueError("cut short")
    return kept


def render_kept(kept: Mapping[str, KeptBatch]) -> bytes:
    """Return the bytes of the file that keeps these batches."""
    said: dict[tuple[object, ...], int] = {}
    rows = [(number, *one.stamp, said.setdefault(one[1:-1], len(said)), len(one.names)) for number, one in kept.items()]
    told = json.dumps([[*said], rows]).encode()
    return b"".join([FORM, told, b"\n", *(one.names for one in kept.values())])


def read_batch(folder: Path, described: str) -> KeptBatch | None:
    """Return the batch as it is kept; None where it is not sealed, or changes meanwhile."""
    stamp, sealed = stamp_of(str(folder)), open_sealed(folder / SEALED)
    if stamp is None or sealed is None:
        return None
    with suppress(OSError, ValueError):
        names = "".join(f"{name}\n" for name in load_finished_names(sealed)).encode("utf-8", "surrogateescape")
        said = (said_in(described, STAGE), said_in(described, MAKES))
        one = KeptBatch(stamp, described, *said, sealed.lines, names)
        return one if stamp_of(str(folder)) == stamp else None
    return None
