"""Taking results along as people type it: say which videos were moved, ask, take along, say what came of it."""

from __future__ import annotations

from ..batches.finish_taking import Along, finish_taking
from ..batches.take_along import plan_along, take_along
from ..errors import RemoteTrackerError
from ..model import Project
from ..report.next_step import next_text
from ..report.situation import look_around
from ..report.standing import Did
from ..report.taken import along_data, done_lines, plan_lines
from .redo import Talk


def moved(project: Project, talk: Talk) -> int:
    """Take the results of moved and renamed videos along, stage by stage; returns 1 where something was left.

    It asks once, for the first stage; what later stages made of the same videos follows.
    """
    found, agreed = finish_taking(project), False
    for along in found:
        talk.tell(done_lines(project, along))
    for stage in project.tracker.stages:
        plan = plan_along(project, stage)
        if plan.pairs and not agreed:
            talk.tell(plan_lines(plan))
            if not talk.agrees("Take their results along?", f"{len(plan.pairs)} moved or renamed."):
                talk.tell(["Nothing was moved."])
                talk.give(along_data(found))
                return 1
            if talk.ask and plan_along(project, stage).pairs != plan.pairs:
                what = f"The {stage.counts} have changed since"
                raise RemoteTrackerError(f"{what}: type it again. Nothing was moved.")
            agreed = True
        done = take_along(project, plan) if plan.pairs else Along(stage)
        done.refused += plan.refused
        talk.tell(done_lines(project, done))
        found.append(done)
    talk.give(along_data(found))
    if not any(one.pairs or one.refused or one.stuck for one in found):
        unit = project.tracker.sources.removesuffix("s")
        talk.tell([f"No {unit} was moved or renamed whose results could be taken along."])
    if not talk.as_json:
        talk.tell([f"Next:  {next_text(project, look_around(project, Did.TOOK_ALONG))}"])
    return 1 if any(one.refused or one.stuck for one in found) else 0
