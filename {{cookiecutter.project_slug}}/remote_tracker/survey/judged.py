"""Examine a stage with what a scan would say of its inputs: videos that came since the last scan are judged, too."""

from __future__ import annotations

from ..model import Project, Stage
from ..scan import Tree
from .examine_stage import examine_stage
from .options import Examined
from .ready_inputs import TO_DO, InputGate
from .stage_survey import Survey


def examine_judged(project: Project, stage: Stage, survey: Survey) -> list[Examined]:
    """Return each unit of the stage with the decision on it; a unit to do whose inputs are bad is invalid.

    What is judged is remembered, so that it costs nothing the next time.
    """
    gate = InputGate(project, stage)
    found = list(examine_stage(project, stage, survey, gate=gate))
    to_do = [seen.unit for seen in found if seen.decision.state in TO_DO]
    refused = gate.ask(to_do, survey.tree or Tree(project.root, project.videos)) if to_do else {}
    return [seen._replace(decision=refused.get(seen.unit.key, seen.decision)) for seen in found] if refused else found
