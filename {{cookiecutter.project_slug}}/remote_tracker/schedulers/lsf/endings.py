"""What LSF writes into a task's log when it ends it, and of how a job went. Data only.

The lines are from the manual of LSF 10.1 and from what its users showed.
"""

from __future__ import annotations

from ...model.scheduling import OUT_OF_MEMORY, OUT_OF_TIME, Ending

ENDINGS = (
    Ending(r"TERM_MEMLIMIT: ", OUT_OF_MEMORY, True),
    Ending(r"TERM_RUNLIMIT: ", OUT_OF_TIME, True),
    Ending(r"TERM_(CPU|PROCESS|THREAD)LIMIT: |TERM_SWAP: ", "over what it asked for", True),
    Ending(r"TERM_(PREEMPT|RC_RECLAIM): ", "it was preempted", False),
    Ending(r"TERM_REQUEUE_(OWNER|ADMIN|RC): ", "it was requeued", False),
    Ending(r"TERM_(FORCE_)?(OWNER|ADMIN): |TERM_BUCKET_KILL: ", "it was cancelled", False),
    Ending(r"TERM_(WINDOW|DEADLINE|LOAD): ", "its queue closed, or its node was too busy", False),
    Ending(r"TERM_(CWD_NOTEXIST|PRE_EXEC_FAIL|ZOMBIE): ", "its node failed", False),
)
REPORT = r"^(?:-{20,}\n)?Sender: LSF System <"  # how what LSF writes behind a log begins
