"""The lines that show people what the queue holds."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Stage
from ..model.scheduling import Queue


def queue_lines(stage: Stage, queue: Queue) -> Iterator[str]:
    """Yield the lines on a stage's jobs: for each batch and job, how many tasks run or wait, and why they wait."""
    if not queue.asked:
        yield f"  The queue could not be asked: {queue.why_not}. Whatever has no end counts as running."
    for batch in queue.hidden:
        yield f"  {stage.name}, batch {batch}: another person's; the queue does not show whether it is there"
    counts: dict[tuple[str, str, str, bool], int] = {}
    for job in queue.jobs:
        what = "running" if job.running else f"pending: {job.reason}"
        key = (job.batch, job.id, what, job.never)
        counts[key] = counts.get(key, 0) + (len(job.tasks) if job.tasks is not None else 1)
    for (batch, number, what, never), count in counts.items():
        yield f"  {stage.name}, batch {batch}, job {number}: {count} {what}{'  <- needs you' if never else ''}"
