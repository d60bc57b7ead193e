"""Ends what runs of a project on this machine, where no queue holds it: runners with their tasks, and single tasks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from ..errors import RemoteTrackerError, WrongUse
from ..model import Project, Record
from ..named_tuple import NamedTuple
from ..records import Batch, find_batches
from ..schedulers.local import SCHEDULER
from ..survey import runs_here
from ..survey.snakemake_lock import run_of
from ..survey.typed_names import choose_keys
from .stop_here import is_locked, is_runner, stop_runner, stop_task
from .wait import wait_until

LOOK_S = 0.2  # between looks whether something still runs
MOST_S = 90.0  # a task that is stopped has 10 s, and 7 s more for what its program left


class Going(NamedTuple):
    """What is to be ended: a runner with all that it has not done yet, or a task whose runner is not meant or gone."""

    batch: Batch
    runner: int  # the runner's process; 0: a single task
    tasks: tuple[Record, ...]  # the tasks of it that run now
    lost: int  # how many tasks will not come to their end
    alone: bool = False  # whether the tasks behind these go on

    @property
    def pids(self) -> tuple[int, ...]:
        """Return the processes that are told to end."""
        return (self.runner,) if self.runner else tuple(task.pid for task in self.tasks)


def cancel_here(project: Project, names: Sequence[str]) -> int:
    """End what runs here of the project, or only the videos, days or batches named; returns how many tasks were ended.

    Returns when every process has ended. Raises WrongUse where nothing that runs has any of the names,
    RemoteTrackerError where a process cannot be ended, or belongs to another machine, user or Snakemake.
    """
    told: set[int] = set()
    count = 0

    def end_all() -> list[Going]:
        nonlocal count
        found = list(find_going(project, names))
        for going in found:
            count += 0 if told.intersection(going.pids) else going.lost
            _end(going, told)
        return found

    found = end_all()
    if names and not found:
        raise WrongUse(f"Nothing that runs here is called {', '.join(names)}. ./rt status shows what is there.")
    left = wait_until(end_all, lambda going: not going, LOOK_S, MOST_S) if found else []
    if left:
        pids = ", ".join(str(pid) for going in left for pid in going.pids)
        raise RemoteTrackerError(f"Process {pids} was told to end and still runs. ./rt status shows it.")
    return count


def _end(going: Going, told: set[int]) -> None:
    """Tell the processes to end that were not told before; ``told`` remembers them."""
    for pid in set(going.pids) - told:
        try:
            if going.runner:
                stop_runner(pid, going.batch)
            else:
                stop_task(next(task for task in going.tasks if task.pid == pid), going.alone)
        except PermissionError:
            raise RemoteTrackerError(f"Process {pid} is another user's: only they can end it (./rt cancel).") from None
        told.add(pid)


def find_going(project: Project, names: Sequence[str]) -> Iterator[Going]:
    """Yield what runs here of the project; with ``names``, only what has any of the names.

    Raises RemoteTrackerError where a batch is run by another machine or by a Snakemake, or where only tasks that have
    not started have a name.
    """
    for stage in project.tracker.stages:
        for batch in find_batches(project, stage):
            if not (batch.is_sealed or batch.is_note or batch.is_given_up) and batch.has_run:
                yield from _find_in(batch, names)


def _find_in(batch: Batch, names: Sequence[str]) -> Iterator[Going]:
    runner = _find_runner(batch)  # asked first: when a runner has ended, so have its tasks, and are not counted anew
    records = batch.records()
    running = tuple(r for r in records if not r.result and runs_here(batch, r))
    if running and run_of(batch):
        raise RemoteTrackerError(
            f"Snakemake has batch {batch.number} ({batch.stage}): end it with Ctrl-C in its window."
        )
    if not names or batch.number in [name.zfill(4) for name in names]:
        if runner:
            ended = sum(bool(r.result) for r in records)
            yield Going(batch, runner, running, len(batch.names) - ended)
        else:
            yield from (Going(batch, 0, (task,), 1) for task in running)
        return
    chosen = choose_keys(names, {task.unit for task in running})
    meant = [task for task in running if task.unit in chosen]
    yield from (Going(batch, 0, (task,), 1, alone=True) for task in meant)
    if runner and not meant:
        _refuse_waiting(batch, records, names)


def _refuse_waiting(batch: Batch, records: Sequence[Record], names: Sequence[str]) -> None:
    started = {record.task for record in records}
    units = batch.names
    chosen = choose_keys(names, set(units))
    for task, unit in enumerate(units, 1):
        if task not in started and unit in chosen:
            raise RemoteTrackerError(
                f"{unit} has not started: ./rt cancel {batch.number} ends all of its batch. Nothing was cancelled."
            )


def _find_runner(batch: Batch) -> int:
    """Return the process on this machine that runs the batch, 0 where there is none, or a Snakemake has it."""
    if run_of(batch):
        return 0
    kind, _, said = batch.owner.partition(".")
    host, pid, _ = said.rsplit(".", 2) if kind == SCHEDULER.name and said.count(".") >= 2 else ("", "0", "")
    if not pid.isdecimal() or not is_locked(batch):
        return 0
    if host != os.uname().nodename:
        raise RemoteTrackerError(f"Batch {batch.number} is run on {host}: cancel it there. Nothing was cancelled here.")
    try:
        return int(pid) if is_runner(int(pid), batch) else 0
    except PermissionError:
        raise RemoteTrackerError(
            f"Batch {batch.number} is run by another user (process {pid}): only they can end it."
        ) from None
