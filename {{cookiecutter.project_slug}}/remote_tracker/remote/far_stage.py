"""Examine a stage on this side, with what was finished and whose video was archived since."""

from __future__ import annotations

from ..model import Project, Stage, State
from ..survey import Examined, Survey, examine_stage
from ..survey.archived import find_archived


def examine_all_of(project: Project, stage: Stage) -> tuple[list[Examined], list[Examined]]:
    """Return the stage's units, and the units that finished once, whose video is gone and whose results are there.

    The queue is asked now.
    """
    seen = list(examine_stage(project, stage, Survey(stage)))
    finished = sum(one.decision.state is State.FINISHED for one in seen)
    return seen, list(find_archived(project, stage, finished))
