"""Find the tasks that ./rt export snakemake handed to a Snakemake: nothing else may start them meanwhile.

A Snakemake holds the flock on snakemake/lock for its whole life. Its name stands in that file; it removes the name when
it ends by itself. Where the name stands and nobody holds the lock, it was killed: its jobs may still be in the queue.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

from ..disk.claims import is_held
from ..errors import RemoteTrackerError
from ..model import Project, Stage, State
from ..model.scheduling import BATCHES, BatchRef, Job, Queue, Scheduler
from ..records import Batch

EXPORT = "snakemake"  # the folder, below the project, with all that is handed over
LOCK_FILE = "lock"  # in EXPORT: the name of the Snakemake that works on the project
PLAN = "project.json"  # in EXPORT: the tasks to do
EXPORT_JOBS = f"{BATCHES}/rules/export/jobs"  # in EXPORT: the jobs that our own commands submitted, <stage>/<number>


def run_of(batch: Batch) -> str:
    """Return the name of the Snakemake that a batch was handed to, "" where it was handed to no Snakemake."""
    owner = batch.owner
    return owner if owner.startswith(f"{EXPORT}.") else ""


def job_prefix(root: Path) -> str:
    """Return the start of the names of a project's jobs in the queue, where Snakemake's own executor sent them."""
    return f"rt-{crc32(os.fsencode(root.resolve())):08x}"


def is_held_by_snakemake(root: Path, run: str = "") -> bool:
    """Return whether a living Snakemake, other than the Snakemake named ``run``, works on the project."""
    lock = root / EXPORT / LOCK_FILE
    return is_held(lock) and (not run or _first_line(lock) != run)


def find_left(root: Path, scheduler: Scheduler) -> list[str]:
    """Return the ids of the jobs that Snakemake has in the queue; none where tasks run on this machine.

    Slurm is asked for them by name; raises RemoteTrackerError where it does not answer. On other schedulers the jobs
    are looked up that our own commands submitted and noted on disk; where the queue does not answer, all noted jobs
    without an end are returned.
    """
    if scheduler.queue is None:
        return []
    if scheduler.queue.find_named is not None:
        return list(scheduler.queue.find_named(job_prefix(root)))
    jobs = [path for path in (root / EXPORT / EXPORT_JOBS).glob("*/*/job") if not (path.parent / "exit").exists()]
    queue = scheduler.read_queue([BatchRef(path.parent, frozenset({_first_line(path)})) for path in jobs])
    return [job.id for job in queue.jobs] if queue.asked else [_first_line(path) for path in jobs]


def add_held(queue: Queue, batches: Sequence[Batch], scheduler: Scheduler) -> Queue:
    """Return the queue with the tasks that a Snakemake has in these batches; it may retry a failed task at any time."""
    alive = {run: _is_alive(batches[0].folder.parents[2], run, scheduler) for run in {run_of(b) for b in batches}}
    living = [batch for batch in batches if alive[run_of(batch)]]
    tasks = _load_tasks(living[0].folder.parents[2], run_of(living[0])) if living else ()
    planned = {(task["folder"], task["batch"]) for task in tasks}
    jobs = [job for batch in living for job in _jobs_of(batch, (batch.folder.parents[1].name, batch.number) in planned)]
    if not jobs:
        return queue
    mine = {job.batch: frozenset[int]() for job in jobs}
    for job in jobs:
        mine[job.batch] |= job.tasks or frozenset()
    return queue._replace(alive={**queue.alive, **mine}, jobs=(*queue.jobs, *jobs))


def find_later(project: Project, stage: Stage) -> Mapping[str, State]:
    """Return the units that a living Snakemake will list once the results they wait for are there: name -> QUEUED.

    Units that it has done already are left out. For its own jobs, which do the listing, the mapping is empty.
    """
    root = project.root
    run = _first_line(root / EXPORT / LOCK_FILE)
    if not run or run == os.environ.get("RT_JOB") or not _is_alive(root, run, project.cluster.scheduler):
        return {}
    later = [task for task in _load_tasks(root, run) if task["stage"] == stage.name and not task["n"]]
    return {task["key"]: State.QUEUED for task in later if not (root / task["marker"]).exists()}


def _load_tasks(root: Path, run: str) -> Sequence[Mapping[str, Any]]:
    """Return the tasks in the plan of the Snakemake named ``run``, none where its plan is still being written."""
    try:
        plan = json.loads((root / EXPORT / PLAN).read_text(encoding="utf-8"))
        tasks: Sequence[Mapping[str, Any]] = plan["tasks"] if plan["run"] == run else ()
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ()
    return tasks


def _is_alive(root: Path, run: str, scheduler: Scheduler) -> bool:
    lock = root / EXPORT / LOCK_FILE
    if _first_line(lock) != run or is_held(lock):
        return _first_line(lock) == run
    try:
        return bool(find_left(root, scheduler))
    except RemoteTrackerError:  # where the queue does not tell, the jobs may be there
        return True


def _jobs_of(batch: Batch, planned: bool) -> list[Job]:
    records, run = batch.records(), run_of(batch)
    own = run == os.environ.get("RT_JOB")  # a job of this Snakemake asks: it does failed tasks again
    own = own or not planned  # a batch that a job listed, rather than the plan, is listed anew at a second try
    running = frozenset(r.task for r in records if not r.result)
    over = frozenset(r.task for r in records if r.result == "finished" or (own and r.result))
    waiting = frozenset(range(1, len(batch.names) + 1)) - running - over
    jobs = (Job(batch.number, run, "", running, True), Job(batch.number, run, "", waiting, False, "Snakemake has it"))
    return [job for job in jobs if job.tasks]


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    except OSError:
        return ""
