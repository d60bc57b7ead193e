"""Shows how far a run is: a bar in a terminal, plain lines in a pipe; both count failures."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from shlex import quote
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..records import Batch
from ..report.standing import Did
from ..survey.failures import own_words
from ..text.visible import shown, visible
from .bar import LateBar
from .local_runner import Progress

if TYPE_CHECKING:
    from ..batches.verify import ReadSoFar

LEFT = "left"  # behind a bar's time: it is how long the rest will take
EVERY_S = 10.0  # least seconds between two lines in a pipe


class Reading(LateBar):
    """Shows on stderr how many videos were read, in a scan or for another verb; used as a context."""

    def __init__(self, what: str = "reading every frame", done: str = "read") -> None:
        super().__init__()
        self._what, self._done = what, done

    def tell(self, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` videos were read; a pipe gets a line now and then, and a last line."""
        if self._bar is None and sys.stderr.isatty():
            self._start()
        if self._bar:
            self._bar.update(self._row, completed=done, total=total)
        elif done == total or time.monotonic() - self._last > EVERY_S:
            self._last = time.monotonic()
            print(f"{done} of {total} {self._done}", file=sys.stderr, flush=True)

    def _start(self) -> None:
        from rich.console import Console  # 16 to 26 ms, where there is no terminal, too
        from rich.progress import (  # 16 to 26 ms, where there is no terminal, too
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        time_left = (TimeRemainingColumn(), TextColumn(LEFT))
        columns = (TextColumn(self._what), BarColumn(), MofNCompleteColumn(), *time_left)
        self._bar = Progress(*columns, console=Console(file=sys.__stderr__), transient=True)
        self._row = self._bar.add_task("")
        self._bar.start()


class ReadingWhole(LateBar):
    """Shows how many bytes of files were read, how fast, and how long the rest will take; used as a context.

    A terminal gets a bar, a pipe a line on stderr now and then; with ``quiet`` only the latter.
    """

    def __init__(self, quiet: bool = False) -> None:
        super().__init__()
        self._is_shown = sys.stdout.isatty() and not quiet

    def tell(self, so_far: ReadSoFar) -> None:
        """Show how far the reading is."""
        if self._is_shown:
            if self._bar is None:
                self._start(so_far)
            self._bar.update(self._row, completed=so_far.bytes, total=so_far.all_bytes)
        elif time.monotonic() - self._last > EVERY_S:
            self._last = time.monotonic()
            read = f"{so_far.bytes / 1e9:,.1f} of {so_far.all_bytes / 1e9:,.1f} GB read"
            print(read, file=sys.stderr, flush=True)

    def _start(self, so_far: ReadSoFar) -> None:
        from rich.console import Console  # 16 to 26 ms, where there is no terminal, too
        from rich.progress import (  # 16 to 26 ms, where there is no terminal, too
            BarColumn,
            DownloadColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
            TransferSpeedColumn,
        )

        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(), TextColumn(LEFT))
        what = TextColumn(f"reading {so_far.files:,} file{'s' * (so_far.files != 1)}")
        self._bar = Progress(what, *columns, console=Console(file=sys.__stdout__), transient=True)
        self._row = self._bar.add_task("", total=so_far.all_bytes)
        self._bar.start()


class Screen:
    """Shows one run of a batch's ``tasks`` tasks; used as a context, it is told the progress when tasks end.

    ``following`` returns what to type next behind such an end, "" where the caller goes on by itself.
    """

    def __init__(self, tasks: int, batch: Batch, following: Callable[[Did], str]) -> None:
        self._tasks, self._batch, self._following = tasks, batch, following
        self._bar: Any = None
        self._row: Any = None
        self._last = time.monotonic()

    def __enter__(self) -> Screen:
        return self

    def _start(self) -> None:
        from rich.console import Console  # 16 to 26 ms, where there is no terminal, too
        from rich.progress import (  # 16 to 26 ms, where there is no terminal, too
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        time_left = (TimeRemainingColumn(), TextColumn(LEFT))
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), *time_left)
        self._bar = Progress(*columns, console=Console(file=sys.__stdout__))  # a bar steers the terminal
        self._row = self._bar.add_task("0 failed", total=self._tasks)
        self._bar.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def tell(self, progress: Progress) -> None:
        """Show how far the run is, and how to see the log of each task that just failed."""
        if self._bar is None and sys.stdout.isatty():
            self._start()
        names = self._batch.names if progress.just_failed else []
        for task in progress.just_failed:
            self._say(f"failed: {shown(names[task - 1])}{self._why(task)}   {self._where(task, names[task - 1])}")
        if progress.stopping and not self._stopped:
            self._stopped = True
            self._say(f"Stopping: what runs is being ended ({progress.running}).")
        if self._bar:
            self._bar.update(self._row, completed=progress.over, description=f"{progress.failed} failed")
        elif progress.over == self._tasks or time.monotonic() - self._last > EVERY_S:
            self._last = time.monotonic()
            self._say(f"{progress.over} of {self._tasks} done, {progress.failed} failed")

    def _why(self, task: int) -> str:
        """Return why a task failed, in its own words, behind a colon."""
        record = self._batch.record(task)
        return f": {shown(own_words(record))}" if record else ""

    def _where(self, task: int, name: str) -> str:
        """Return how to see why a task failed; an empty log means that the task could not even write its log."""
        log = self._batch.log(task)
        if log.exists() and not log.stat().st_size:
            return f"{log} cannot be written: is the disk or your quota full?"
        return f"./rt logs {quote(shown(name))}"

    _stopped = False

    def close(self, progress: Progress) -> int:
        """Say how the run ended and what to type next; returns the exit code (1: a task failed, 130: stopped)."""
        if self._bar:
            self._bar.stop()
        good = progress.over - progress.failed
        if progress.stopping:
            self._say(f"Stopped. What is missing is found by the next scan.{self._next(Did.STOPPED)}")
            return 130
        if progress.halted:
            which = (
                f"{progress.failed} of {progress.over}" if not good else f"The last {progress.alike} of {progress.over}"
            )
            told = f"{which} failed alike: {shown(progress.halted)}; {progress.left} not started."
            self._say(f"{told}{self._next(Did.HALTED)}")
            return 1
        if progress.failed:
            self._say(f"{good} finished, {progress.failed} failed.{self._next(Did.FAILED)}")
            return 1
        self._say(f"{f'All {good}' if good != 1 else 'The one task'} finished.{self._next(Did.RAN)}")
        return 0

    def _next(self, did: Did) -> str:
        following = self._following(did)
        return f" Next:  {following}" if following else ""

    def _say(self, line: str) -> None:
        try:
            if self._bar and self._bar.live.is_started:
                # A word that is longer than the window, as a path, is left to the terminal, which cuts no copy of it.
                self._bar.console.print(visible(line), highlight=False, markup=False, overflow="ignore", crop=False)
            else:
                print(line, flush=True)
        except OSError:  # nobody reads any more (| head, a closed window): the tasks go on
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
