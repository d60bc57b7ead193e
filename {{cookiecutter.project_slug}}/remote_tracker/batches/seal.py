"""Batches that are over: one derived file each, so that history costs nothing, or a word that nothing runs any more."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

from ..errors import WrongUse
from ..files import clear_temporaries, is_old, write_file
from ..model import Project, Stage
from ..model.scheduling import Queue
from ..records import (
    GONE,
    SEALED,
    find_batches,
    find_jobs,
    has_run,
    is_given_up,
    is_sealed,
    known_of,
    load_logs,
    reconcile,
    render_sealed,
)
from ..schedulers.accounting import find_ends
from ..schedulers.local import is_running_here
from ..survey import is_settling

LAG_S = 300.0  # accounting may lag; what it still calls running after that is a ghost


def seal_batches(project: Project, stage: Stage, queue: Queue) -> None:
    """Write one derived file for each batch that has run and left the queue, so that its history costs nothing."""
    scheduler = project.cluster.scheduler
    if not queue.alive:
        for root in {o.pattern.root for o in stage.outputs}:
            with suppress(OSError):  # it is not there, or a failed attempt is kept in it
                os.rmdir(project.root / root / ".work")
    for batch in find_batches(project.root / stage.folder, stage.name):
        if is_sealed(batch / SEALED) or not has_run(batch) or not _is_over(batch, queue):
            continue
        records = load_logs(batch)
        unended = [r for r in records if not r.result]
        if any(is_running_here(r.host, r.pid) or is_settling(batch, r.task, queue) for r in unended):
            continue
        if any(r.result != "finished" for r in records):  # the one question, of those where something went wrong
            known = known_of(batch, scheduler)
            ends = find_ends(scheduler.queue, find_jobs(batch, scheduler), known.per_job)
            if ends.lags and not _is_old(batch):
                continue
            records = [reconcile(record, ends.words.get(record.task, "")) for record in records]
        write_file(batch / SEALED, render_sealed(records))
        clear_temporaries(batch)


def _is_old(batch: Path) -> bool:
    """Return whether accounting had time enough to tell the end of whatever ran here."""
    return time.time() - max(path.stat().st_mtime for path in batch.glob("output.*")) > LAG_S


def clear_remains(folder: Path) -> None:
    """Remove what scans that were killed left below a stage's ``folder``: files half written, lists that are no batch.

    Until then nothing reads them: a list is a batch by its batch.yml, which is written last.
    """
    for place in (folder, folder / "batches", folder / "batches" / "redo"):
        clear_temporaries(place)
    with suppress(OSError):
        for batch in [folder / "batches" / name for name in os.listdir(folder / "batches") if name.isdigit()]:
            if not (batch / "batch.yml").exists() and not has_run(batch) and is_old(batch):
                shutil.rmtree(batch, ignore_errors=True)


def _is_over(batch: Path, queue: Queue) -> bool:
    return is_given_up(batch) or (queue.asked and batch.name not in queue.alive)


def give_up(folder: Path, number: str) -> None:
    """Note that nothing of a batch runs any more; its tasks will refuse to start. Raises WrongUse where it is none."""
    batch = folder / "batches" / (f"{int(number):04d}" if number.isdecimal() else "none")
    if not (batch / "batch.yml").exists():
        raise WrongUse(f'There is no batch "{number}" in {folder.name}/batches. Nothing was changed.')
    write_file(batch / GONE, "Its tasks will not start any more: ./rt scan --assume-gone\n")
