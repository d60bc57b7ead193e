"""Shortens the logs of finished tasks to the lines that prove the result: what the program printed goes.

The lines that run_task.sh wrote stay, and the log's time: a scan reads the same record from them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ..disk.files import write_file
from ..records import Batch, load_last_run, load_record, load_sealed, read_record
from ..records.contents import load_entries, read_entries

REMOVED = "# what the program printed was removed: ./rt clean\n"
_OWN = re.compile(r"^# .*\n|# (?:content|end) .*\n")  # the last may stand behind what a program printed
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
    now, words = log.stat(), (log.parent.name, int(log.suffix[1:]))
    same = (now.st_size, now.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    if same and load_record(short, *words) == load_record(log, *words) and load_entries(short) == load_entries(log):
        os.replace(short, log)
    else:
        short.unlink()


def _shortened(log: Path, batch: str, task: int) -> bytes | None:
    """Return a log's last run without what the program printed; None where that would prove less."""
    start, *rest = [f"{line}\n" for line in load_last_run(log).split("\n")]
    own = [found.group() for line in rest if line != REMOVED and (found := _OWN.search(line))]
    text = "".join([start, REMOVED, *own])
    raw = text.encode("utf-8", "surrogateescape")
    if read_record(text, batch, task) != load_record(log, batch, task) or read_entries(raw) != load_entries(log):
        return None
    return raw
