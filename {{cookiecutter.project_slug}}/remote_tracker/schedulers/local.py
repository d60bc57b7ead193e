"""No scheduler: this machine runs the tasks side by side; a batch is alive while its lock is held.

The lock is a flock on ``lock`` in the batch's folder. The runner and every task it started share it,
so it falls only when the last of them is gone, kill -9 included.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from . import Queue

EXTENSION = "sh"
SUBMIT = "bash"
TEMPLATE = "local.j2"
LOCK = "lock"


def block(number: str, tasks: int) -> list[str]:
    """Return the lines that a scan fills in: the batch, and how many tasks it has."""
    return [f"batch={number}", f"tasks={tasks}"]


def read_queue(batches: Sequence[Path]) -> Queue:
    """Return which batches are being run on this machine."""
    return Queue({folder.name: None for folder in batches if is_held(folder)})


def is_held(batch: Path) -> bool:
    """Return whether a living runner, or a task of one, holds the batch."""
    lock = take_lock(batch, create=False)
    if lock is None:
        return (batch / LOCK).exists()
    os.close(lock)
    return False


def take_lock(batch: Path, create: bool = True) -> int | None:
    """Return the open, inheritable lock of the batch; None where another holds it or it has none."""
    try:
        lock = os.open(batch / LOCK, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.set_inheritable(lock, True)
    return lock
