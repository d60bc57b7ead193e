"""The lines that PBS writes into a task's log when it ends the task. Data only.

The lines were seen on OpenPBS 23.06.
"""

from __future__ import annotations

from ...model import Cause
from ...model.scheduling import Ending

ENDINGS = (
    Ending(r"=>> PBS: job killed: walltime", Cause.OUT_OF_TIME, True),
    Ending(r"=>> PBS: job killed: v?mem", Cause.OUT_OF_MEMORY, True),
    Ending(r"=>> PBS: job killed", Cause.OVER_ITS_REQUEST, True),
)
