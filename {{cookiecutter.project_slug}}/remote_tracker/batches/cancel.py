"""Finds a project's jobs in its scheduler's queue, and cancels them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from .. import shell
from ..errors import RemoteTrackerError, WrongUse
from ..model import Project, Stage
from ..model.scheduling import LOOK, Job, Queue
from ..named_tuple import NamedTuple
from ..records import Batch, batches_of, find_batches
from ..schedulers import require_queue
from ..survey import EXPORT, load_queue
from ..survey.typed_names import choose_keys
from .mail import take_mail_back

TOOK = r"has registered the job|is being terminated"  # GridEngine's qdel and bkill: a job is being cancelled


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


def find_look(project: Project, stage: Stage) -> list[Batch]:
    """Return the folder of the job that ./rt doctor --on-node sent and that has not ended, by its stage; else nothing.

    The stages of a folder share that folder: it is the first stage's.
    """
    look = batches_of(project, stage).batch(LOOK)
    first = project.tracker.stages_in(stage.folder)[0]
    return [look] if stage.name == first.name and look.submissions_path.exists() else []


def load_looks(project: Project, stage: Stage) -> Queue:
    """Return the queue's jobs that ./rt doctor sent to look around on a node, by the first stage of their folder."""
    looks = find_look(project, stage)
    return load_queue(project.cluster.scheduler, looks) if looks else Queue()


def _held_of(project: Project, stage: Stage, names: Sequence[str]) -> Iterator[ProjectJob]:
    queue = load_queue(project.cluster.scheduler, [*find_batches(project, stage), *find_look(project, stage)])
    if not queue.asked:
        raise RemoteTrackerError(f"The queue could not be asked: {queue.why_not}. Nothing was cancelled.")
    for job in queue.jobs:
        if not names or job.batch in [name.zfill(4) for name in names]:
            yield ProjectJob(stage, job)
            continue
        if job.batch == LOOK:
            continue
        units = batches_of(project, stage).batch(job.batch).names
        chosen = choose_keys(names, set(units))
        meant = [task for task, key in enumerate(units, 1) if key in chosen]
        tasks = tuple(task for task in meant if job.tasks is None or task in job.tasks)
        if tasks:
            yield ProjectJob(stage, job, tasks)


class Cancelled(NamedTuple):
    """What became of the jobs that were to be cancelled."""

    tasks: int  # how many tasks were cancelled
    over: tuple[str, ...] = ()  # what the scheduler said of jobs that were over already, or just ending


class _Call(NamedTuple):
    """A command that cancels a job, or some elements of its array."""

    argv: tuple[str, ...]
    job: str  # the job's id
    tasks: int  # how many tasks it cancels
    step: int  # how many tasks an element of the job's array takes
    whole: bool = False  # whether it cancels all of the job


def cancel(project: Project, held: Sequence[ProjectJob]) -> Cancelled:
    """Cancel the jobs that ``held`` names; returns how many tasks were cancelled, and which were over before.

    Where an array's element runs several tasks, cancelling any of them cancels all. What the scheduler refuses keeps
    nothing else from being cancelled. Raises RemoteTrackerError with the scheduler's own words for what is left.
    """
    if not held:
        return Cancelled(0)
    queue = require_queue(project.cluster.scheduler)
    count, over, left = 0, list[str](), list[str]()
    for call in _calls(project, held, queue.cancel_argv):
        if call.whole:
            take_mail_back(queue.submission, call.job)
        answer = shell.run(call.argv, timeout=60)
        lines = (answer.err + answer.out).splitlines() if answer.code else []
        said = [line.strip() for line in lines if line.strip() and not re.search(TOOK, line)]
        before = [line for line in said if re.search(queue.over, line)]
        over += before
        if answer.code and (said != before or not said):
            left.append(" ".join(line for line in said if line not in before) or f"it ended with {answer.code}")
        if not answer.code or (said and all(_names_part(call.job, line) for line in said)):
            count += max(0, call.tasks - call.step * len(said))
    if left:
        others = f" {count} other{' was' if count == 1 else 's were'} cancelled." if count else ""
        program = queue.cancel_argv("", ())[0]
        raise RemoteTrackerError(f"{program} refused: {'; '.join(left)}.{others} ./rt status shows what still runs.")
    return Cancelled(count, tuple(over))


def _names_part(job: str, line: str) -> bool:
    """Return whether a scheduler's line is about an element of the job's array: 39[3], 39_3, 39.3 or "39" task "3"."""
    number = re.match(r"\d*", job)
    return re.search(rf'(?<!\w){number and number[0]}(?:\[\d|_\[?\d|\.\d|" task)', line) is not None


def _calls(
    project: Project, held: Sequence[ProjectJob], cancel_argv: Callable[[str, Sequence[int]], list[str]]
) -> Iterator[_Call]:
    """Yield the command for each job that is cancelled whole, then the commands for parts of other jobs."""
    whole = {h.job.id: h for h in held if not h.tasks}
    for job, one in whole.items():
        tasks = sum(len(h.tasks or h.job.tasks or (1,)) for h in held if h.job.id == job)
        yield _Call(tuple(cancel_argv(job, ())), job, tasks, _step_of(project, one), whole=True)
    for h in held:
        if h.tasks and h.job.id not in whole:
            step = _step_of(project, h)
            indices = sorted({(task - 1) // step * step + 1 for task in h.tasks})
            tasks = sum(any(i <= task < i + step for i in indices) for task in h.job.tasks or h.tasks)
            yield _Call(tuple(cancel_argv(h.job.id, indices)), h.job.id, tasks, step)


def _step_of(project: Project, held: ProjectJob) -> int:
    return batches_of(project, held.stage).batch(held.job.batch).per_job
