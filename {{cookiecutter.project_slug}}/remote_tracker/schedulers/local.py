"""No scheduler: this machine runs the tasks side by side; a batch is alive while its lock is held.

The lock is a flock on ``lock`` in the batch's folder. The runner and every task that it started share the lock: it is
released only when the last of these processes is gone, kill -9 included. The flock on ``owner`` is the runner's alone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..disk.claims import is_held
from ..model.scheduling import OWNER, Array, BatchRef, Queue, Resources, Scheduler, ScriptSyntax, task_of_log

LOCK = "lock"


def array_directives(array: Array) -> list[str]:
    """Return the lines that a scan fills in: the batch's number, and how many tasks it has."""
    return [f"batch={array.number}", f"tasks={array.tasks}"]


def folder_problem(_folder: str) -> str:
    """Return "": bash works in any folder, so there is no problem to tell."""
    return ""


def works_from_anywhere(_folder: str) -> bool:
    """Return True: the script may be run from any folder, as it changes to its own."""
    return True


def name_job(project: str, stage: str, number: str) -> str:
    """Return the name of a batch's job; only people read it."""
    return f"{project}.{stage}.{number}"


def native_resources(resources: Resources) -> Mapping[str, object]:
    """Return the resources as they are: the script on this machine asks no scheduler for them."""
    return vars(resources)


def find_faults(_script: str) -> list[tuple[int, str]]:
    """Return nothing: a local script has no scheduler options that could be ignored or refused."""
    return []


def read_asked(_script: str) -> Mapping[str, str]:
    """Return no request: bash reads no options in a script."""
    return {}


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return which of the batches are being run on this machine.

    Where a batch's runner is gone but its tasks go on, only the tasks that have a log count as alive.
    """
    held = [known.folder for known in batches if is_held(known.folder / LOCK)]
    return Queue({folder.name: None if is_held(folder / OWNER) else _started(folder) for folder in held})


def _started(batch: Path) -> frozenset[int]:
    return frozenset(task for name in os.listdir(batch) if (task := task_of_log(name)) is not None)


def is_running_here(host: str, pid: int, began: str = "") -> bool:
    """Return whether the process of a task lives and ``host`` is this machine: a task may be started by hand.

    A process's number is given to another process after its end, or after a boot: ``began`` is when the task's process
    began, in clock ticks since the boot (field 22 of /proc/PID/stat). Where it is "", as in logs of older versions, any
    bash that runs a run_task.sh counts. A process that the system hides from this user counts, too.
    """
    if host != os.uname().nodename or pid <= 0:
        return False
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2].split()
        if began or state in b"ZX":  # a zombie only waits to be forgotten
            return state not in b"ZX" and fields[18].decode() == began
        return _runs_task(Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"))
    except (OSError, ValueError):
        return _is_hidden(pid)


def _runs_task(argv: Sequence[bytes]) -> bool:
    script = next((word for word in argv[1:] if not word.startswith(b"-")), b"")
    return argv[0].endswith(b"bash") and os.path.basename(script) == b"run_task.sh"


def _is_hidden(pid: int) -> bool:
    """Return whether a process lives whose files in /proc this user may not read (the mount option hidepid)."""
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return False


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
