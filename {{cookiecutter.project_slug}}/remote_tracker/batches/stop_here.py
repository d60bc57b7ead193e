"""Asks processes of this machine to end: a batch's runner, a task's process; never a process that took its number."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from ..disk.claims import is_held
from ..model import Record
from ..records import Batch
from ..schedulers.local import LOCK, is_running_here


def is_locked(batch: Batch) -> bool:
    """Return whether the runner of a batch, or a task of it, lives, here or where locks are shared."""
    return is_held(batch.folder / LOCK)


def is_runner(pid: int, batch: Batch) -> bool:
    """Return whether a process runs the batch: it has the batch's owner file open, and somebody has it locked.

    Its number alone proves nothing: it may be another process's by now. Raises PermissionError where the process is
    another user's.
    """
    if not is_held(batch.owner_path):
        return False
    folder = f"/proc/{pid}/fd"
    with suppress(FileNotFoundError):  # it ended just now, or closed a file
        return any(os.path.samefile(f"{folder}/{fd}", batch.owner_path) for fd in os.listdir(folder))
    return False


def stop_runner(pid: int, batch: Batch) -> None:
    """Ask the runner of a batch to end (SIGTERM): it ends its tasks, and starts no others.

    Nothing happens where it has ended.
    """
    with suppress(ProcessLookupError):
        if is_runner(pid, batch):
            os.kill(pid, signal.SIGTERM)


def stop_task(record: Record, alone: bool) -> None:
    """Ask the process of a task to end (SIGTERM); nothing happens where it has ended.

    Unless ``alone``, the process that would go on with the tasks behind it is asked first.
    """
    with suppress(ProcessLookupError):
        if not is_running_here(record.host, record.pid, record.began):
            return
        if not alone and (parent := _find_script_above(record.pid)):
            os.kill(parent, signal.SIGTERM)
        os.kill(record.pid, signal.SIGTERM)


def _find_script_above(pid: int) -> int:
    """Return the process that started ``pid``, where it is a run_task.sh, too; else 0."""
    with suppress(OSError, ValueError):
        parent = int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()[1])
        words = Path(f"/proc/{parent}/cmdline").read_bytes().split(b"\0")
        if any(os.path.basename(word) == b"run_task.sh" for word in words[1:3]):
            return parent
    return 0
