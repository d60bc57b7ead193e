"""What a person's words mean: videos, days, batches, logs."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import WrongUse, unknown_word
from ..model import Project, Record, Stage
from ..records import find_batches
from . import Examined, Survey, examine_stage
from .decision import Decision, word_of

Kind = Callable[[Decision], bool]


@dataclass(frozen=True)
class Listed:
    """One batch that listed a unit: its number, the task, its log, and the record in it."""

    batch: str
    task: int
    log: Path
    record: Record | None


def names_it(name: str, key: str) -> bool:
    """Return whether ``name``, as a person types it, means the unit ``key``: its path, its name, or its day."""
    name = _as_key(name)
    path = _without_values(key)
    stem = path.rpartition("/")[2]
    names = (key, path, key.rpartition("/")[2], stem, os.path.splitext(stem)[0], os.path.splitext(path)[0])
    return name in names or key.startswith(f"{name}/")


def _without_values(key: str) -> str:
    """Return the path in a unit's name: behind it may stand the values of wildcards, as ,roi=left."""
    return re.sub(r"(?:,[A-Za-z_]\w*=[^,]*)+$", "", key)


def _as_key(name: str) -> str:
    """Return what a person typed without the folders above the days, nor a last slash."""
    name = name.rstrip("/")
    for root in ("RawVideos/", "MaskedVideos/", "Results/"):
        name = name.split(root, 1)[1] if root in name else name
    return name


def find_named(project: Project, name: str, stages: Sequence[Stage]) -> list[tuple[Stage, Examined]]:
    """Return each unit that ``name`` means, in every one of these stages.

    Raises WrongUse where there is none.
    """
    found = [
        (stage, seen)
        for stage in stages
        for seen in examine_stage(project, stage, Survey(stage))
        if names_it(name, seen.unit.key)
    ]
    if not found:
        raise WrongUse(f'No video, day or result is called "{name}". ./rt status shows what there is.')
    return found


def find_listed(project: Project, stage: Stage, key: str) -> list[Listed]:
    """Return the batches that listed the unit, oldest first."""
    found = []
    for batch in find_batches(project, stage):
        for task, name in enumerate(batch.names, 1):
            if name == key:
                found.append(Listed(batch.number, task, batch.log(task), batch.record(task)))
    return found


def choose_to_redo(
    project: Project, names: Sequence[str], stage: str | None, kinds: Sequence[Kind] = ()
) -> tuple[Stage, list[Examined]]:
    """Return the named stage (else the first), and what the names mean in it: of that, what is of one of ``kinds``.

    With kinds, no names mean all, and the first stage is the first that holds such. Raises WrongUse for a
    stage or a name that is none.
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
        meant = _require_one_meaning(name, [seen for _, seen in find_named(project, name, [step])])
        chosen.update({seen.unit.key: seen for seen in meant})
    return chosen.values()


def _require_one_meaning(name: str, found: list[Examined]) -> list[Examined]:
    """Return what a name means: the one of this very path, else all of a day or folder, else the only one.

    Raises WrongUse where it is the name of several, of different days.
    """
    key = _as_key(name)
    whole = [seen for seen in found if key in (seen.unit.key, _without_values(seen.unit.key))]
    whole = whole or [seen for seen in found if seen.unit.key.startswith(f"{key}/")]
    if not whole and len(found) > 1:
        raise WrongUse(_many(name, found))
    return whole or found


def _many(name: str, found: Sequence[Examined]) -> str:
    keys = ", ".join(seen.unit.key for seen in found[:5])
    return f'"{name}" means {len(found)}: {keys}{" ..." if len(found) > 5 else ""}. Name one of them.'


def find_log(project: Project, name: str) -> Path:
    """Return the log of the last run of what ``name`` means.

    Raises WrongUse where it never ran, or where the name means more than one.
    """
    found = find_named(project, name, project.tracker.stages)
    first = [(stage, seen) for stage, seen in found if stage.name == found[0][0].name]
    if len(first) > 1:
        raise WrongUse(_many(name, [seen for _, seen in first]))
    stage, seen = first[0]
    ran = [x.log for x in find_listed(project, stage, seen.unit.key) if x.log.exists()]
    if not ran:
        raise WrongUse(f"{seen.unit.key} ({word_of(seen.decision)}) has not run here yet: there is no log of it.")
    return ran[-1]
