"""What tasks that finished took, and how much they read: from the youngest batches of a stage that ran in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from ..model import Record
from ..named_tuple import NamedTuple
from .batch import Batch
from .sealed import is_maker, load_some_finished

_SEVERAL = re.compile(r"(\d{1,9}) [0-9a-f]{32}")  # of several: their number, then a digest


class Taken(NamedTuple):
    """What a task took that finished."""

    seconds: int
    measure: float  # of its inputs: as measure_inputs returns it
    unit: str = ""
    frames: int | None = None  # what its video's header claims; 0: no number, None: nobody looked


def load_taken(batches: Sequence[Batch], place: str, params: str, most: int) -> list[Taken]:
    """Return what at most ``most`` tasks took in a place, the youngest batches first.

    ``place`` is how the job of a task begins, as "slurm." or "local.host.". Tasks with the parameters ``params`` count;
    where no task had them, all others do. A task that found its result there counts for nothing.
    """
    same: list[Taken] = []
    others: list[Taken] = []
    for batch in reversed(batches):
        for record in _finished_in(batch, most):
            if record.job.startswith(place) and is_maker(record):
                found = same if record.params == params else others
                found.append(Taken(record.seconds, measure_inputs(record.inputs), record.unit))
        if len(same) >= most or (not same and len(others) >= most):
            break
    return (same or others)[:most]


def when_ended(record: Record) -> datetime | None:
    """Return when a task ended, as its record says; None where that is not known."""
    with suppress(ValueError):
        return datetime.strptime(record.at, "%Y-%m-%dT%H:%M:%S%z")
    return None


def _finished_in(batch: Batch, most: int) -> Iterator[Record]:
    if batch.is_note:
        return
    records = load_some_finished(batch.sealed_path, most)
    for record in batch.records() if records is None else records:
        if record.result == "finished":
            yield record


def measure_inputs(mark: str) -> float:
    """Return how much a task reads, by its inputs' fingerprint: the bytes of a file; below 0, the number of files.

    0 where the fingerprint tells neither.
    """
    size, _, time = mark.partition(" ")  # of one file: its size, then its time
    if 0 < len(size) <= 18 and 10 <= len(time) <= 20 and size.isdecimal() and time.isdecimal():
        return float(size)
    several = _SEVERAL.fullmatch(mark)
    return -float(several[1]) if several else 0.0
