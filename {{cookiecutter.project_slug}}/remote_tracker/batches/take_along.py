"""Takes results along to the new names of videos that were moved or renamed, and notes them there.

What is to be moved is noted first. After a kill or on a full disk nothing is lost: the next command goes on.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..disk.moves import identify
from ..errors import RemoteTrackerError
from ..model import Project, Stage, State, Unit
from ..records import batches_of, find_batches
from ..records.notes import MOVING, Move
from ..records.taking import NAMED, Taking, write_taking
from ..scan import Tree
from ..survey import Examined, Survey, examine_stage, find_flying, find_link
from ..survey.archived import unit_without_video
from ..survey.moved import can_be_moved
from ..survey.unit_files import verify_for_another
from .aside import required_alone
from .finish_taking import Along, finish, rename
from .redo import FLYING, plan_redo, redo


def plan_along(project: Project, stage: Stage) -> Along:
    """Return the units of a stage that were moved or renamed; those whose checks would not hold are refused."""
    along, tree = Along(stage), Tree(project.root, project.videos)
    for seen in examine_stage(project, stage, Survey(stage)) if can_be_moved(stage) else ():
        if seen.decision.state is not State.MOVED or not (old := unit_without_video(stage, seen.decision.detail)):
            continue
        if bad := _refuse(project, stage, seen.unit, old, tree):
            along.refused.append((old.key, seen.unit.key, bad))
        else:
            along.pairs.append((old.key, seen.unit.key))
    return along


def _refuse(project: Project, stage: Stage, unit: Unit, old: Unit, tree: Tree) -> str:
    """Return why the results of a unit cannot be taken along, "" where they can."""
    try:
        deque(find_moves(project.root, stage, old.key, unit.key, tree), maxlen=0)
    except ValueError as error:
        return f"{error}: its new name cannot be told"
    return verify_for_another(project, stage, unit, old, tree)


def take_along(project: Project, plan: Along) -> Along:
    """Move the results of the plan's units to their new names, and note them there; returns what came of it.

    Tables that were made from results under old names are moved aside first, as by a redo. Raises RemoteTrackerError,
    with no result moved, where any of the units is queued or running, or another command moves results here.
    """
    stage, place = plan.stage, batches_of(project, plan.stage)
    _require_idle(project, stage, plan.pairs)
    olds = [old for name, _ in plan.pairs if (old := unit_without_video(stage, name))]
    _put_tables_aside(project, stage, olds)
    with required_alone(place.redo):
        taking = _find_taking(project, stage, plan.pairs)
        write_taking(place.redo, taking, MOVING)  # from now on no task of these units starts
        try:
            _require_idle(project, stage, plan.pairs)
        except RemoteTrackerError:
            (place.redo / f"{taking.name}{MOVING}").unlink()
            raise
        return finish(project, stage, place.redo, taking)


def _require_idle(project: Project, stage: Stage, pairs: Sequence[tuple[str, str]]) -> None:
    """Raise RemoteTrackerError where any of the units is queued or running."""
    flying = find_flying(find_batches(project, stage), batches_of(project, stage).redo, project.cluster.scheduler)
    for name in (name for pair in pairs for name in pair):
        if flying.get(name) in FLYING:
            raise RemoteTrackerError(f"{name} is queued or running: wait for it or stop it first. Nothing was moved.")


def _put_tables_aside(project: Project, stage: Stage, olds: Sequence[Unit]) -> None:
    """Move aside what later stages made from groups of results, as a day's table, where a result leaves its name."""
    stages = project.tracker.stages
    for later in stages[stages.index(stage) + 1 :]:
        link = find_link(stage, later) if later.per else None
        keys = {key for old in olds for key in link.above(old)} if link else set()
        if link and keys:
            seen = examine_stage(project, later, Survey(later))
            chosen: list[Examined] = [one for one in seen if keys.intersection(link.below(one.unit))]
            plan = plan_redo(project, later, chosen)
            if plan.moves:
                redo(project, later, plan)


def _find_taking(project: Project, stage: Stage, pairs: Sequence[tuple[str, str]]) -> Taking:
    ran = [batch.number for batch in find_batches(project, stage) if batch.has_run]
    tree = Tree(project.root, project.videos)
    moves = [move for old, new in pairs for move in find_moves(project.root, stage, old, new, tree)]
    name = f"{NAMED}.{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}.{stage.name}"
    return Taking(name, ran[-1] if ran else "", tuple(pairs), tuple(moves))


def find_moves(root: Path, stage: Stage, old: str, new: str, tree: Tree) -> Iterator[Move]:
    """Yield the moves of all results of a unit to its new name, folders before what lies in them.

    Raises ValueError for a result whose new name cannot be told.
    """
    before, after = (_values(stage, name) for name in (old, new))
    found: dict[str, str] = {}
    for output in stage.outputs:
        for path, _ in tree.find(output.pattern, before):
            end = "/" if output.pattern.is_folder else ""
            found[path] = output.pattern.renamed(path + end, before, after).removesuffix(end)
    done: list[Move] = []
    for path in sorted(found):
        if (identity := identify(root / path)) and (now := rename(path, done)) != found[path]:
            done.append(Move(new, now, found[path], identity))
    yield from done


def _values(stage: Stage, name: str) -> dict[str, str]:
    unit = unit_without_video(stage, name)
    return dict(zip(stage.unit_wildcards, unit.values, strict=True)) if unit else {}
