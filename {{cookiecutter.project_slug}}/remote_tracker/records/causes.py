"""What a scheduler writes into a task's log when it ends it: words -> cause. Data, and the one look at it.

Slurm's lines were seen on 22.05, with cgroups and without; those of PBS on OpenPBS 23.06. Those of LSF 10.1 are
from its manual and from what its users showed.
"""

from __future__ import annotations

import re

OUT_OF_MEMORY = "out of memory"
OUT_OF_TIME = "over its walltime"

# (what the line holds, the cause, whether the video is at fault: else it is just run again)
CAUSES = (
    (r"slurmstepd\S* error: .*oom-kill event", OUT_OF_MEMORY, True),
    (r"slurmstepd\S* error: .*exceeded memory limit", OUT_OF_MEMORY, True),
    (r"slurmstepd\S* error: .*DUE TO TIME LIMIT", OUT_OF_TIME, True),
    (r"slurmstepd\S* error: .*DUE TO NODE FAILURE", "its node failed", False),
    (r"slurmstepd\S* error: .*DUE TO PREEMPTION", "it was preempted", False),
    (r"slurmstepd\S* error: .*DUE TO JOB REQUEUE", "it was requeued", False),
    (r"slurmstepd\S* error: .*CANCELLED AT", "it was cancelled", False),
    (r"=>> PBS: job killed: walltime", OUT_OF_TIME, True),
    (r"=>> PBS: job killed: v?mem", OUT_OF_MEMORY, True),
    (r"=>> PBS: job killed", "over what it asked for", True),
    (r"TERM_MEMLIMIT: ", OUT_OF_MEMORY, True),
    (r"TERM_RUNLIMIT: ", OUT_OF_TIME, True),
    (r"TERM_(CPU|PROCESS|THREAD)LIMIT: |TERM_SWAP: ", "over what it asked for", True),
    (r"TERM_(PREEMPT|RC_RECLAIM): ", "it was preempted", False),
    (r"TERM_REQUEUE_(OWNER|ADMIN|RC): ", "it was requeued", False),
    (r"TERM_(FORCE_)?(OWNER|ADMIN): |TERM_BUCKET_KILL: ", "it was cancelled", False),
    (r"TERM_(WINDOW|DEADLINE|LOAD): ", "its queue closed, or its node was too busy", False),
    (r"TERM_(CWD_NOTEXIST|PRE_EXEC_FAIL|ZOMBIE): ", "its node failed", False),
    (r"# signal USR1$", OUT_OF_TIME, True),  # GridEngine's warning (s_rt): its SIGKILL leaves no word
)
# What accounting calls the end of a task that left no end itself: the cause, and whether the video is at fault.
ENDED = {
    "OUT_OF_MEMORY": (OUT_OF_MEMORY, True),
    "TIMEOUT": (OUT_OF_TIME, True),
    "DEADLINE": (OUT_OF_TIME, True),
    "NODE_FAIL": ("its node failed", False),
    "BOOT_FAIL": ("its node failed", False),
    "PREEMPTED": ("it was preempted", False),
    "CANCELLED": ("it was cancelled", False),
}
# Where a scheduler's line may begin: a program that shows a bar ends no line before it; behind a blank it is quoted.
BEGINS = r"(?:^|(?<=\S)|(?<=\r))"
# A program's last words where it asked for memory in vain: all there is where a limit of addresses holds (GridEngine).
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")
_ANY = re.compile("slurmstepd|=>> PBS|# signal USR1|^TERM_", re.MULTILINE)
_REPORT = re.compile(r"^(?:-{20,}\n)?Sender: LSF System <", re.MULTILINE)


def find_cause(text: str) -> tuple[str, bool]:
    """Return why the scheduler ended what wrote this log ("": it did not), and whether the video is to blame."""
    if not _ANY.search(text):
        return "", False
    for pattern, cause, counts in CAUSES:
        if re.search(BEGINS + f"(?:{pattern})", text, re.MULTILINE):
            return cause, counts
    return "", False


def without_report(text: str) -> str:
    """Return what a log holds before the report that LSF writes behind it, of how the job went."""
    return _REPORT.split(text, maxsplit=1)[0]


def lacked_memory(last_word: str) -> bool:
    """Return whether what a program said last is that there was no memory for it."""
    return IN_VAIN.match(last_word) is not None
