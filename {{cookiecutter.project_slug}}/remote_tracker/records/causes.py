"""Find in a task's log why the task ended: a scheduler's words, or the program's own last words."""

from __future__ import annotations

import re

from ..model import Cause
from ..schedulers.endings import find_endings
from ..text.long_lines import shorten_lines

# What people read where a scheduler ended a task.
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
# Where a scheduler's line may begin: also right behind a program's progress bar, which ends no line. Behind a blank
# the words are a quotation.
BEGINS = r"(?:^|(?<=\S)|(?<=\r))"
# How a program ended that a signal ended, by the signal's number; a crashed program's last word says more.
SIGNALS = {
    4: "ended by signal 4, as a program that is made for other processors",
    6: "aborted (signal 6)",
    7: "crashed (signal 7)",
    8: "crashed (signal 8)",
    9: "killed (signal 9), often for want of memory",
    11: "crashed (signal 11)",
    15: "ended from outside (signal 15)",
    24: "over its limit of CPU time (signal 24)",
    25: "over its limit of a file's size (signal 25)",
}
CRASHED = (4, 6, 7, 8, 11)
LAST_SIGNAL = 31
# What a shell says of a program that a signal ended, in the user's language: "x.sh: line 3:  1234 Killed   python".
SHELL_SAYS = re.compile(r"[^:]*: \S+ \d+: +\d+ \S")
# A program's last words where it asked for memory in vain. Where GridEngine limits addresses, a log has no other sign.
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")


def find_cause(text: str) -> tuple[Cause | None, bool]:
    """Return why a scheduler ended the task that wrote the text (None: none did), and whether its video is to blame."""
    endings = [*find_endings(text)]
    short = shorten_lines(text) if endings else ""
    for pattern, cause, counts in endings:
        if re.search(BEGINS + f"(?:{pattern})", short, re.MULTILINE):
            return cause, counts
    return None, False


def describe_signal(number: int, last_word: str) -> str:
    """Return how a program ended that a signal ended, with its own ``last_word`` where it crashed; "" for no signal."""
    if not 1 <= number <= LAST_SIGNAL:
        return ""
    said = SIGNALS.get(number, f"ended by signal {number}")
    told = last_word and number in CRASHED and not SHELL_SAYS.match(last_word)
    return f"{said}: {last_word}" if told else said


def lacked_memory(last_word: str) -> bool:
    """Return whether a program's last word is an error by which its language reports a lack of memory."""
    return IN_VAIN.match(last_word) is not None


def names_memory(last_word: str) -> bool:
    """Return whether a program's last word is or ends with "out of memory"; a GPU's memory is another matter."""
    return re.search(r"(?:^|: )out of memory$", last_word) is not None
