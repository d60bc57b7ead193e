"""Tell home how far everything is on this side: how many units of each stage are in which state."""

from __future__ import annotations

from collections import Counter

from ..model import Project
from ..survey import Survey, examine_stage
from .answers import Answer


def tell_counts(project: Project, question: Answer) -> Answer:
    """Return, by stage, how many units are in which state; the queue is asked once for each stage."""
    counts = {
        stage.name: Counter(one.decision.state.value for one in examine_stage(project, stage, Survey(stage)))
        for stage in project.tracker.stages
    }
    return {"counts": counts}
