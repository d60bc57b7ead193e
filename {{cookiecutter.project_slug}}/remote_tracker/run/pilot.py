"""The pilot: a task of median size runs first, to show what all tasks will take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

from ..batches.submit import has_left
from ..batches.wait import wait_for_job, wait_until
from ..config.signatures import load_signatures
from ..errors import RemoteTrackerError
from ..model import Project, Record, Stage
from ..model.scheduling import Used
from ..records import Batch
from ..scan import Tree
from ..schedulers import require_queue
from ..survey import Examined, files_of
from .local_runner import run_batch

ACCOUNTING_S = 1.0  # between questions to accounting
SETTLE_S = 20.0  # how long to wait for accounting, which lags


@dataclass(frozen=True)
class Piloted:
    """What the pilot took."""

    record: Record
    input_bytes: int
    output_bytes: int
    used: Used | None  # its memory among others; None where accounting does not tell


def size_of(project: Project, seen: Examined) -> int:
    """Return the size in bytes of the files and folders that a task reads."""
    tree = Tree(project.root, project.videos)
    return sum(_bytes_of(tree.place(path)) for files in seen.unit.inputs for path in files)


def _bytes_of(place: str) -> int:
    path = Path(place)
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
        return path.stat().st_size
    except OSError:
        return 0


def choose_median(project: Project, listed: Sequence[Examined]) -> Examined:
    """Return the unit whose input has the median size."""
    return sorted(listed, key=lambda seen: size_of(project, seen))[(len(listed) - 1) // 2]


def wait_for(project: Project, batch: Batch) -> Record:
    """Wait until the batch's first task has ended, and return its record; the queue is asked only once a minute.

    Raises RemoteTrackerError where the task left the queue without an end, NeverRuns where it will never run.
    """
    scheduler = project.cluster.scheduler
    record = wait_for_job(
        lambda: batch.record(1),
        lambda record: bool(record and record.result),
        lambda: has_left(batch.ref(scheduler), scheduler),
    )
    if record and record.result:
        return record
    why = record.why if record else "it never started"
    raise RemoteTrackerError(f"The pilot left the queue without an end ({why}). Look: {batch.log(1)}")


def run_here(project: Project, stage: Stage, seen: Examined, batch: Batch) -> Piloted | Record | None:
    """Run the batch's only task on this machine; return what it took, its record where it did not finish, else None.

    Its memory is the memory of its largest program.
    """
    run_batch(batch, 1, 1, lambda _: None, partial(load_signatures, project.root))
    record = batch.record(1)
    if record is None or record.result != "finished":
        return record
    used = Used("1", "COMPLETED", memory_kib=getrusage(RUSAGE_CHILDREN).ru_maxrss)
    return Piloted(record, size_of(project, seen), _written_by(project, stage, seen), used)


def look_at(project: Project, stage: Stage, seen: Examined, record: Record, job: str) -> Piloted:
    """Return what the pilot took, waiting a little for the scheduler's accounting."""
    written = _written_by(project, stage, seen)
    return Piloted(record, size_of(project, seen), written, _wait_for_usage(project, job))


def _written_by(project: Project, stage: Stage, seen: Examined) -> int:
    tree = Tree(project.root, project.videos)
    made = files_of(project.root, stage, seen.unit, tree).outputs
    return sum(_bytes_of(tree.place(path)) for paths in made.values() for path in paths)


def _wait_for_usage(project: Project, job: str) -> Used | None:
    queue = require_queue(project.cluster.scheduler)
    used, _ = wait_until(
        lambda: queue.accounting_usage([job]),
        lambda told: bool(told[1]) or any(u.memory_kib for u in told[0]),
        ACCOUNTING_S,
        SETTLE_S,
    )
    return max((u for u in used if u.memory_kib), key=lambda u: u.memory_kib, default=None)


def forecast(piloted: Piloted, sizes: Sequence[int], throttle: int) -> list[str]:
    """Return lines that tell what the pilot took and what all tasks will take. Pure.

    ``sizes`` are the tasks' inputs in bytes: time and results are taken to grow with the input.
    """
    seconds = max(piloted.record.seconds, 1)
    scale = sum(sizes) / piloted.input_bytes if piloted.input_bytes else float(len(sizes))
    memory = f"{piloted.used.memory_kib / 1024:,.0f} MB of memory" if piloted.used else "memory not told"
    lines = [f"The pilot ({piloted.record.unit}) took {seconds} s, {memory}, wrote {_megabytes(piloted.output_bytes)}."]
    total = seconds * scale
    which = f"All {len(sizes)}" if len(sizes) != 1 else "It alone"
    lines.append(f"{which}: about {_hours(total)} of one task's time, {_megabytes(piloted.output_bytes * scale)}.")
    at_once = throttle or min(20, len(sizes))
    return [*lines, f"With {at_once} at once: about {_hours(total / min(at_once, len(sizes) or 1))}."]


def _megabytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e9 else f"{count / 1e6:,.1f} MB"


def _hours(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
