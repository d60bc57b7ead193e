"""Finds a project's jobs in its scheduler's queue, and cancels them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .. import shell
from ..errors import RemoteTrackerError, WrongUse
from ..model import Project, Stage
from ..model.scheduling import Job
from ..records import batches_of, find_batches
from ..schedulers import require_queue
from ..survey import EXPORT, load_queue
from ..survey.named import names_it


class ProjectJob(NamedTuple):
    """A job in the queue that is to be cancelled, whole or in part."""

    stage: Stage
    job: Job
    tasks: tuple[int, ...] = ()  # the tasks of the job to cancel; none: the whole job


def find_held(project: Project, names: Sequence[str]) -> list[ProjectJob]:
    """Return the project's jobs in the queue; with ``names``, only the jobs of the videos, days or batches named.

    Raises RemoteTrackerError where the queue cannot be asked or Snakemake sent the jobs, WrongUse where nothing in the
    queue has any of the names.
    """
    held = [h for stage in project.tracker.stages for h in _held_of(project, stage, names)]
    if theirs := next((h for h in held if h.job.id.startswith(f"{EXPORT}.")), None):
        who = theirs.job.id.split(".")
        raise RemoteTrackerError(
            f"Snakemake has batch {theirs.job.batch} ({theirs.stage.name}): end it with Ctrl-C in its window (process "
            f"{who[-2]} on {'.'.join(who[1:-2])}), which cancels its jobs. Nothing was cancelled."
        )
    if names and not held:
        raise WrongUse(f"Nothing in the queue is called {', '.join(names)}. ./rt status shows what is there.")
    return held


def _held_of(project: Project, stage: Stage, names: Sequence[str]) -> Iterator[ProjectJob]:
    queue = load_queue(project.cluster.scheduler, find_batches(project, stage))
    if not queue.asked:
        raise RemoteTrackerError(f"The queue could not be asked: {queue.why_not}. Nothing was cancelled.")
    for job in queue.jobs:
        if not names or job.batch in [name.zfill(4) for name in names]:
            yield ProjectJob(stage, job)
            continue
        units = enumerate(batches_of(project, stage).batch(job.batch).names, 1)
        meant = [task for task, key in units if any(names_it(name, key) for name in names)]
        tasks = tuple(task for task in meant if job.tasks is None or task in job.tasks)
        if tasks:
            yield ProjectJob(stage, job, tasks)


def cancel(project: Project, held: Sequence[ProjectJob]) -> int:
    """Cancel the jobs that ``held`` names; returns how many tasks were cancelled.

    Where an array's element runs several tasks, cancelling any of them cancels all. Raises RemoteTrackerError with the
    scheduler's own words.
    """
    if not held:
        return 0
    scheduler = project.cluster.scheduler
    cancel_argv = require_queue(scheduler).cancel_argv
    whole = {h.job.id: h for h in held if not h.tasks}
    calls = [cancel_argv(job, ()) for job in whole]
    count = sum(len(h.job.tasks or (1,)) for h in held if not h.tasks)
    for h in held:
        if h.tasks and h.job.id in whole:
            count += len(h.tasks)
        elif h.tasks:
            step = batches_of(project, h.stage).batch(h.job.batch).per_job
            indices = sorted({(task - 1) // step * step + 1 for task in h.tasks})
            calls.append(cancel_argv(h.job.id, indices))
            count += sum(any(i <= task < i + step for i in indices) for task in h.job.tasks or h.tasks)
    for argv in calls:
        answer = shell.run(argv, timeout=60)
        if answer.code:
            said = (answer.err or answer.out).strip()
            raise RemoteTrackerError(f"{argv[0]} refused: {said}. ./rt status shows what still runs.")
    return count
