"""Tell what the task of each video used: its record tells the time, the scheduler's accounting the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Project
from ..tables.video_row import VideoRow


@dataclass(frozen=True)
class TaskUse:
    """What the task that made a video's result used; None where nobody knows it."""

    seconds: int | None
    memory_kib: int | None  # the most memory that it held
    asked_kib: int | None  # the memory that it asked for
    node: str


@dataclass(frozen=True)
class Uses:
    """What tasks used, by video, and why their memory is not known where it is not."""

    by_video: Mapping[str, TaskUse]
    why_not: str = ""  # a line; "": it is known, or no scheduler was asked


def read_uses(project: Project, rows: Sequence[VideoRow]) -> Uses:
    """Return what the tasks of the rows used."""
    return Uses({row.video: TaskUse(row.seconds, None, None, row.node) for row in rows})
