"""The lines that show people what the queue holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Stage
from ..model.scheduling import Job, Queue


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


def _job_lines(queue: Queue, name_of: Callable[[Job], str]) -> Iterator[str]:
    counts: dict[tuple[str, str, str, bool], int] = {}
    for job in queue.jobs:
        what = "running" if job.running else f"pending: {job.reason}"
        key = (name_of(job), job.id, what, job.never)
        counts[key] = counts.get(key, 0) + (len(job.tasks) if job.tasks is not None else 1)
    for (name, number, what, never), count in counts.items():
        yield f"  {name}, job {number}: {count} {what}{'  <- needs you' if never else ''}"
