"""Open the project in which a verb was typed."""

from __future__ import annotations

import os
from pathlib import Path

from ..config import load_project
from ..model import Project


def open_project() -> Project:
    """Return the project that the launcher names (RT_PROJECT), or the project around the current folder."""
    return load_project(Path(os.environ.get("RT_PROJECT") or Path.cwd()))
