"""Shortens the logs of finished tasks to the lines that prove the result: what the program printed goes.

The lines that run_task.sh wrote stay, and the log's time: a scan reads the same record from them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..files import write_file
from ..records import Batch, load_last_run, load_record, load_sealed, read_record

REMOVED = "# what the program printed was removed: ./rt clean\n"
SHORT = 4096  # a shorter log is left as it is


def find_long(batches: Iterable[Batch]) -> Iterator[tuple[Path, int]]:
    """Yield the logs that can be shortened, each with the bytes that are freed, of batches that are over and sealed.

    Where a job takes several tasks, the scheduler speaks of all of them in one task's log: such a batch is left alone
    unless all its tasks finished.
    """
    for batch in batches:
        if not batch.is_sealed:
            continue
        records = load_sealed(batch.sealed_path)
        if batch.per_job > 1 and any(record.result != "finished" for record in records):
            continue
        for record in records:
            log = batch.log(record.task)
            if record.result == "finished" and log.exists() and log.stat().st_size > SHORT:
                text = _shortened(log, batch.number, record.task)
                if text is not None and len(text) < log.stat().st_size:
                    yield log, log.stat().st_size - len(text)


def shorten(log: Path) -> None:
    """Shorten a log, unless a task began to write there meanwhile; raises as write_file does."""
    before = log.stat()
    text = _shortened(log, log.parent.name, int(log.suffix[1:]))
    if text is None:
        return
    short = log.with_name(f".{log.name}.short")
    write_file(short, text, mode=before.st_mode & 0o777)
    os.utime(short, ns=(before.st_atime_ns, before.st_mtime_ns))
    now = log.stat()
    if (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns):
        os.replace(short, log)
    else:
        short.unlink()


def _shortened(log: Path, batch: str, task: int) -> bytes | None:
    """Return a log's last run without what the program printed; None where another record would be read from it."""
    lines = load_last_run(log).split("\n")
    own = [f"{line}\n" for line in lines if line.startswith("# ") and f"{line}\n" != REMOVED]
    text = "".join([*own[:-1], REMOVED, *own[-1:]])
    if len(text) > SHORT or read_record(text, batch, task) != load_record(log, batch, task):
        return None
    return text.encode("utf-8", "surrogateescape")
