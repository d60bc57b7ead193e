"""The lines that show people what the queue holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Project, Stage
from ..model.scheduling import Job, Queue
from .next_step import rt_line


def queue_lines(stage: Stage, queue: Queue) -> Iterator[str]:
    """Yield the lines on a stage's jobs: for each batch and job, how many tasks run or wait, and why they wait."""
    if not queue.asked:
        yield f"  The queue could not be asked: {queue.why_not}. Whatever has no end counts as running."
    for batch in queue.hidden:
        yield f"  {stage.name}, batch {batch}: another person's; the queue does not show whether it is there"
    yield from _job_lines(queue, lambda job: f"{stage.name}, batch {job.batch}")


def look_lines(stage: Stage, queue: Queue) -> Iterator[str]:
    """Yield the lines on jobs that ./rt doctor sent to look around on a node."""
    yield from _job_lines(queue, lambda _: f"{stage.name}, ./rt doctor --on-node")


def jobs_that_never_start(queue: Queue) -> list[Job]:
    """Return the jobs that wait for what will not come by itself."""
    return [job for job in queue.jobs if job.never and not job.running]


def never_lines(project: Project, queue: Queue) -> Iterator[str]:
    """Yield lines on each job of the queue that cannot start by itself: what it holds is never listed again."""
    for job in {job.id: job for job in jobs_that_never_start(queue)}.values():
        held = f"Job {job.id} (batch {job.batch}) does not start by itself, and what it holds is not listed"
        yield f"{held}: {job.reason}."
        yield f"To have that listed again:  {rt_line(project, f'cancel {job.batch}')}   then scan."


def _job_lines(queue: Queue, name_of: Callable[[Job], str]) -> Iterator[str]:
    counts: dict[tuple[str, str, str, bool], int] = {}
    for job in queue.jobs:
        what = "running" if job.running else f"pending: {job.reason}"
        key = (name_of(job), job.id, what, job.never)
        counts[key] = counts.get(key, 0) + (len(job.tasks) if job.tasks is not None else 1)
    for (name, number, what, never), count in counts.items():
        yield f"  {name}, job {number}: {count} {what}{'  <- needs you' if never else ''}"
