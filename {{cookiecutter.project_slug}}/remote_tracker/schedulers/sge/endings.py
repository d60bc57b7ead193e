"""What a task's log holds when GridEngine ends it. Data only."""

from __future__ import annotations

from ...model import Cause
from ...model.scheduling import Ending

ENDINGS = (
    Ending(r"# signal USR1$", Cause.OUT_OF_TIME, True),  # its warning (s_rt): its SIGKILL leaves no word
)
