"""What PBS writes into a task's log when it ends it. Data only.

Its lines were seen on OpenPBS 23.06.
"""

from __future__ import annotations

from ...model.scheduling import OUT_OF_MEMORY, OUT_OF_TIME, Ending

ENDINGS = (
    Ending(r"=>> PBS: job killed: walltime", OUT_OF_TIME, True),
    Ending(r"=>> PBS: job killed: v?mem", OUT_OF_MEMORY, True),
    Ending(r"=>> PBS: job killed", "over what it asked for", True),
)
