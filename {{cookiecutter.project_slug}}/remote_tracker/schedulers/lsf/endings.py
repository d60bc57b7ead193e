"""The lines that LSF writes into a task's log when it ends the task, and its report on the job. Data only.

The lines are from the manual of LSF 10.1 and from logs that its users published.
"""

from __future__ import annotations

from ...model import Cause
from ...model.scheduling import Ending

ENDINGS = (
    Ending(r"TERM_MEMLIMIT: ", Cause.OUT_OF_MEMORY, True),
    Ending(r"TERM_RUNLIMIT: ", Cause.OUT_OF_TIME, True),
    Ending(r"TERM_(CPU|PROCESS|THREAD)LIMIT: |TERM_SWAP: ", Cause.OVER_ITS_REQUEST, True),
    Ending(r"TERM_(PREEMPT|RC_RECLAIM): ", Cause.PREEMPTED, False),
    Ending(r"TERM_REQUEUE_(OWNER|ADMIN|RC): ", Cause.REQUEUED, False),
    Ending(r"TERM_(FORCE_)?(OWNER|ADMIN): |TERM_BUCKET_KILL: ", Cause.CANCELLED, False),
    Ending(r"TERM_(WINDOW|DEADLINE|LOAD): ", Cause.QUEUE_CLOSED, False),
    Ending(r"TERM_(CWD_NOTEXIST|PRE_EXEC_FAIL|ZOMBIE): ", Cause.NODE_FAILED, False),
)
REPORT = r"^(?:-{20,}\n)?Sender: LSF System <"  # the beginning of the report that LSF writes behind a log
