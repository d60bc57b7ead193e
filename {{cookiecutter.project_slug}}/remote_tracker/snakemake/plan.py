"""The plan for Snakemake: the tasks to do, and which tasks each task waits for. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from ..model import Stage, State, Unit
from ..named_tuple import NamedTuple
from ..survey import CANNOT_COME, EXPORT, Examined, Survey, find_link

_ODD = re.compile(r"[^A-Za-z0-9._-]")


class Task(NamedTuple):
    """A task for Snakemake."""

    stage: str
    folder: str  # of the stage, below the project
    key: str  # its unit's
    marker: str  # the file, below the project, that tells Snakemake that the task is finished
    after: tuple[str, ...] = ()  # the markers of the tasks that it waits for
    batch: str = ""  # the batch that lists it, "" where it is listed later
    n: int = 0  # its number in the batch; 0: it is listed only when its inputs are there


class Earlier(NamedTuple):
    """An earlier stage, as later stages wait for it."""

    stage: Stage
    open: Sequence[Unit]  # its units that are not finished but can still come
    markers: Mapping[str, str]  # a unit's key -> its task's marker, for the units that are tasks


def marker_of(stage: str, key: str) -> str:
    """Return the path of a task's marker; the name keeps only letters without a meaning for any program."""
    stem = _ODD.sub("_", key.rpartition("/")[2])[:40]
    digest = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()
    return f"{EXPORT}/done/{stage}/{stem}-{digest}"


def find_open(survey: Survey) -> list[Unit]:
    """Return the stage's units that are not finished and can still come; lost units are left out."""
    odd = [unit for unit, decision in survey.odd if decision.state not in CANNOT_COME and not unit.lost]
    return [*(seen.unit for seen in survey.to_do), *odd]


def find_waits(stage: Stage, earlier: Sequence[Earlier]) -> Callable[[Unit], list[str]]:
    """Return a function from a unit of the stage to the markers of the tasks that the unit waits for.

    A unit waits for every unit of an earlier stage that has the same values of their shared wildcards. The marker of
    an earlier unit that is no task is "".
    """
    bonds = [(one, bond) for one in earlier if (bond := find_link(one.stage, stage))]
    index: dict[tuple[str, ...], set[str]] = {}
    for one, bond in bonds:
        for unit in one.open:
            for key in bond.above(unit):
                index.setdefault((one.stage.name, *key), set()).add(one.markers.get(unit.key, ""))

    def waits(unit: Unit) -> list[str]:
        keys = ((one.stage.name, *key) for one, bond in bonds for key in bond.below(unit))
        return sorted({marker for key in keys for marker in index.get(key, ())})

    return waits


def choose(waits: Callable[[Unit], list[str]]) -> Callable[[Examined], bool]:
    """Return a function that tells whether a unit can be a task: it is to do now, or it waits only for tasks."""

    def is_task(seen: Examined) -> bool:
        if seen.decision.state is not State.WAITING:
            return True
        found = waits(seen.unit)
        return bool(found) and "" not in found and not seen.unit.lost

    return is_task


def make_tasks(
    stage: Stage, survey: Survey, batch: str, listed: Sequence[Examined], waits: Callable[[Unit], list[str]]
) -> list[Task]:
    """Return a stage's tasks: the units that ``batch`` lists, then the units that can be listed only later."""
    tasks = []
    for n, seen in enumerate(listed, 1):
        after = waits(seen.unit) if seen.decision.state is State.WAITING else []
        marker = marker_of(stage.name, seen.unit.key)
        tasks.append(Task(stage.name, stage.folder, seen.unit.key, marker, tuple(after), batch, n))
    known, is_task = {task.key for task in tasks}, choose(waits)
    for seen in survey.odd:
        if seen.decision.state is State.WAITING and seen.unit.key not in known and is_task(seen):
            marker = marker_of(stage.name, seen.unit.key)
            tasks.append(Task(stage.name, stage.folder, seen.unit.key, marker, tuple(waits(seen.unit))))
    return tasks


def plan_data(run: str, rules: Sequence[Mapping[str, Any]], tasks: Sequence[Task]) -> dict[str, Any]:
    """Return the content of project.json: the Snakemake's name, a rule for each stage, and the tasks."""
    return {"run": run, "rules": list(rules), "tasks": [task._asdict() for task in tasks]}
