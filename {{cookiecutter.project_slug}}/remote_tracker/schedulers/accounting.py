"""How tasks ended, as a scheduler's accounting tells it: one question for all jobs of a batch."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..model import Cause
from ..model.scheduling import QueueSystem, Used
from .match import tasks_from

# States of a task, in Slurm's words, into which the others' are put: it has not ended, or how is not told yet.
GOING = ("PENDING", "RUNNING", "REQUEUED", "SUSPENDED")
LAGGING = (*GOING, "COMPLETING")
# What accounting calls the end of a task that left no end itself: the cause, and whether the video is at fault.
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
    """What became of a batch's tasks, in Slurm's words (COMPLETED, FAILED, TIMEOUT, ...); ``lags``: some still go."""

    words: Mapping[int, str] = {}
    lags: bool = False


def find_ends(queue: QueueSystem | None, jobs: Sequence[str], per_job: int) -> Ends:
    """Return how the tasks of these jobs ended, the youngest job's word last; nothing where nobody counts."""
    if queue is None or not jobs:
        return Ends()
    return read_ends(queue.accounting_usage(jobs)[0], per_job)


def read_ends(used: Sequence[Used], per_job: int) -> Ends:
    """Return how these tasks, named 12_3 or 12[3], ended; steps (12_3.batch) and whole arrays do not count."""
    words: dict[int, str] = {}
    lags = False
    for task in used:
        state = task.state
        if index := re.fullmatch(r"[^_\[]+[_\[](\d{1,9})\]?", task.id):
            lags = lags or state in LAGGING
            words.update(dict.fromkeys(tasks_from([int(index[1])], per_job), "" if state in LAGGING else state))
    return Ends({number: word for number, word in words.items() if word}, lags)
