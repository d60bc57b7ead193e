"""Bring the logs of tasks home with the results that they made, so that ./rt logs shows them without the cluster."""

from __future__ import annotations

from collections.abc import Sequence

from ..disk.derived import write_derived
from ..errors import RemoteTrackerError
from ..model import Project
from ..records import Batch
from ..records.brought import brought_log
from .ask import ask

AT_ONCE = 200  # logs in an answer: 13 MB at most


def bring_logs(project: Project, batches: Sequence[Batch]) -> None:
    """Ask for the logs of the tasks whose results the batches note, and keep each log beside its batch's notes.

    A log that cannot be had is left out: ./rt logs then says how to see it there.
    """
    wanted = [(batch, task, name) for batch in batches for task, name in enumerate(batch.names, 1)]
    for first in range(0, len(wanted), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        units: dict[str, list[str]] = {}
        for batch, _, name in part:
            units.setdefault(batch.stage, []).append(name)
        try:
            told = ask(project, "logs", {"units": units})["logs"]
        except RemoteTrackerError:
            return
        for batch, task, name in part:
            if text := told.get(batch.stage, {}).get(name):
                write_derived(brought_log(batch, task), text)
