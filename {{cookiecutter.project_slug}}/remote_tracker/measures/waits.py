"""Tell how long jobs waited in the queue, from what batches and the records of their tasks know.

A batch's file of submissions is written when a job was sent: its time is the time of the last submission. A record says
when a task ended and how long it took. Both may come from clocks of two machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from ..model import Project, Record, Stage
from ..records import Batch, find_batches
from ..records.sealed import load_sealed
from ..tables.record_time import TIME

MOST = 20  # batches of a step, the youngest, whose records are read
CLOCKS_S = 60.0  # so far two machines' clocks may differ


@dataclass(frozen=True)
class Wait:
    """How long the jobs of a batch waited, from its last submission to the start of their first task."""

    stage: str
    batch: str
    jobs: int  # how many it is known of
    median_s: float
    longest_s: float


def read_waits(project: Project) -> tuple[Wait, ...]:
    """Return a wait for each of the youngest batches it is known of, by step, oldest first.

    The wait holds the time for which a limit on tasks at once kept a job back. Nothing is known of batches that ran
    without a queue, and of files that were copied without their times.
    """
    if project.cluster.scheduler.is_local:
        return ()
    return tuple(wait for stage in project.tracker.stages for wait in _of_stage(project, stage))


def _of_stage(project: Project, stage: Stage) -> Iterator[Wait]:
    kind = f"{project.cluster.scheduler.name}."
    for batch in find_batches(project, stage)[-MOST:]:
        try:
            submitted = batch.submissions_path.stat().st_mtime
            records = load_sealed(batch.sealed_path) if batch.is_sealed else batch.records()
        except (OSError, ValueError):  # never submitted, or taken away just now
            continue
        waits = find_waits(submitted, (record for record in records if record.job.startswith(kind)), batch)
        if waits:
            yield Wait(stage.name, batch.number, len(waits), median(waits), max(waits))


def find_waits(submitted: float, records: Iterable[Record], batch: Batch) -> list[float]:
    """Return the seconds that each job waited which began behind the submission, a time in s since 1970.

    A job of several tasks began with the first of them.
    """
    per_job = batch.per_job
    began: dict[int, float] = {}
    for record in records:
        start = _start(record)
        if start is not None:
            job = (record.task - 1) // per_job
            began[job] = min(start, began.get(job, start))
    return [max(0.0, start - submitted) for start in began.values() if start >= submitted - CLOCKS_S]


def _start(record: Record) -> float | None:
    """Return when a task that ended began, in s since 1970; None where its record does not say it."""
    try:
        return datetime.strptime(record.at, TIME).timestamp() - record.seconds
    except ValueError:
        return None
