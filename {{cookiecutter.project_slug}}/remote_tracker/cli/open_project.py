"""Open the project in which a verb was typed."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..config import load_project
from ..errors import RemoteTrackerError
from ..model import Project

# In the environment of a verb that was typed at home: version and name there, and what this place is called there.
HOME_IS = "RT_HOME_IS"


def open_project() -> Project:
    """Return the project that the launcher names (RT_PROJECT), or the project around the current folder.

    Raises RemoteTrackerError where the verb was typed at home in another project, or in another version.
    """
    project = load_project(Path(os.environ.get("RT_PROJECT") or Path.cwd()))
    if told := os.environ.pop(HOME_IS, ""):
        from ..remote.answers import find_stranger  # 1 ms of each verb

        if why := find_stranger(project, json.loads(told)):
            raise RemoteTrackerError(f"{json.loads(told)['place']}: {why}")
    return project
