"""Find the videos, days and logs that a person's words mean."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote

from ..errors import WrongUse, unknown_word
from ..model import Project, Record, Stage
from ..named_tuple import NamedTuple
from ..records import Batch, find_batches, load_finished
from ..records.brought import brought_log
from ..scan import VIDEOS, Kind, Tree, Unread, is_folder, walk_all
from ..text.visible import shown
from . import Examined, Survey, examine_stage
from .archived import find_absent_named
from .by_path import find_by_path
from .decision import Decision
from .near import find_near
from .states import word_of
from .typed_names import as_key, choose_keys, composed, names_alike, without_values

DecisionKind = Callable[[Decision], bool]
MOST_NAMED = 5  # units, where a name means several
MOST_COMPARED = 4000  # names that a mistyped name is compared with: half a second


class NotRead(WrongUse):
    """A name means a file among the videos that no stage reads."""

    def __init__(self, unread: Unread) -> None:
        told = f"{shown(unread.path)} is not read by this tracker. ./rt why {quote(shown(unread.path))} says why."
        super().__init__(told)
        self.unread = unread


class Listed(NamedTuple):
    """A unit in a batch that listed it."""

    batch: Batch
    task: int
    record: Record | None  # what the log says about the task's last run; None: the task never started

    @property
    def log(self) -> Path:
        """Return the task's log, there or not; of a note on what was brought home, the log that came along."""
        return brought_log(self.batch, self.task) if self.batch.is_note else self.batch.log(self.task)


def find_named(
    project: Project, name: str, stages: Sequence[Stage], absent: bool = True
) -> list[tuple[Stage, Examined]]:
    """Return each unit that ``name`` means, in all of the stages: a name, a day, a folder, or the path of any file.

    With ``absent`` also units whose videos are gone. Raises NotRead where there is none, but a file of that name that
    no stage reads; WrongUse where there is no file.
    """
    return _find(project, name, stages, abbreviated=False, absent=absent)


def find_abbreviated(project: Project, name: str, stages: Sequence[Stage]) -> list[tuple[Stage, Examined]]:
    """Do what ``find_named`` does; where it finds nothing, return the units whose names begin with, or hold, ``name``.

    For verbs that only show something.
    """
    return _find(project, name, stages, abbreviated=True, absent=True)


def _find(
    project: Project, name: str, stages: Sequence[Stage], *, abbreviated: bool, absent: bool
) -> list[tuple[Stage, Examined]]:
    if near := find_near(project, name, stages):
        return near
    every = [(stage, seen) for stage in stages for seen in examine_stage(project, stage, Survey(stage))]
    meant = choose_keys([name], {seen.unit.key for _, seen in every})
    found = [(stage, seen) for stage, seen in every if seen.unit.key in meant]
    is_one = any(seen.unit.key == as_key(name) for _, seen in found)
    if not is_one and (absent or not found):
        found += _find_absent(project, name, stages, absent)
    found = found or find_by_path(project, name, every)
    if not found:
        _refuse_unread(project, name)
    for is_meant in (_begins, _holds) if abbreviated and as_key(name) else ():
        typed = composed(as_key(name))
        found = found or [(stage, seen) for stage, seen in every if is_meant(typed, composed(shown(seen.unit.key)))]
    if not found:
        raise WrongUse(describe_unknown(project, name, {seen.unit.key for _, seen in every}))
    return found


def _find_absent(
    project: Project, name: str, stages: Sequence[Stage], absent: bool
) -> Iterator[tuple[Stage, Examined]]:
    """Yield the units that ``name`` means and whose videos are gone; raises WrongUse unless they are asked for."""
    for stage in stages:
        for seen in find_absent_named(project, stage, lambda key: names_alike(name, key)):
            if not absent:
                what = f"{stage.sources.removesuffix('s')} is no longer here"
                raise WrongUse(
                    f"{shown(seen.unit.key)} is {word_of(seen.decision)}, and its {what}: bring it back first."
                )
            yield stage, seen


def _begins(name: str, key: str) -> bool:
    return key.startswith(name) or key.rpartition("/")[2].startswith(name)


def _holds(name: str, key: str) -> bool:
    return name.lower() in key.lower()


def describe_unknown(project: Project, name: str, keys: Collection[str]) -> str:
    """Return the line for a name that means nothing, with the name that comes nearest."""
    from difflib import get_close_matches  # 1 to 2 ms of every start, for a rare error

    known = ", ".join(word.removesuffix("s") for word in project.tracker.named)
    names = {word: shown(key) for key in sorted(keys) for word in (key, key.rpartition("/")[2])}
    near = get_close_matches(as_key(name), list(names)[:MOST_COMPARED], n=1, cutoff=0.75)
    meant = f" Did you mean {names[near[0]]}?" if near else ""
    return f'No {known} or result is called "{name}".{meant} ./rt status shows what there is.'


def _refuse_unread(project: Project, name: str) -> None:
    tree = Tree(project.root, project.videos)
    unread = walk_all(tree, project.tracker.stages)
    meant = [one for one in unread if names_alike(name, one.path.rstrip("/").partition("/")[2])]
    if exact := [one for one in meant if one.path.rstrip("/").partition("/")[2] == as_key(name)] or meant:
        raise NotRead(exact[0])
    path = f"{VIDEOS}/{as_key(name)}"
    if ".." not in path.split("/") and (found := tree.stat(path)) and not is_folder(found):
        raise NotRead(Unread(path, Kind.LEFT_OUT))


