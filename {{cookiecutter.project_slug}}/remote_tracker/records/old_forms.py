"""Read what batches from before 0.2 left: last lines without a cause, and sealed files with fewer columns.

No other module recognises a sentence of run_task.sh. Batches that were queued before an update still write such lines,
and sealed files hold what the scheduler's accounting has forgotten. This module goes with 0.2.
"""

from __future__ import annotations

import re

from ..model import Cause

# (result, what why= begins with, the cause); the sentences are as they were written then, and never change.
SENTENCES = (
    ("finished", r"finished already, by another batch$", Cause.ALREADY_FINISHED),
    ("cancelled", r"it was stopped$", Cause.STOPPED),
    ("cancelled", r"process \d+ is making this just now$", Cause.BEING_MADE),
    ("cancelled", r"its node failed$", Cause.NODE_FAILED),
    ("cancelled", r"it was preempted$", Cause.PREEMPTED),
    ("cancelled", r"it was requeued$", Cause.REQUEUED),
    ("cancelled", r"it was cancelled$", Cause.CANCELLED),
    ("cancelled", r"its queue closed, or its node was too busy$", Cause.QUEUE_CLOSED),
    ("failed", r"the input is missing or may not be read: ", Cause.INPUT_MISSING),
    ("failed", r"the input cannot be started with: not ready: ", Cause.INPUT_NOT_READY),
    ("failed", r"the input cannot be started with: ", Cause.INPUT_REFUSED),
    ("failed", r"(?:.*: )?out of memory$", Cause.OUT_OF_MEMORY),
    ("failed", r"over its walltime$", Cause.OUT_OF_TIME),
    ("failed", r"over what it asked for$", Cause.OVER_ITS_REQUEST),
)
# The columns of a sealed file, without ``at``, without ``activate``, and without ``cause``.
FIELDS = (
    "result, task, inputs, params, version, exit, program, seconds, host, job, ended, cause, activate, why, name",
    "result, task, inputs, params, version, exit, program, seconds, host, job, ended, cause, why, name",
    "result, task, inputs, params, version, exit, program, seconds, host, job, ended, why, name",
)


def find_old_cause(result: str, why: str) -> Cause | None:
    """Return the cause that ``why`` tells in words, for a last line that names no cause; None where we know none."""
    for ended, sentence, cause in SENTENCES if why else ():
        if result == ended and re.match(sentence, why):
            return cause
    return None
