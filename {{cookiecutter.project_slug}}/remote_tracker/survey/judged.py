"""Examine a stage with what a scan would say of its inputs: videos that came since the last scan are judged, too."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Project, Stage, State
from ..scan import Tree
from .examine_stage import examine_stage
from .options import Examined
from .ready_inputs import TO_DO, InputGate
from .stage_survey import Survey

MOST_JUDGED = 100  # new videos: on a slow disk each takes some milliseconds, once


def examine_some_judged(project: Project, stage: Stage, survey: Survey, most: int = 0) -> list[Examined]:
    """Return each unit with the decision on it, as examine_judged, where at most MOST_JUDGED are new.

    Of more new units, the others are to do, and counted in ``survey`` as not looked into; ``most`` is as in
    examine_stage: so many units may be more where that lets all new units be judged.
    """
    if not stage.ready:
        return list(examine_stage(project, stage, survey, most=most))
    gate = InputGate(project, stage)
    found = list(examine_stage(project, stage, survey, most=most and max(most, MOST_JUDGED + 1), gate=gate))
    tree = survey.tree or Tree(project.root, project.videos)
    new = [one.unit for one in found if one.decision.state in TO_DO and not gate.knows(one.unit, tree)]
    survey.unlooked = max(0, len(new) - MOST_JUDGED) + survey.counts[State.UNPROCESSED]
    refused = gate.ask(new[:MOST_JUDGED], tree) if new else {}
    return [seen._replace(decision=refused.get(seen.unit.key, seen.decision)) for seen in found] if refused else found


def examine_judged(project: Project, stage: Stage, survey: Survey) -> list[Examined]:
    """Return each unit of the stage with the decision on it; a unit to do whose inputs are bad is invalid.

    What is judged is remembered, so that it costs nothing the next time.
    """
    return list(each_judged(project, stage, survey))


def each_judged(project: Project, stage: Stage, survey: Survey) -> Iterator[Examined]:
    """Yield what examine_judged returns; the units from the first that is to do on are held in memory, no others."""
    gate, held = InputGate(project, stage), list[Examined]()
    for seen in examine_stage(project, stage, survey, gate=gate):
        if held or seen.decision.state in TO_DO:
            held.append(seen)
        else:
            yield seen
    to_do = [seen.unit for seen in held if seen.decision.state in TO_DO]
    refused = gate.ask(to_do, survey.tree or Tree(project.root, project.videos)) if to_do else {}
    yield from (seen._replace(decision=refused.get(seen.unit.key, seen.decision)) for seen in held) if refused else held
