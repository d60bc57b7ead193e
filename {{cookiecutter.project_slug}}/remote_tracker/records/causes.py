"""Why a task ended, by what its log holds: words of a scheduler, or a program's own last ones."""

from __future__ import annotations

import re

from ..model import Cause
from ..schedulers.endings import find_endings

# What people are told of an end that a scheduler made.
WORDS = {
    Cause.OUT_OF_MEMORY: "out of memory",
    Cause.OUT_OF_TIME: "over its walltime",
    Cause.OVER_ITS_REQUEST: "over what it asked for",
    Cause.NODE_FAILED: "its node failed",
    Cause.PREEMPTED: "it was preempted",
    Cause.REQUEUED: "it was requeued",
    Cause.CANCELLED: "it was cancelled",
    Cause.QUEUE_CLOSED: "its queue closed, or its node was too busy",
}
# Where a scheduler's line may begin: a program that shows a bar ends no line before it; behind a blank it is quoted.
BEGINS = r"(?:^|(?<=\S)|(?<=\r))"
# A program's last words where it asked for memory in vain: all there is where a limit of addresses holds (GridEngine).
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")


def find_cause(text: str) -> tuple[Cause | None, bool]:
    """Return why the scheduler ended what wrote this log (None: it did not), and whether the video is to blame."""
    for pattern, cause, counts in find_endings(text):
        if re.search(BEGINS + f"(?:{pattern})", text, re.MULTILINE):
            return cause, counts
    return None, False


def lacked_memory(last_word: str) -> bool:
    """Return whether what a program said last is an error that its language has for a lack of memory."""
    return IN_VAIN.match(last_word) is not None


def names_memory(last_word: str) -> bool:
    """Return whether a program's own last word ends with "out of memory"; a GPU's memory is another matter."""
    return re.search(r"(?:^|: )out of memory$", last_word) is not None
