"""Bring the logs of tasks home with the results that they made, so that ./rt logs shows them without the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import RemoteTrackerError
from ..model import Project
from ..records import Batch
from ..records.brought import brought_log
from .ask import ask


def bring_logs(project: Project, batches: Sequence[Batch]) -> None:
    """Ask for the logs of the tasks whose results the batches note, and keep each log beside its batch's notes.

    A log that cannot be had is left out: ./rt logs then says how to see it there.
    """
    places = {(batch.stage, name): brought_log(batch, i) for batch in batches for i, name in enumerate(batch.names, 1)}
    while places:
        units: dict[str, list[str]] = {}
        for stage, name in places:
            units.setdefault(stage, []).append(name)
        try:
            answer = ask(project, "logs", {"units": units})
        except RemoteTrackerError:
            return
        for stage, found in answer["logs"].items():
            for name, text in found.items():
                if place := places.get((stage, name)):
                    _keep(place, text)
        left = {(stage, name) for stage, name in answer["left"]}
        places = {key: place for key, place in places.items() if key in left} if len(left) < len(places) else {}


def _keep(place: Path, text: str) -> None:
    """Write a log, at once: it is only a copy; where there is no room for it nothing half stays."""
    try:
        place.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        with suppress(OSError):
            place.unlink()
