"""Runs the tasks of one batch on this machine, side by side, each process in a process group of its own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from .. import shell
from ..config.signatures import Signature
from ..disk.claims import claim_file, take_lock
from ..disk.derived import write_derived
from ..errors import RemoteTrackerError
from ..model import Record
from ..named_tuple import NamedTuple
from ..records import Batch
from ..records.batch import HALTED
from ..schedulers import local
from .halt import NO_FAILURE, Streak, follow

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GROUP_S = 1.0
GROUP_MOST = 200
LEAST_S = 0.2  # to start a process for less work takes longer than it saves where several end at different times
Tell = Callable[["Progress"], None]


class NotRun(RemoteTrackerError):
    """A batch cannot be run; nothing was started."""


@dataclass
class Progress:
    """How far the run of a batch is."""

    tasks: int  # how many the batch has
    over: int = 0  # how many have ended
    failed: int = 0  # how many have ended and failed
    running: int = 0  # how many processes run now
    stopping: bool = False  # whether a signal asked to stop
    halted: str = ""  # why no further task is started: the last tasks failed alike, in the words of the last failure
    alike: int = 0  # how many tasks in a row failed alike when it halted
    just_failed: list[int] = field(default_factory=list)  # the tasks that failed since ``tell`` was called last

    @property
    def left(self) -> int:
        """Return how many tasks have not ended."""
        return self.tasks - self.over


class _Group(NamedTuple):
    """The tasks that a process runs, and when the process started."""

    tasks: range
    started: float


@dataclass
class Runner:
    """Starts the tasks of a batch, at most ``jobs`` processes at once, and stops them on a signal.

    A process takes one task, or, where tasks turn out to be short, as many as last about ``GROUP_S`` seconds. The
    last processes take fewer tasks, so that all end at about the same time.
    """

    batch: Batch
    tasks: int
    jobs: int
    tell: Tell
    load_signatures: Callable[[], Sequence[Signature]]  # called where a task failed
    pids: dict[int, _Group] = field(default_factory=dict)
    _next: int = 1
    _seconds: float = GROUP_S  # how long a task took lately
    _telling: bool = False
    _streak: Streak = NO_FAILURE
    _signatures: Sequence[Signature] | None = None

    def __post_init__(self) -> None:
        self.progress = Progress(self.tasks)

    @property
    def has_started(self) -> bool:
        """Return whether any task was started, or at least its log may have been made."""
        return self._next > 1

    def run(self) -> Progress:
        """Run all tasks; returns when the last task has ended or, after a signal, when the running tasks have ended."""
        owner = self.batch.owner_path.read_text().strip()
        environment = {**os.environ, "RT_JOB": owner, "RT_ALONE": "yes"}  # the lock keeps other copies away
        environment["RT_CORES"] = str(cores_of_each(min(self.jobs, self.tasks)))
        heard = [s for s in STOPPING if signal.getsignal(s) is not signal.SIG_IGN]  # nohup, a job in the background
        before = {s: signal.signal(s, self._stop) for s in heard}
        self._tell()
        try:
            while True:
                while self._may_go_on() and len(self.pids) < self.jobs:
                    self._start(environment)
                if not self.pids:
                    return self.progress
                self._wait_one()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _may_go_on(self) -> bool:
        return self._next <= self.tasks and not self.progress.stopping and not self.progress.halted

    def _start(self, environment: dict[str, str]) -> None:
        size = group_size(self.tasks - self._next + 1, self.jobs, self._seconds)
        if self._streak.length or not self.progress.over:  # while tasks fail, no more than needed to see it
            size = 1
        group = _Group(range(self._next, self._next + size), time.monotonic())
        self._next += size
        for task in group.tasks[1:]:  # a task with a log belongs, for a scan, to a living process
            self.batch.log(task).touch()
        argv = ["bash", str(self.batch.folder / "run_task.sh"), self.batch.number, *map(str, group.tasks)]
        pid = shell.start(argv, self.batch.log(group.tasks[0]), environment)
        self.pids[pid] = group
        self.progress.running = len(self.pids)
        if self.progress.stopping:  # the signal came while the process was being started
            shell.stop(pid)

    def _wait_one(self) -> None:
        pid, _ = shell.wait_any()
        group = self.pids.pop(pid, None)
        if group is None:
            return
        self._seconds = max((time.monotonic() - group.started) / len(group.tasks), 0.001)
        self.progress.running = len(self.pids)
        heard: dict[str, str] = {}  # the first task's log, which the others share: it is read once
        ended = {t: self.batch.record(t, heard) for t in group.tasks}  # their logs are the proof, not the exit code
        failed = [task for task, record in ended.items() if record is None or record.result != "finished"]
        refused = [task for task in failed if ended[task] is None] if self.progress.halted else []
        failed = [task for task in failed if task not in refused]
        self.progress.over += len(ended) - len(refused) - (len(failed) if self.progress.stopping else 0)
        self.progress.just_failed = [] if self.progress.stopping else failed
        self.progress.failed += len(self.progress.just_failed)
        self._watch(ended.values())
        self._tell()

    def _watch(self, records: Iterable[Record | None]) -> None:
        """Halt the list where enough tasks in a row failed alike; what runs goes on to its end."""
        for record in records:
            if self._signatures is None and record is not None and record.result != "finished":
                self._signatures = self.load_signatures()
            self._streak = follow(self._streak, record, self._signatures or ())
            if self._streak.is_enough and self._may_go_on():
                self.progress.halted, self.progress.alike = self._streak.why, self._streak.length
                told = " ".join(self._streak.why.split())
                write_derived(self.batch.folder / HALTED, f"node={os.uname().nodename} why={told}\n")

    def _tell(self) -> None:
        self._telling = True
        self.tell(self.progress)
        self._telling = False

    def _stop(self, _number: int, _frame: object) -> None:
        self.progress.stopping, self.progress.just_failed = True, []  # failures so far were told
        for pid in list(self.pids):
            shell.stop(pid)
        if not self._telling:  # else it would print in the middle of a line
            self._tell()


def cores_of_each(beside: int) -> int:
    """Return how many cores of this machine each of so many processes beside each other has."""
    return max(1, len(os.sched_getaffinity(0)) // max(beside, 1))


def group_size(left: int, jobs: int, seconds: float) -> int:
    """Return how many of the tasks that are left the next process takes, where a task lasts so many seconds."""
    share = max(left // jobs, int(LEAST_S / seconds))
    return max(1, min(GROUP_MOST, int(GROUP_S / seconds), share, left))


def run_batch(
    batch: Batch, tasks: int, jobs: int, tell: Tell, load_signatures: Callable[[], Sequence[Signature]]
) -> Progress:
    """Run a batch on this machine; ``tell`` is called each time that a process's tasks have ended.

    It halts where tasks in a row fail alike; ``load_signatures`` returns what tells a video's own fault.
    Raises NotRun where a batch of the stage is being run, this batch was run before, or there is no such batch.
    """
    if not batch.is_listed:
        raise NotRun(f"{batch.folder}: there is no such batch. Scan again.")
    with ExitStack() as held:
        for path, inherit in ((batch.stage_lock, False), (batch.folder / local.LOCK, True)):
            lock = take_lock(path, inherit)
            if lock is None:
                raise NotRun("A batch of this stage is being run already, in another window. Nothing was started.")
            held.callback(os.close, lock)
        if not _own(batch):
            again = "Scan again: what is missing gets a new list. Nothing was started."
            raise NotRun(f"Batch {batch.number} was run before. {again}")
        mine = take_lock(batch.owner_path, inherit=False)
        if mine is not None:
            held.callback(os.close, mine)
        runner = Runner(batch, tasks, jobs, tell, load_signatures)
        try:
            return runner.run()
        finally:
            if not runner.has_started:  # whatever kept it from starting a task: the list may be run by another
                batch.owner_path.unlink(missing_ok=True)


def _own(batch: Batch) -> bool:
    """Make this process the batch's owner by its ``owner`` file; return False where another process was first."""
    return claim_file(batch.owner_path, f"local.{os.uname().nodename}.{os.getpid()}.{time.time_ns()}")
