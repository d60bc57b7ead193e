"""What Slurm writes into a task's log when it ends it. Data only.

Its lines were seen on 22.05, with cgroups and without.
"""

from __future__ import annotations

from ...model.scheduling import OUT_OF_MEMORY, OUT_OF_TIME, Ending

ENDINGS = (
    Ending(r"slurmstepd\S* error: .*oom-kill event", OUT_OF_MEMORY, True),
    Ending(r"slurmstepd\S* error: .*exceeded memory limit", OUT_OF_MEMORY, True),
    Ending(r"slurmstepd\S* error: .*DUE TO TIME LIMIT", OUT_OF_TIME, True),
    Ending(r"slurmstepd\S* error: .*DUE TO NODE FAILURE", "its node failed", False),
    Ending(r"slurmstepd\S* error: .*DUE TO PREEMPTION", "it was preempted", False),
    Ending(r"slurmstepd\S* error: .*DUE TO JOB REQUEUE", "it was requeued", False),
    Ending(r"slurmstepd\S* error: .*CANCELLED AT", "it was cancelled", False),
)
