"""The line in a task's log that shows that GridEngine ended the task. Data only."""

from __future__ import annotations

from ...model import Cause
from ...model.scheduling import Ending

ENDINGS = (
    Ending(r"# signal USR1$", Cause.OUT_OF_TIME, True),  # the warning (s_rt): the SIGKILL that follows leaves no word
)
