"""Batches that are over: one derived file each, so that history costs nothing, or a word that nothing runs any more."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from .errors import WrongUse
from .files import write_file
from .model import Project, Stage
from .records import SEALED, load_logs, render_sealed
from .schedulers import Queue
from .schedulers.local import is_running_here
from .survey import GONE, find_batches, has_run, is_given_up, is_settling


def seal_batches(project: Project, stage: Stage, queue: Queue) -> None:
    """Write one derived file for each batch that has run and left the queue, so that its history costs nothing."""
    if not queue.alive:
        for root in {o.pattern.root for o in stage.outputs}:
            with suppress(OSError):  # it is not there, or a failed attempt is kept in it
                os.rmdir(project.root / root / ".work")
    for batch in find_batches(project.root / stage.folder, stage.name):
        if (batch / SEALED).exists() or not has_run(batch) or not _is_over(batch, queue):
            continue
        records = load_logs(batch)
        unended = [r for r in records if not r.result]
        if not any(is_running_here(r.host, r.pid) or is_settling(batch, r.task, queue) for r in unended):
            write_file(batch / SEALED, render_sealed(records))


def _is_over(batch: Path, queue: Queue) -> bool:
    return is_given_up(batch) or (queue.asked and batch.name not in queue.alive)


def give_up(folder: Path, number: str) -> None:
    """Note that nothing of a batch runs any more; its tasks will refuse to start. Raises WrongUse where it is none."""
    batch = folder / "batches" / (f"{int(number):04d}" if number.isdecimal() else "none")
    if not (batch / "batch.yml").exists():
        raise WrongUse(f'There is no batch "{number}" in {folder.name}/batches. Nothing was changed.')
    write_file(batch / GONE, "Its tasks will not start any more: ./rt scan --assume-gone\n")
