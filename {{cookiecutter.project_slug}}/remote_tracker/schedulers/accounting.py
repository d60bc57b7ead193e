"""How tasks ended, as a scheduler's accounting tells: one question asks for all jobs of a batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..model import Cause
from ..model.scheduling import QueueSystem, Used
from ..named_tuple import NamedTuple
from .match import tasks_from

# States of a task that has not ended, or whose end is not told yet. The words are Slurm's, for every scheduler.
GOING = ("PENDING", "RUNNING", "REQUEUED", "SUSPENDED")
LAGGING = (*GOING, "COMPLETING")
# How accounting calls the end of a task whose log tells no end -> the cause, and whether the video is at fault.
ENDED = {
    "OUT_OF_MEMORY": (Cause.OUT_OF_MEMORY, True),
    "TIMEOUT": (Cause.OUT_OF_TIME, True),
    "DEADLINE": (Cause.OUT_OF_TIME, True),
    "NODE_FAIL": (Cause.NODE_FAILED, False),
    "BOOT_FAIL": (Cause.NODE_FAILED, False),
    "PREEMPTED": (Cause.PREEMPTED, False),
    "CANCELLED": (Cause.CANCELLED, False),
}


class Ends(NamedTuple):
    """How a batch's tasks ended, as accounting tells."""

    words: Mapping[int, str] = {}  # a task's number -> its end in Slurm's words (COMPLETED, FAILED, TIMEOUT, ...)
    lags: bool = False  # accounting still calls some tasks running, pending or completing


def find_tasks(row: Used, per_job: int, most: int = 0) -> frozenset[int]:
    """Return the tasks that a row named 12_3 or 12[3] tells of; none for rows of steps (12_3.batch) and of arrays.

    ``per_job`` and ``most`` are as in ``tasks_from``.
    """
    index = re.fullmatch(r"[^_\[]+[_\[](\d{1,9})\]?", row.id)
    return tasks_from([int(index[1])], per_job, most) if index else frozenset()


def find_ends(queue: QueueSystem | None, jobs: Sequence[str], per_job: int) -> Ends:
    """Return how the tasks of these jobs ended; no ends without a queue (``None``) or without jobs.

    Where several jobs ran a task, the job that accounting lists last decides.
    """
    if queue is None or not jobs:
        return Ends()
    return read_ends(queue.accounting_usage(jobs)[0], per_job)


def read_ends(used: Sequence[Used], per_job: int) -> Ends:
    """Return how tasks ended, from rows named 12_3 or 12[3]; rows of steps (12_3.batch) and of arrays do not count.

    ``per_job`` is how many tasks a job runs: a row's state counts for all of them.
    """
    words: dict[int, str] = {}
    lags = False
    for task in used:
        state = task.state
        if found := find_tasks(task, per_job):
            lags = lags or state in LAGGING
            words.update(dict.fromkeys(found, "" if state in LAGGING else state))
    return Ends({number: word for number, word in words.items() if word}, lags)
