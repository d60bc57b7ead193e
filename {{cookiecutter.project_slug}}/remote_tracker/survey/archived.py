"""Find the units that finished once and whose video is no longer here, and tell whether their results are whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Cause, Project, Stage, State, Unit
from ..records import History, is_freed
from ..scan import Tree
from .blind import find_blind
from .decision import Decision
from .in_flight import load_history
from .options import Examined
from .proven import Proven, stat_digest
from .unit_files import verify_deep
from .vouch import places_of_results

ARCHIVED = "archived"  # no video, a whole result
VANISHED = "lost"  # no video and no whole result
FREED = "freed"  # no video and no result, since both lie at home, proven


def find_absent(
    project: Project, stage: Stage, history: History, proven: Proven, here: int
) -> Iterator[tuple[Unit, str]]:
    """Yield each unit that finished once and whose video is gone: ARCHIVED (whole results), FREED, VANISHED (none)."""
    tree = Tree(project.root, project.videos)
    for unit in find_absent_units(project, stage, history, here):
        if _is_whole(project, stage, unit, tree, proven):
            yield unit, ARCHIVED
        else:
            made = history.finished(unit.key)
            yield unit, FREED if made and is_freed(project.root, stage.name, unit.key, made.batch) else VANISHED


def find_archived(project: Project, stage: Stage, here: int) -> Iterator[Examined]:
    """Yield each unit that finished once, whose video is gone and whose results are there, as archived.

    ``here`` is as in :func:`find_absent_units`.
    """
    tree = Tree(project.root, project.videos)
    for unit in find_absent_units(project, stage, load_history(project, stage), here):
        if places_of_results(stage, unit, tree):
            yield Examined(unit, Decision(State.FINISHED, Cause.ARCHIVED))


def find_absent_named(project: Project, stage: Stage, is_meant: Callable[[str], bool]) -> Iterator[Examined]:
    """Yield each unit with a name that is meant and whose video is gone: archived, freed, or gone."""
    tree, history = Tree(project.root, project.videos), load_history(project, stage)
    for unit in find_absent_units(project, stage, history, 0):
        if is_meant(unit.key):
            made, last = places_of_results(stage, unit, tree), history.finished(unit.key)
            whole = bool(made) and not verify_deep(project, stage, unit, tree)
            gone = Decision(State.GONE, Cause.GONE, last.batch if last else "")
            if last and is_freed(project.root, stage.name, unit.key, last.batch):
                gone = Decision(State.FINISHED, Cause.FREED)
            yield Examined(unit, Decision(State.FINISHED, Cause.ARCHIVED) if whole else gone)


def find_absent_units(project: Project, stage: Stage, history: History, here: int) -> Iterator[Unit]:
    """Yield each unit that finished once and whose video is gone; it has no inputs.

    ``here`` is the number of finished units whose videos are there: where the history counts no more than that, the
    disk is not read. Only stages that make a result of each video are asked: with a single input, without ``each`` and
    ``per``, or with an input that gathers the pieces of each video.
    """
    if not _is_by_video(stage) or history.count_successes() <= here:
        return
    names = history.finished_names()
    if len(names) <= here:
        return
    tree = Tree(project.root, project.videos)
    for name in sorted(names):
        path = _path_of(stage, name)
        if tree.stat(path) is not None or tree.is_blind(path):
            continue
        if (unit := unit_without_video(stage, name)) is not None and not find_blind(stage, unit, tree):
            yield unit


def unit_without_video(stage: Stage, name: str) -> Unit | None:
    """Return the unit of this name, without inputs; None where no video of the stage can be called so."""
    values = stage.inputs[0].pattern.match(_path_of(stage, name))
    if values is None:
        return None
    return Unit(name, tuple(values[wildcard] for wildcard in stage.unit_wildcards), ((),) * len(stage.inputs), "", 0)


def _is_by_video(stage: Stage) -> bool:
    """Return whether each unit of the stage is a file of its first input, by which the unit is called."""
    if stage.gathers:
        return set(stage.inputs[0].pattern.wildcards) == set(stage.per)
    return len(stage.inputs) == 1 and not stage.each and not stage.per


def _path_of(stage: Stage, name: str) -> str:
    root = stage.inputs[0].pattern.root
    return f"{root}/{name}" if root else name


def _is_whole(project: Project, stage: Stage, unit: Unit, tree: Tree, proven: Proven) -> bool:
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    made = [[entry for _, entry in tree.find(output.pattern, values)] for output in stage.outputs]
    digest = stat_digest((), [entry for entries in made for entry in entries])
    if not all(made) or (not proven.holds(digest) and verify_deep(project, stage, unit, tree)):
        return False
    proven.add(digest)
    return True
