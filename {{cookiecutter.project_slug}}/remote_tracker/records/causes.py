"""What a scheduler writes into a task's log when it ends it: its words -> our Cause. Data, and the one look at it.

Slurm's lines were seen on 22.05, with cgroups and without; those of PBS on OpenPBS 23.06. Those of LSF 10.1 are
from its manual and from what its users showed.
"""

from __future__ import annotations

import re

from ..model import Cause

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

# (what the line holds, the cause, whether the video is at fault: else it is just run again)
CAUSES = (
    (r"slurmstepd\S* error: .*oom-kill event", Cause.OUT_OF_MEMORY, True),
    (r"slurmstepd\S* error: .*exceeded memory limit", Cause.OUT_OF_MEMORY, True),
    (r"slurmstepd\S* error: .*DUE TO TIME LIMIT", Cause.OUT_OF_TIME, True),
    (r"slurmstepd\S* error: .*DUE TO NODE FAILURE", Cause.NODE_FAILED, False),
    (r"slurmstepd\S* error: .*DUE TO PREEMPTION", Cause.PREEMPTED, False),
    (r"slurmstepd\S* error: .*DUE TO JOB REQUEUE", Cause.REQUEUED, False),
    (r"slurmstepd\S* error: .*CANCELLED AT", Cause.CANCELLED, False),
    (r"=>> PBS: job killed: walltime", Cause.OUT_OF_TIME, True),
    (r"=>> PBS: job killed: v?mem", Cause.OUT_OF_MEMORY, True),
    (r"=>> PBS: job killed", Cause.OVER_ITS_REQUEST, True),
    (r"TERM_MEMLIMIT: ", Cause.OUT_OF_MEMORY, True),
    (r"TERM_RUNLIMIT: ", Cause.OUT_OF_TIME, True),
    (r"TERM_(CPU|PROCESS|THREAD)LIMIT: |TERM_SWAP: ", Cause.OVER_ITS_REQUEST, True),
    (r"TERM_(PREEMPT|RC_RECLAIM): ", Cause.PREEMPTED, False),
    (r"TERM_REQUEUE_(OWNER|ADMIN|RC): ", Cause.REQUEUED, False),
    (r"TERM_(FORCE_)?(OWNER|ADMIN): |TERM_BUCKET_KILL: ", Cause.CANCELLED, False),
    (r"TERM_(WINDOW|DEADLINE|LOAD): ", Cause.QUEUE_CLOSED, False),
    (r"TERM_(CWD_NOTEXIST|PRE_EXEC_FAIL|ZOMBIE): ", Cause.NODE_FAILED, False),
    (r"# signal USR1$", Cause.OUT_OF_TIME, True),  # GridEngine's warning (s_rt): its SIGKILL leaves no word
)
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
# Where a scheduler's line may begin: a program that shows a bar ends no line before it; behind a blank it is quoted.
BEGINS = r"(?:^|(?<=\S)|(?<=\r))"
# A program's last words where it asked for memory in vain: all there is where a limit of addresses holds (GridEngine).
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")
_ANY = re.compile("slurmstepd|=>> PBS|# signal USR1|^TERM_", re.MULTILINE)
_REPORT = re.compile(r"^(?:-{20,}\n)?Sender: LSF System <", re.MULTILINE)


def find_cause(text: str) -> tuple[Cause | None, bool]:
    """Return why the scheduler ended what wrote this log (None: it did not), and whether the video is to blame."""
    if not _ANY.search(text):
        return None, False
    for pattern, cause, counts in CAUSES:
        if re.search(BEGINS + f"(?:{pattern})", text, re.MULTILINE):
            return cause, counts
    return None, False


def without_report(text: str) -> str:
    """Return what a log holds before the report that LSF writes behind it, of how the job went."""
    return _REPORT.split(text, maxsplit=1)[0]


def lacked_memory(last_word: str) -> bool:
    """Return whether what a program said last is an error that its language has for a lack of memory."""
    return IN_VAIN.match(last_word) is not None


def names_memory(last_word: str) -> bool:
    """Return whether a program's own last word ends with "out of memory"; a GPU's memory is another matter."""
    return re.search(r"(?:^|: )out of memory$", last_word) is not None
