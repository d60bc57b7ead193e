"""Seals batches that are over, in one derived file each, so that reading their history costs nothing.

The user may also note that nothing of a batch runs any more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress

from ..disk.derived import write_derived
from ..disk.files import clear_temporaries, is_old, write_file
from ..errors import WrongUse
from ..model import Project, Stage
from ..model.scheduling import Queue
from ..records import Batch, BatchesFolder, batches_of, find_batches, reconcile, render_contents, render_sealed
from ..records.kept_batches import MANY
from ..schedulers.accounting import find_ends
from ..survey import is_settling, runs_here

LAG_S = 300.0  # how long accounting may lag; a task that it still calls running after that is believed to be over


def seal_batches(project: Project, stage: Stage, queue: Queue, batches: Sequence[Batch] | None = None) -> None:
    """Seal each batch that has run and left the queue: write its records, with the ends that accounting tells.

    A batch is left for a later scan while any of its tasks may still run, or accounting does not know all ends yet.
    ``batches`` holds the batches of the stage, where they were found just before: to list 2,000 of them takes 1 ms.
    """
    scheduler = project.cluster.scheduler
    if not queue.alive:
        for root in {o.pattern.root for o in stage.outputs}:
            with suppress(OSError):  # the folder is not there, or a failed attempt is kept in it
                os.rmdir(project.root / root / ".work")
    found = find_batches(project, stage) if batches is None else batches
    unkept = [batch for batch in found if not batch.kept]
    for batch in unkept:
        if batch.is_sealed:  # a scan that was killed while another sealed it may have left half a file in it
            clear_temporaries(batch.folder)
            continue
        if batch.is_note or not batch.has_run or not _is_over(batch, queue):
            continue
        records = batch.records()
        unended = [r for r in records if not r.result]
        if any(runs_here(batch, r) or is_settling(batch, r.task, queue) for r in unended):
            continue
        if any(r.result != "finished" for r in records):  # accounting is asked only where a task did not finish
            ends = find_ends(scheduler.queue, batch.jobs(scheduler), batch.per_job)
            if ends.lags and not _is_old(batch):
                continue
            records = [reconcile(record, ends.words.get(record.task, "")) for record in records]
        contents = render_contents({r.task: batch.contents.of(r.task) for r in records})
        if write_derived(batch.contents.path, contents):  # a sealed batch has both
            write_derived(batch.sealed_path, render_sealed(records))
        clear_temporaries(batch.folder)
    if len(unkept) >= MANY:
        batches_of(project, stage).keep()


def _is_old(batch: Batch) -> bool:
    """Return whether accounting had enough time (LAG_S) to tell the end of every task of the batch."""
    return time.time() - max(batch.log(task).stat().st_mtime for task in batch.started) > LAG_S


def clear_remains(batches: BatchesFolder) -> None:
    """Remove what killed scans left in a stage's folder: half-written files, and folders that are no batch.

    Nothing reads such a folder: only batch.yml, which is written last, makes it a batch.
    """
    for place in (batches.folder, batches.path, batches.redo):
        clear_temporaries(place)
    with suppress(OSError):
        for batch in batches.find_unkept():
            if not batch.is_listed and not batch.has_run and is_old(batch.folder):
                from shutil import rmtree  # with zlib and its like 3 ms of a scan

                rmtree(batch.folder, ignore_errors=True)


def _is_over(batch: Batch, queue: Queue) -> bool:
    return batch.is_given_up or (queue.asked and batch.number not in queue.alive)


def give_up(batches: BatchesFolder, number: str) -> None:
    """Note that nothing of a batch runs any more; its tasks will refuse to start.

    Raises WrongUse where no batch has the number.
    """
    batch = batches.batch(f"{int(number):04d}" if number.isdecimal() else "none")
    if not batch.is_listed:
        raise WrongUse(f'There is no batch "{number}" in {batches.folder.name}/batches. Nothing was changed.')
    write_file(batch.gone_path, "Its tasks will not start any more: ./rt scan --assume-gone\n")
