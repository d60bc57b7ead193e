"""No scheduler: this machine runs the tasks side by side; a batch is alive while its lock is held.

The lock is a flock on ``lock`` in the batch's folder. The runner and every task it started share it,
so it falls only when the last of them is gone, kill -9 included; that on ``owner`` is the runner's alone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..model.scheduling import OWNER, Array, BatchRef, Queue, Resources, Scheduler, ScriptSyntax, task_of_log

LOCK = "lock"
ATTEMPTS = 10


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in: the batch, and how many tasks it has."""
    return [f"batch={array.number}", f"tasks={array.tasks}"]


def folder_problem(_folder: str) -> str:
    """Return why no job can work in this folder: bash works in any."""
    return ""


def works_from_anywhere(_folder: str) -> bool:
    """Return whether the script may be run from another folder: it changes to its own."""
    return True


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch, which nobody but people reads."""
    return f"{project}.{stage}.{number}"


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return what a job script asks for: here it asks nobody."""
    return vars(resources)


def find_faults(_script: str) -> list[tuple[int, str]]:
    """Return the lines that would be ignored: bash ignores none."""
    return []


def read_asked(_script: str) -> Mapping[str, str]:
    """Return what a job script asks for: bash reads no options in it."""
    return {}


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return which batches are being run on this machine; without its runner only what it had started."""
    held = [known.folder for known in batches if is_held(known.folder / LOCK)]
    return Queue({folder.name: None if is_held(folder / OWNER) else _started(folder) for folder in held})


def _started(batch: Path) -> frozenset[int]:
    return frozenset(task for name in os.listdir(batch) if (task := task_of_log(name)) is not None)


def is_held(path: Path) -> bool:
    """Return whether a living process holds the lock on this file; asking disturbs nobody who asks too."""
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(lock)


def is_running_here(host: str, pid: int) -> bool:
    """Return whether this process of run_task.sh lives, on this machine: someone runs a task by hand."""
    if host != os.uname().nodename or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except PermissionError:
        return True
    except OSError:
        return False
    return b"run_task.sh" in command


def take_lock(path: Path, inherit: bool) -> int | None:
    """Return the open lock on this file, made where it is not there; None where another holds it.

    With ``inherit`` every process started from now on holds it too.
    """
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # a scan may be asking just now
            time.sleep(0.05 if attempt < ATTEMPTS - 1 else 0)
        else:
            os.set_inheritable(lock, inherit)
            return lock
    os.close(lock)
    return None


SCHEDULER = Scheduler(
    name="local",
    executor="local",
    script=ScriptSyntax(
        extension="sh",
        template=Path(__file__).with_name("local.j2"),
        command="bash",
        array_directives=array_directives,
        native_resources=native_resources,
        name_job=name_job,
        folder_problem=folder_problem,
        works_from_anywhere=works_from_anywhere,
        find_faults=find_faults,
        read_asked=read_asked,
    ),
    read_queue=read_queue,
    endings=(),
    report="",
    queue=None,
)