def choose_named(project: Project, names: Sequence[str]) -> list[tuple[Stage, list[Examined]]]:
    """Return each stage with the units that the names mean in it; no names mean all.

    Raises WrongUse for a name that no stage knows, or that means units of different days.
    """
    stages = project.tracker.stages
    chosen: dict[str, dict[str, Examined]] = {stage.name: {} for stage in stages}
    for name in names:
        found = find_named(project, name, stages)
        for stage in stages:
            of_stage = [seen for step, seen in found if step.name == stage.name]
            meant = _require_one_meaning(name, of_stage)
            chosen[stage.name].update({seen.unit.key: seen for seen in meant})
    if not names:
        return [(stage, list(examine_stage(project, stage, Survey(stage)))) for stage in stages]
    return [(stage, list(chosen[stage.name].values())) for stage in stages if chosen[stage.name]]


def find_listed(project: Project, stage: Stage, keys: Collection[str]) -> Mapping[str, list[Listed]]:
    """Return, for each of these units of a stage, its tasks in the batches that listed it, oldest batch first.

    Each batch is read once, however many units are asked for; its sealed file tells of the tasks that finished.
    """
    found: dict[str, list[Listed]] = {key: [] for key in keys}
    for batch in find_batches(project, stage):
        tasks = [(task, name) for task, name in enumerate(batch.names, 1) if name in found]
        sealed = load_finished(batch.sealed_path, found) if tasks else {}
        for task, name in tasks:
            found[name].append(Listed(batch, task, sealed.get(task) or batch.record(task)))
    return found


def choose_to_redo(
    project: Project, names: Sequence[str], stage: str | None, kinds: Sequence[DecisionKind] = ()
) -> tuple[Stage, list[Examined]]:
    """Return the stage of this name (None: the first), and the units that the names mean in it; no names mean all.

    With ``kinds`` only units for which any kind holds are returned, and the first stage is the first with such a unit.
    Raises WrongUse for a stage or a name that does not exist.
    """
    known = [s.name for s in project.tracker.stages]
    if stage is not None and stage not in known:
        raise WrongUse(unknown_word("stage", stage, known))
    steps = [s for s in project.tracker.stages if stage in (None, s.name)]
    for step in steps if kinds else steps[:1]:
        meant = _find_meant(project, step, names)
        chosen = [seen for seen in meant if not kinds or any(kind(seen.decision) for kind in kinds)]
        if chosen:
            return step, chosen
    return steps[0], []


def _find_meant(project: Project, step: Stage, names: Sequence[str]) -> Collection[Examined]:
    if not names:
        return list(examine_stage(project, step, Survey(step)))
    chosen: dict[str, Examined] = {}
    for name in names:
        meant = _require_one_meaning(name, [seen for _, seen in find_named(project, name, [step], absent=False)])
        chosen.update({seen.unit.key: seen for seen in meant})
    return chosen.values()


def _require_one_meaning(name: str, found: list[Examined]) -> list[Examined]:
    """Return the units that a name means: all with this path, else all of a day or folder, else all of the only path.

    Raises WrongUse where units of different days have this name.
    """
    key = as_key(name)
    whole = [seen for seen in found if key in (seen.unit.key, without_values(seen.unit.key))]
    whole = whole or [seen for seen in found if seen.unit.key.startswith(f"{key}/")]
    if not whole and len({without_values(seen.unit.key) for seen in found}) > 1:
        raise WrongUse(ask_for_one(name, found))
    return whole or found


def ask_for_one(name: str, found: Sequence[Examined]) -> str:
    """Return a line that lists the units that a name means, and asks for a name that means a single unit. Pure."""
    keys = ", ".join(shown(seen.unit.key) for seen in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return f'"{shown(name)}" means {len(found)}: {keys}{more}. Name one of them.'


def find_log(project: Project, name: str) -> Path:
    """Return the log of the last run of the unit that ``name`` means.

    Raises WrongUse where the unit never ran, or where the name means several units.
    """
    found = find_abbreviated(project, name, project.tracker.stages)
    first = [(stage, seen) for stage, seen in found if stage.name == found[0][0].name]
    if len(first) > 1:
        raise WrongUse(ask_for_one(name, [seen for _, seen in first]))
    stage, seen = first[0]
    ran = [x.log for x in find_listed(project, stage, [seen.unit.key])[seen.unit.key] if x.log.exists()]
    if not ran and project.remote:
        raise WrongUse(
            f"{seen.unit.key} ({word_of(seen.decision)}) did not run here. If it ran on {project.remote.login}, its "
            f"log is there. Type: ./rt remote logs {quote(shown(seen.unit.key))}"
        )
    if not ran:
        told = f"{seen.unit.key} ({word_of(seen.decision)}) has not run here yet: there is no log of it."
        raise WrongUse(f"{told} Type: ./rt why {quote(shown(seen.unit.key))}")
    return ran[-1]
