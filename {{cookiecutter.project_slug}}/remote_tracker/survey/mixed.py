"""Find the units whose results a task was replacing when it ended: old and new may be mixed, and nothing was noted.

Before its first rename a task notes in the work folder what it replaces, a file for each unit; it removes the file when
all of the unit's results are in their place (task/task_publish.sh). Where the result is a single file, the task removes
the folder in which its command started instead, and its own work folder afterwards (task/task_folders.sh).
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from ..model import Project, Stage
from ..model.work_name import STARTED_IN, name_work

_NOTE = r"(?s)stage=(\S+) token=\S+ unit=(.*)\n"  # compiled where there is a note: 0.2 ms of each start
_NAMED = "publish."
_ATTEMPT = r"(.+-[0-9a-f]{10})\..+\.\d+-\d+"  # as task_work.sh names it: name_work, machine, process, when that began


class Mixed:
    """The names of a stage's units whose results are being replaced, or were left half replaced: ``key in mixed``."""

    def __init__(self, project: Project, stage: Stage) -> None:
        root = stage.outputs[0].pattern.root if stage.outputs else ""
        self._stage, self._folder = stage, project.root / (root or stage.folder) / ".work"
        try:
            names = os.listdir(self._folder)
        except OSError:
            names = []
        notes = (re.fullmatch(_NOTE, _load(self._folder / name)) for name in names if name.startswith(_NAMED))
        self._noted = frozenset(note[2] for note in notes if note and note[1] == stage.name)
        self._attempts: dict[str, list[Path]] = {}  # work folders, by name_work
        for name in names if stage.work == "fresh" and stage.starts_in == "own" else ():
            if attempt := re.fullmatch(_ATTEMPT, name):
                self._attempts.setdefault(attempt[1], []).append(self._folder / name)

    def __contains__(self, key: str) -> bool:
        if key in self._noted:
            return True
        return bool(self._attempts) and any(map(_is_torn, self._attempts.get(name_work(self._stage.name, key), ())))

    @property
    def torn(self) -> list[Path]:
        """Return the work folders of the tasks that ended, or still are, where they put a single file in its place."""
        return [path for paths in self._attempts.values() for path in paths if _is_torn(path)]


def _is_torn(attempt: Path) -> bool:
    try:
        names = os.listdir(attempt)
    except OSError:  # it was removed just now
        return False
    return bool(names) and STARTED_IN not in names


def _load(path: os.PathLike[str]) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
            return file.read()
    except OSError:  # it was removed just now
        return ""
