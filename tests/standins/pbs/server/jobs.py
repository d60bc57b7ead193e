"""Jobs, arrays and what runs of them, as the server keeps them."""

from __future__ import annotations

import subprocess
import time
from dataclasses import dataclass, field
from typing import Any

from pbs.names import JobId, Range
from pbs.resources import Wanted
from pbs.settings import Settings

DONE = "FX"


@dataclass(eq=False)
class Task:
    """A single job, or a subjob that was started at least once; before that a subjob is only an index."""

    id: JobId
    state: str = "Q"
    substate: int = 10
    run_count: int = 0
    slots: list[tuple[str, int, int]] = field(default_factory=list)
    exec_host: str = ""
    exec_vnode: str = ""
    stime: int = 0
    obittime: int = 0
    history: int = 0
    comment: str = ""
    exit_status: int | None = None
    stageout: int | None = None
    used: dict[str, str] = field(default_factory=dict)
    session: int = 0
    process: subprocess.Popen[bytes] | None = None
    code: int | None = None
    # Why it is being ended: "", "deleted by ...", "rerun", "walltime", "mem"; when SIGTERM went; when state E began.
    ending: str = ""
    termed: float = 0.0
    exiting: float = 0.0
    # When its processes were gone: until mom has told the server it shows R all the same.
    gone: float = 0.0
    begun: float = 0.0
    not_before: float = 0.0
    files: tuple[str, str] = ("", "")

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "process": None}

    @property
    def in_epilogue(self) -> bool:
        """Whether it ended by itself and only the server does not know yet: mom refuses to end it then."""
        return bool(self.gone) and not self.termed


@dataclass(eq=False)
class Job:
    """A single job (its one task under None) or an array (the tasks under their indices)."""

    id: JobId
    name: str
    owner: str
    queue: str
    array: Range | None
    max_run: int | None
    wanted: Wanted
    request: dict[str, Any]
    variables: dict[str, str]
    state: str = "Q"
    substate: int = 10
    holds: set[str] = field(default_factory=set)
    waiting: dict[int | None, None] = field(default_factory=dict)
    tasks: dict[int | None, Task] = field(default_factory=dict)
    # Those of the tasks that run or exit: few, where tasks may be 10,000.
    live: dict[int | None, Task] = field(default_factory=dict)
    depend: list[tuple[str, JobId]] = field(default_factory=list)
    before: list[tuple[str, JobId]] = field(default_factory=list)
    comment: str = ""
    exit_status: int | None = None
    stageout: int | None = None
    failed: bool = False
    deleted: bool = False
    ctime: int = 0
    mtime: int = 0
    stime: int = 0
    obittime: int = 0
    history: int = 0

    def state_of(self, index: int) -> str:
        """Return the state of a subjob; "" where the array has no such index."""
        if self.array is None or index not in self.array.indices():
            return ""
        if task := self.tasks.get(index):
            return task.state
        return "Q" if index in self.waiting else "F" if self.state == "F" else "X"

    def counts(self) -> dict[str, int]:
        """Return how many subjobs wait, run, are exiting and are over; at the end only those never started count."""
        found = {"Queued": len(self.waiting), "Running": 0, "Exiting": 0, "Expired": 0}
        size = len(self.array.indices()) if self.array else 1
        for task in self.tasks.values():
            found["Running"] += task.state == "R"
            found["Exiting"] += task.state == "E"
        held = sum(task.state == "H" for task in self.tasks.values())
        over = size - sum(found.values()) - held
        found["Expired"] = size - len(self.tasks) if self.state == "F" else over
        return found

    def is_over(self) -> bool:
        """Whether nothing of it waits, runs or is held."""
        return not self.waiting and not self.live and all(task.state in DONE for task in self.tasks.values())


@dataclass
class Hall:
    """Everything that the server knows: its folder, its jobs in their order, the next job's number."""

    folder: str
    settings: Settings
    jobs: dict[int, Job] = field(default_factory=dict)
    next: int = 0

    def find(self, name: JobId | None) -> Job | None:
        """Return the job, whole array, or array of the subjob that a name means."""
        job = self.jobs.get(name.number) if name else None
        return job if job and name and (job.array is None) == (name.subjob is None) else None

    def tasks(self, states: str) -> list[tuple[Job, Task]]:
        """Return the tasks in state R, E or either."""
        return [(job, task) for job in self.jobs.values() for task in job.live.values() if task.state in states]


def now() -> int:
    """Return the time as PBS notes it."""
    return int(time.time())


def write_when(seconds: int) -> str:
    """Return a time as comments name it: Fri Nov 20 at 15:46."""
    return time.strftime("%a %b %d at %H:%M", time.localtime(seconds))
