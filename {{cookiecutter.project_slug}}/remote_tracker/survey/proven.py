"""Remember which results were examined and found whole, in a derived file that may be deleted at any time.

The file holds a line with the checks that held, then 64-bit digests of (size, mtime, inode, ctime) of inputs and
outputs, so that a second scan examines nothing again; a million digests take 8 MB. A digest is Python's own hash of a
tuple of numbers: the same in every process, and after a change of Python merely unknown. The digest of a result in
which nothing was found stands there twice.
"""

from __future__ import annotations

import os
from array import array
from collections import Counter
from collections.abc import Iterable
from copy import copy
from operator import attrgetter
from pathlib import Path

from ..model import Stage

numbers_of = attrgetter("st_size", "st_mtime_ns", "st_ino", "st_ctime_ns")


def rules_of(stage: Stage) -> str:
    """Return a text that tells the stage's checks from other checks."""
    return repr([[c.kind, c.subject, c.options] for c in stage.checks])


def stat_digest(inputs: Iterable[os.stat_result | None], outputs: Iterable[os.stat_result]) -> int:
    """Return the digest of inputs and outputs that were examined together."""
    numbers = [n for s in (*inputs, *outputs) if s is not None for n in numbers_of(s)]
    return hash(tuple(numbers))


class Proven:
    """The digests of a stage's proven results; digests in a file with other ``rules`` (checks) are not believed."""

    def __init__(self, path: Path, rules: str) -> None:
        self.path = path
        self._head = f"{rules}\n".encode()
        digests = self._load()
        self.known = set(digests)
        several = len(self.known) < len(digests)
        self.empty = {digest for digest, count in Counter(digests).items() if count > 1} if several else set[int]()
        self.added: set[int] = set()

    def _load(self) -> array[int]:
        digests = array("q")
        try:
            raw = self.path.read_bytes()
        except OSError:
            return digests
        if raw.startswith(self._head):
            start = len(self._head)
            digests.frombytes(raw[start : start + (len(raw) - start) // digests.itemsize * digests.itemsize])
        return digests

    @property
    def is_changed(self) -> bool:
        """Return whether the file should be written anew."""
        return bool(self.added)

    def apart(self) -> Proven:
        """Return the same digests, to which others are added apart."""
        part = copy(self)
        part.added = set()
        return part

    def holds(self, digest: int) -> bool:
        """Return whether the files with this digest were examined before, just as they are, and found whole."""
        return digest in self.known

    def add(self, digest: int, is_empty: bool = False) -> None:
        """Remember the result with this digest as whole, ``is_empty`` where nothing was found in the video."""
        self.added.add(digest)
        (self.empty.add if is_empty else self.empty.discard)(digest)

    def content(self) -> bytes:
        """Return the bytes that the file should hold now."""
        digests = array("q", self.known)
        digests.extend(digest for digest in self.added if digest not in self.known)  # no third set: of a million, 30 MB
        digests.extend(self.empty)
        return self._head + digests.tobytes()
