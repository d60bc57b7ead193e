"""What a scheduler writes into a task's log when it ends it: words -> cause. Data, and the one look at it.

Slurm's lines were seen on 22.05, with cgroups and without; those of PBS on OpenPBS 23.06.
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
    (r"# signal USR1$", OUT_OF_TIME, True),  # GridEngine's warning (s_rt): its SIGKILL leaves no word
)
# A program's last words where it asked for memory in vain: all there is where a limit of addresses holds (GridEngine).
IN_VAIN = re.compile(r"(?:[\w.]+\.)?_?(?:Array)?MemoryError\b|.*\bstd::bad_alloc\b|.*\bCannot allocate memory$")
_ANY = re.compile("slurmstepd|=>> PBS|# signal USR1")


def find_cause(text: str) -> tuple[str, bool]:
    """Return why the scheduler ended what wrote this log ("": it did not), and whether the video is to blame."""
    if not _ANY.search(text):
        return "", False
    for pattern, cause, counts in CAUSES:
        if re.search(f"^{pattern}", text, re.MULTILINE):
            return cause, counts
    return "", False


def lacked_memory(last_word: str) -> bool:
    """Return whether what a program said last is that there was no memory for it."""
    return IN_VAIN.match(last_word) is not None
