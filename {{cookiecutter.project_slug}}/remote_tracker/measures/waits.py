"""Tell how long jobs waited in the queue, from what batches and the records of their tasks know."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Project


@dataclass(frozen=True)
class Wait:
    """How long the jobs of a batch waited, from its submission to the start of their first task."""

    stage: str
    batch: str
    jobs: int  # of which it is known
    median_s: float
    longest_s: float


def read_waits(project: Project) -> tuple[Wait, ...]:
    """Return a wait for each batch of which it is known, by stage, oldest first."""
    return ()
