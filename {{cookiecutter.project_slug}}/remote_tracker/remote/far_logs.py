"""Tell home what the logs of tasks on this side say: each as a screen shows it, of a long log its beginning and end."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from ..model import Project, Stage
from ..records import find_batches
from ..report.log_text import log_extract
from .answers import Answer


def tell_logs(project: Project, question: Answer) -> Answer:
    """Return, by stage and by unit, the text of the log of each unit's last run; units without a log are left out.

    ``units`` holds the names of the units that are asked for, by stage.
    """
    told: dict[str, dict[str, str]] = {}
    for stage in project.tracker.stages:
        for name, log in _find_logs(project, stage, set(question["units"].get(stage.name, ()))).items():
            with suppress(OSError):
                told.setdefault(stage.name, {})[name] = log_extract(log)
    return {"logs": told}


def _find_logs(project: Project, stage: Stage, names: Collection[str]) -> dict[str, Path]:
    """Return the log of the last run of each of these units."""
    found = {}
    for batch in find_batches(project, stage) if names else ():
        for task, name in enumerate(batch.names, 1):
            if name in names and batch.log(task).exists():
                found[name] = batch.log(task)
    return found
