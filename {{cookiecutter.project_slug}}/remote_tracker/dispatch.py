"""The local scheduler: the tasks of one batch side by side, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from . import shell
from .errors import RemoteTrackerError
from .schedulers import local

Tell = Callable[["Progress"], None]


class NotRun(RemoteTrackerError):
    """A batch cannot be run; nothing was started."""


@dataclass
class Progress:
    """How far a batch is: its tasks, how many are over and how many of those failed."""

    tasks: int
    over: int = 0
    failed: int = 0
    running: int = 0
    stopping: bool = False
    last_failed: int = 0


@dataclass
class Runner:
    """Starts the tasks of a batch, at most ``jobs`` at once, and stops them on a signal."""

    batch: Path
    tasks: int
    jobs: int
    tell: Tell
    pids: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.progress = Progress(self.tasks)

    def run(self) -> Progress:
        """Run all tasks; returns when the last has ended, or, after a signal, when those running have."""
        environment = {**os.environ, "RT_JOB": (self.batch / "owner").read_text().strip()}
        before = {s: signal.signal(s, self._stop) for s in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            task = 0
            while True:
                while task < self.tasks and len(self.pids) < self.jobs and not self.progress.stopping:
                    task += 1
                    self._start(task, environment)
                if not self.pids:
                    return self.progress
                self._wait_one()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, task: int, environment: dict[str, str]) -> None:
        argv = ["bash", str(self.batch / "run_task.sh"), self.batch.name, str(task)]
        self.pids[shell.start(argv, self.batch / f"output.{task}", environment)] = task
        self.progress.running = len(self.pids)

    def _wait_one(self) -> None:
        pid, code = shell.wait_any()
        task = self.pids.pop(pid, 0)
        if not task:
            return
        self.progress.over += 1
        self.progress.running = len(self.pids)
        self.progress.last_failed = task if code else 0
        self.progress.failed += bool(code) and not self.progress.stopping
        self.tell(self.progress)

    def _stop(self, _number: int, _frame: object) -> None:
        self.progress.stopping = True
        self.tell(self.progress)
        for pid in list(self.pids):
            shell.stop(pid)


def run_batch(batch: Path, tasks: int, jobs: int, tell: Tell) -> Progress:
    """Run a batch on this machine; ``tell`` hears of each task that ends.

    Raises NotRun where the batch is being run, was run before, or is none.
    """
    if not (batch / "batch.yml").exists():
        raise NotRun(f"{batch}: there is no such batch. Scan again.")
    lock = local.take_lock(batch)
    if lock is None:
        raise NotRun(
            f"Batch {batch.name} is being run already, in another window or by what that left. Nothing was started."
        )
    try:
        if not _own(batch):
            raise NotRun(
                f"Batch {batch.name} was run before. Scan again: what is missing gets a new list. Nothing was started."
            )
        return Runner(batch, tasks, jobs, tell).run()
    finally:
        os.close(lock)


def _own(batch: Path) -> bool:
    """Link the batch's ``owner`` file; false where another was first."""
    mine = batch / f".owner.{os.getpid()}"
    mine.write_text(f"local.{socket.gethostname()}.{os.getpid()}.{time.time_ns()}\n")
    try:
        os.link(mine, batch / "owner")
        return True
    except FileExistsError:
        return False
    finally:
        mine.unlink()
