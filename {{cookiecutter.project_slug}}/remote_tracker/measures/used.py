"""Tell what the task of each video used: its record tells the time and the node, accounting the memory.

Accounting is asked once for a batch that is over. What it told is kept in a derived file, which may be deleted any
time; after some weeks most accountings have forgotten.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..disk.derived import write_derived
from ..model import Project
from ..model.scheduling import QueueSystem, Used
from ..named_tuple import NamedTuple
from ..records import Batch, batches_of
from ..schedulers.accounting import GOING, find_tasks
from ..tables.read_videos import result_stage
from ..tables.video_row import VideoRow

MOST_ASKED = 20  # batches, the youngest, that accounting is asked for at a time: each question may take seconds
LAG_S = 600.0  # behind its end a batch is asked for again: accounting lags
Memory = tuple[int, int]  # KiB: held at most, asked for; 0: not told


class TaskUse(NamedTuple):
    """What the task that made a video's result used; None where nobody knows it."""

    seconds: int | None
    memory_kib: int | None  # the most memory that it held
    asked_kib: int | None  # the memory that it asked for
    node: str


@dataclass(frozen=True)
class Uses:
    """What tasks used, by video."""

    by_video: Mapping[str, TaskUse]
    why_not: str = ""  # a line on why accounting told nothing now; "": it was not asked, or answered


def read_uses(project: Project, rows: Sequence[VideoRow]) -> Uses:
    """Return what the tasks of the rows used.

    Memory is not known of tasks that ran without a queue, nor of tasks that shared a job: it is told of the job.
    """
    memory, why_not = _read_memory(project, {row.batch for row in rows if row.batch and row.task})
    return Uses({row.video: _use_of(row, memory.get(row.batch, {})) for row in rows if row.node}, why_not)


def _use_of(row: VideoRow, tasks: Mapping[str, Memory]) -> TaskUse:
    held, asked = tasks.get(str(row.task), (0, 0))
    return TaskUse(row.seconds, held or None, asked or None, row.node)


def _read_memory(project: Project, numbers: set[str]) -> tuple[Mapping[str, Mapping[str, Memory]], str]:
    """Return batch -> task -> its memory, and why accounting does not tell it, as far as it was asked."""
    scheduler, stage = project.cluster.scheduler, result_stage(project)
    if scheduler.queue is None:
        return {}, ""
    folder = batches_of(project, stage)
    path = folder.remembered("used", stage)
    known = _load(path)
    found, settled, why_not = dict[str, Mapping[str, Memory]](known), dict[str, Mapping[str, Memory]](known), ""
    unknown = sorted(numbers - known.keys(), key=lambda number: (len(number), number))[-MOST_ASKED:]
    for batch in map(folder.batch, reversed(unknown)):
        jobs = batch.jobs(scheduler)
        if not jobs:  # another machine's scheduler ran it, or nobody's
            continue
        found[batch.number], why_not = _ask(scheduler.queue, jobs, batch)
        if why_not:
            break
        if _is_over(batch):
            settled[batch.number] = found[batch.number]
    if settled != known:
        write_derived(path, json.dumps(settled))
    return found, why_not


def _ask(queue: QueueSystem, jobs: Sequence[str], batch: Batch) -> tuple[Mapping[str, Memory], str]:
    if batch.per_job > 1:
        return {}, ""
    used, why_not = queue.accounting_usage(jobs)
    return read_memory(used), why_not


def read_memory(used: Iterable[Used]) -> dict[str, Memory]:
    """Return task -> its memory, from rows of accounting; of several runs of a task the last that is over counts."""
    return {
        str(task): (row.memory_kib, row.asked_kib)
        for row in used
        if row.state not in GOING and row.memory_kib
        for task in find_tasks(row, 1)
    }


def _is_over(batch: Batch) -> bool:
    try:
        return batch.is_sealed and time.time() - batch.sealed_path.stat().st_mtime > LAG_S
    except OSError:
        return False


def _load(path: Path) -> dict[str, dict[str, Memory]]:
    """Return what was told before, without what is no number of ours."""
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    batches = told.items() if isinstance(told, dict) else ()
    return {number: {task: (m[0], m[1]) for task, m in tasks.items()} for number, tasks in batches if _is_ours(tasks)}


def _is_ours(tasks: Any) -> bool:
    return isinstance(tasks, dict) and all(
        isinstance(m, list) and len(m) == 2 and all(isinstance(n, int) for n in m) for m in tasks.values()
    )
