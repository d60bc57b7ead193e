"""Tell home what the logs of tasks on this side say: each as a screen shows it, of a long log its beginning and end."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..model import Project, Stage
from ..records import find_batches
from ..report.log_text import log_extract
from .answers import Answer

MOST = 32_000_000  # characters of an answer; what is left is asked for again


def tell_logs(project: Project, question: Answer) -> Answer:
    """Return, by stage and by unit, the text of the log of each unit's last run; units without a log are left out.

    ``units`` holds the names of the units that are asked for, by stage. ``left`` holds the units for which the answer
    had no room, as [stage, unit].
    """
    told: dict[str, dict[str, str]] = {}
    left, room = [], MOST
    for stage in project.tracker.stages:
        for name, log in _find_logs(project, stage, set(question["units"].get(stage.name, ()))).items():
            if room <= 0:
                left.append([stage.name, name])
            elif text := _read(log):
                told.setdefault(stage.name, {})[name] = text
                room -= len(text)
    return {"logs": told, "left": left}


def _read(log: Path) -> str:
    try:
        return log_extract(log)
    except OSError:
        return ""


def _find_logs(project: Project, stage: Stage, names: Collection[str]) -> dict[str, Path]:
    """Return the log of the last run of each named unit."""
    found = {}
    for batch in find_batches(project, stage) if names else ():
        for task, name in enumerate(batch.names, 1):
            if name in names and batch.log(task).exists():
                found[name] = batch.log(task)
    return found
