"""Remember in a batch's folder that people were told of it: where two scans run at once, a single scan tells them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..disk.claims import take_lock
from ..named_tuple import NamedTuple
from ..records import Batch

TOLD = "told"  # in a batch's folder: derived; where it is deleted, what is news still is told again
MOST_TRIES = 3


class Told(NamedTuple):
    """How far the message on a batch came."""

    tries: int = 0
    sent: tuple[str, ...] = ()  # the ways by which it went out
    done: bool = False  # it went out by all ways

    @property
    def is_over(self) -> bool:
        """Return whether nothing more is to be tried."""
        return self.done or self.tries >= MOST_TRIES


def load_told(batch: Batch) -> Told:
    """Return how far the message on a batch came; what cannot be read counts as one try that failed."""
    return _read(batch.folder / TOLD)


def _read(path: Path) -> Told:
    try:
        text = path.read_bytes()
    except OSError:
        return Told()
    try:
        found = json.loads(text or b"{}")
        return Told(int(found.get("tries", 0)), tuple(map(str, found.get("sent", ()))), found.get("done") is True)
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError):
        return Told(1)


class Telling:
    """The note of a batch, while this process alone tells people what became of the batch."""

    def __init__(self, path: Path, lock: int) -> None:
        self._path, self._lock = path, lock

    def load(self) -> Told:
        """Return how far the message came."""
        return _read(self._path)

    def write(self, told: Told) -> None:
        """Note how far it came; in place, since the lock is the file's. Raises OSError."""
        raw = json.dumps(told._asdict()).encode()
        os.pwrite(self._lock, raw, 0)
        os.ftruncate(self._lock, len(raw))
        os.fsync(self._lock)


@contextmanager
def telling(batch: Batch) -> Iterator[Telling | None]:
    """Give the note of a batch while its lock is held; None where another process is telling people of it just now.

    Raises RemoteTrackerError where it cannot be written or locked.
    """
    path = batch.folder / TOLD
    lock = take_lock(path, inherit=False)
    if lock is None:
        yield None
        return
    try:
        yield Telling(path, lock)
    finally:
        os.close(lock)
