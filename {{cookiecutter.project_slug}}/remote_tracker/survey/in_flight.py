"""What happened to a stage so far: the records in its batches, and which units are still in flight."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ..model import Project, Record, Stage, State
from ..model.scheduling import SETTLING_S, Queue, Scheduler
from ..records import (
    Batch,
    History,
    batches_of,
    find_batches,
    load_forgiven,
    load_held,
    load_sealed,
    makes_of,
)
from ..records.taking import load_taken_names
from ..schedulers.local import is_running_here
from .snakemake_lock import add_held, run_of

NONE_LATER: Mapping[str, State] = {}


def load_queue(scheduler: Scheduler, batches: Sequence[Batch], fresh: bool = False) -> Queue:
    """Return which tasks of these batches may still run; batches that are over, or given up, are not asked for."""
    still = [b for b in batches if not b.has_sealed_file and not b.is_given_up]
    held = [b for b in still if run_of(b)]
    queue = scheduler.read_queue([b.ref(scheduler) for b in still if b not in held], fresh)
    queue = add_held(queue, held, scheduler)
    return queue if scheduler.is_local else queue._replace(settling_s=SETTLING_S)


def runs_here(batch: Batch, record: Record) -> bool:
    """Return whether the process that a task's record names lives on this machine; no task of a given-up batch runs."""
    return not batch.is_given_up and is_running_here(record.host, record.pid, record.began)


def is_settling(batch: Batch, task: int, queue: Queue) -> bool:
    """Return whether a task's log was written so lately that its last lines may not have come through yet."""
    return is_fresh(batch.log(task), queue)


def is_fresh(path: str | Path, queue: Queue) -> bool:
    """Return whether a file was written so lately that a shared disk may not show all of it here yet."""
    if not queue.settling_s:
        return False
    try:
        written = os.stat(path).st_mtime
    except OSError:
        return False
    return _is_lately(written, queue)


def _is_lately(written_s: float, queue: Queue) -> bool:
    return abs(time.time() - written_s) < queue.settling_s  # a time in the future: a clock was set back since


def _is_sealed_lately(batch: Batch, queue: Queue) -> bool:
    """Return whether is_fresh holds for the sealed file; what is kept of a batch has that time, from the same look."""
    return _is_lately(batch.sealed_s, queue) if batch.kept else is_fresh(batch.sealed_path, queue)


def load_past(
    batches: Sequence[Batch], redo: Path, queue: Queue, makes: str = "", later: Mapping[str, State] = NONE_LATER
) -> tuple[dict[str, State], History]:
    """Return the units that are queued, running or held by a redo (NOT_READY), by name, and the history of the stage.

    ``redo`` is the folder with the notes on units to do again. With ``makes``, a batch whose results all had other
    names (as with another model) is no part of the history: its successes and failures say nothing about the results of
    now. ``later`` holds units that are in flight, too, but in no batch yet.
    """
    stage = batches[0].stage if batches else ""
    held = [*load_held(redo, stage), *load_taken_names(redo, stage)]
    flying = {**later, **dict.fromkeys(held, State.NOT_READY)}
    history, ours = History(), makes.split("-")
    for batch in batches:
        said = batch.makes if makes else frozenset()
        other = bool(said) and said.isdisjoint(ours)
        if other and batch.has_sealed_file:
            continue
        if sealed := batch.sealed():
            history.add(batch.number, sealed.failures, sealed, batch.entries_of)
            if _is_sealed_lately(batch, queue):
                history.settling |= _just_finished(batch, load_sealed(sealed.path), queue)
            continue
        records = batch.records()
        here = {r.unit: State.RUNNING for r in records if not r.result and runs_here(batch, r)}
        alive = _alive_tasks(batch, queue)
        if alive is None or alive:
            here |= _in_flight(batch, {r.task: r for r in records}, alive, _pending_tasks(batch, queue))
        here |= {r.unit: State.RUNNING for r in records if not r.result and is_settling(batch, r.task, queue)}
        flying.update(here)
        if other:
            continue
        history.add(batch.number, [r for r in records if r.result or r.unit not in here], None, batch.entries_of)
        history.settling |= _just_finished(batch, records, queue)
    for name, units in load_forgiven(redo, stage or "*"):
        history.forgive(name, units)
    return flying, history


def load_history(project: Project, stage: Stage) -> History:
    """Return the history of a stage, without asking the queue."""
    redo = batches_of(project, stage).redo
    return load_past(find_batches(project, stage), redo, Queue(), makes_of(stage))[1]


def find_flying(batches: Sequence[Batch], redo: Path, scheduler: Scheduler) -> dict[str, State]:
    """Return the units, by name, that are queued or running in these batches, or held by a redo."""
    return load_past(batches, redo, load_queue(scheduler, batches))[0]


def load_made_with(project: Project, stage: Stage) -> Mapping[str, str]:
    """Return, by the unit's name, what each result of a stage was made with; empty where all agree."""
    history = load_history(project, stage)
    return {name: " ".join(filter(None, made)) for name, made in history.find_made().items()}


def _just_finished(batch: Batch, records: Iterable[Record], queue: Queue) -> set[str]:
    """Return the units that finished so lately that their results may not be seen: NFS keeps names for a minute."""
    if not queue.settling_s:
        return set()
    return {r.unit for r in records if r.result == "finished" and is_settling(batch, r.task, queue)}


def _alive_tasks(batch: Batch, queue: Queue) -> frozenset[int] | None:
    """Return the batch's tasks that may run; None: any of them, as where the queue cannot be asked."""
    if batch.is_given_up:
        return frozenset()
    return queue.alive.get(batch.number, frozenset()) if queue.asked else None


def _pending_tasks(batch: Batch, queue: Queue) -> frozenset[int]:
    """Return the batch's tasks that are yet to start, or to start again: the log of a requeued task has an end."""
    jobs = (job for job in queue.jobs if job.batch == batch.number and not job.running)
    return frozenset(task for job in jobs for task in job.tasks or ())


def _in_flight(
    batch: Batch, started: Mapping[int, Record], tasks: frozenset[int] | None, pending: frozenset[int]
) -> dict[str, State]:
    flying: dict[str, State] = {}
    for task, unit in enumerate(batch.names, 1):
        record = started.get(task)
        if (tasks is None or task in tasks) and not (record and _is_over(record, pending, tasks)):
            flying[unit] = State.RUNNING if record and task not in pending else State.QUEUED
    return flying


def _is_over(record: Record, pending: frozenset[int], tasks: frozenset[int] | None) -> bool:
    """Return whether a task has ended for good, although the queue may hold its job.

    A pending task starts again if it is not finished. So does a task that was stopped (preempted, requeued) and that
    the queue still holds, before Slurm shows the task as pending.
    """
    held = tasks is not None and record.task in tasks
    again = record.task in pending or (held and record.result == "cancelled")
    return bool(record.result) and not (again and record.result != "finished")
