"""Find the batches that are over or have halted themselves, and that nobody was told of; say what became of each."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence

from ..model import Project, Record, Stage
from ..model.scheduling import Queue
from ..named_tuple import NamedTuple
from ..records import Batch, find_batches
from ..records.sealed import load_sealed
from ..records.times import when_ended
from ..survey import is_settling, runs_here
from ..survey.failures import own_words, without_names
from ..text.visible import shown
from .told import load_told
from .ways import Message

NEWS_S = 3 * 86400.0  # what ended longer ago is no news
MOST_CAUSES = 3
ENDS = {"finished": "finished", "failed": "failed", "bad": "failed", "cancelled": "cancelled", "": "vanished"}


class News(NamedTuple):
    """A batch that is over or has halted itself, and what people are told of it."""

    batch: Batch
    message: Message


def find_news(project: Project, stage: Stage, queue: Queue) -> Iterator[News]:
    """Yield what became of each batch of this user's that is over or has halted, and that nobody was told.

    ``queue`` is what the queue said just now of the stage's batches. What ended NEWS_S ago is no news any more.
    """
    for batch in find_batches(project, stage):
        if _is_old(batch) or batch.is_note or not _is_ours(batch) or load_told(batch).is_over:
            continue
        records, halt = _load_ended(batch, queue), batch.halt
        if records is None and halt is None:
            continue
        records = batch.records() if records is None else records
        ends = [ended.timestamp() for ended in map(when_ended, records) if ended]
        if records and max(ends, default=time.time()) > time.time() - NEWS_S:
            yield News(batch, describe(project, stage, batch.number, len(batch.names), records, halt))


def _is_old(batch: Batch) -> bool:
    try:
        return batch.sealed_s < time.time() - NEWS_S
    except OSError:
        return False


def _is_ours(batch: Batch) -> bool:
    """Return whether this user listed the batch, and it was run as a list: not a single task of it, by hand."""
    try:
        return batch.folder.stat().st_uid == os.getuid() and (
            batch.owner_path.exists() or batch.submissions_path.exists()
        )
    except OSError:
        return False


def _load_ended(batch: Batch, queue: Queue) -> Sequence[Record] | None:
    """Return the records of a batch that is over, None where any of its tasks may run."""
    if batch.is_sealed:
        return load_sealed(batch.sealed_path)
    if not queue.asked or batch.number in queue.alive:
        return None
    records = batch.records()
    is_living = any(not r.result and (runs_here(batch, r) or is_settling(batch, r.task, queue)) for r in records)
    return None if is_living else records


def describe(
    project: Project, stage: Stage, number: str, tasks: int, records: Sequence[Record], halt: tuple[str, str] | None
) -> Message:
    """Return what people are told of a batch of so many tasks, by the records of the tasks that started. Pure."""
    counts = Counter(ENDS.get(record.result, "failed") for record in records)
    counts["not run"] = tasks - len(records)
    told = ", ".join(f"{counts[word]} {word}" for word in (*dict.fromkeys(ENDS.values()), "not run") if counts[word])
    node, why = halt or ("", "")
    left = counts["not run"] + counts["cancelled"] + counts["vanished"]
    ended = f"halted itself on {node}" if halt else "has ended" if left else "is done"
    subject = f"{project.root.name}: batch {number} ({stage.name}) {ended}: {told}"
    what = stage.counts.removesuffix("s") if tasks == 1 else stage.counts
    lines = [f"Of {tasks} {what}: {told}. On {project.cluster.name} ({os.uname().nodename})."]
    lines += [f"It halted itself because tasks failed alike: {shown(why)}"] if halt else []
    lines += _cause_lines(records)
    bad = counts["failed"] or counts["vanished"] or halt
    lines += ["", f"In {shown(str(project.root))}:  ./rt status{' --failures' if bad else ''}", ""]
    return Message(shown(subject), "\n".join(lines))


def _cause_lines(records: Sequence[Record]) -> Iterator[str]:
    """Yield the causes for which most tasks failed, in the words of the first of each."""
    groups: dict[str, list[Record]] = {}
    for record in records:
        if ENDS.get(record.result, "failed") in ("failed", "vanished"):
            groups.setdefault(without_names(record), []).append(record)
    largest = sorted(groups.values(), key=len, reverse=True)
    for alike in largest[:MOST_CAUSES]:
        yield f"  {len(alike)} x {shown(own_words(alike[0]))}"
    if len(largest) > MOST_CAUSES:
        more = len(largest) - MOST_CAUSES
        yield f"  and {more} more cause{'s' if more > 1 else ''}"
