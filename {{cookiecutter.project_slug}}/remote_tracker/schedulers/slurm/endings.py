"""The lines that Slurm writes into a task's log when it ends the task. Data only.

The lines were seen on Slurm 22.05, with cgroups and without.
"""

from __future__ import annotations

from ...model import Cause
from ...model.scheduling import Ending

ENDINGS = (
    Ending(r"slurmstepd\S* error: .*oom-kill event", Cause.OUT_OF_MEMORY, True),
    Ending(r"slurmstepd\S* error: .*exceeded memory limit", Cause.OUT_OF_MEMORY, True),
    Ending(r"slurmstepd\S* error: .*DUE TO TIME LIMIT", Cause.OUT_OF_TIME, True),
    Ending(r"slurmstepd\S* error: .*DUE TO NODE FAILURE", Cause.NODE_FAILED, False),
    Ending(r"slurmstepd\S* error: .*DUE TO PREEMPTION", Cause.PREEMPTED, False),
    Ending(r"slurmstepd\S* error: .*DUE TO JOB REQUEUE", Cause.REQUEUED, False),
    Ending(r"slurmstepd\S* error: .*CANCELLED AT", Cause.CANCELLED, False),
)
