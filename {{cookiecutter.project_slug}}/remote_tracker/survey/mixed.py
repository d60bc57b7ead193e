"""Find the units whose results a task was replacing when it ended: old and new may be mixed.

Before its first rename a task notes in the work folder what it replaces, a file for each unit; it removes the file when
all of the unit's results are in their place (task/task_publish.sh).
"""

from __future__ import annotations

import os
import re

from ..model import Project, Stage

_NOTE = r"(?s)stage=(\S+) token=\S+ unit=(.*)\n"  # compiled where there is a note: 0.2 ms of each start
_NAMED = "publish."


def find_mixed(project: Project, stage: Stage) -> frozenset[str]:
    """Return the names of the stage's units whose results are being replaced, or were left half replaced."""
    root = stage.outputs[0].pattern.root if stage.outputs else ""
    folder = project.root / (root or stage.folder) / ".work"
    try:
        names = [name for name in os.listdir(folder) if name.startswith(_NAMED)]
    except OSError:
        return frozenset()
    notes = (re.fullmatch(_NOTE, _load(folder / name)) for name in names)
    return frozenset(note[2] for note in notes if note and note[1] == stage.name)


def _load(path: os.PathLike[str]) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError:  # it was removed just now
        return ""
