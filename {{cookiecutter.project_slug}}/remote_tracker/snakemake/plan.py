"""What there is to do, task by task, and which task waits for which others. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from ..model import Stage, State, Unit
from ..survey import CANNOT_COME, EXPORT, Examined, Survey, find_link

_ODD = re.compile(r"[^A-Za-z0-9._-]")


class Task(NamedTuple):
    """One task: number ``n`` of its batch, or (0) one that is listed only when what it waits for is there.

    ``marker`` is the file, below the project, that says to Snakemake that it is finished, ``after`` those of the
    tasks it waits for.
    """

    stage: str
    folder: str
    key: str
    marker: str
    after: tuple[str, ...] = ()
    batch: str = ""
    n: int = 0


class Earlier(NamedTuple):
    """A stage, what of it is not finished but will be, and by name the markers of what of that is a task."""

    stage: Stage
    open: Sequence[Unit]
    markers: Mapping[str, str]


def marker_of(stage: str, key: str) -> str:
    """Return the path of a task's marker: made of letters that mean nothing to anybody."""
    stem = _ODD.sub("_", key.rpartition("/")[2])[:40]
    digest = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=5).hexdigest()
    return f"{EXPORT}/done/{stage}/{stem}-{digest}"


def find_open(survey: Survey) -> list[Unit]:
    """Return what of a stage is not finished, and not lost either."""
    odd = [unit for unit, decision in survey.odd if decision.state not in CANNOT_COME and not unit.lost]
    return [*(seen.unit for seen in survey.to_do), *odd]


def find_waits(stage: Stage, earlier: Sequence[Earlier]) -> Callable[[Unit], list[str]]:
    """Return what tells the markers of all that one of the stage's units waits for, "" of what is no task.

    It waits for every one of an earlier stage that agrees on the wildcards they share.
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
    """Return what tells whether something can be a task: to do now, or waiting for nothing but tasks."""

    def is_task(seen: Examined) -> bool:
        if seen.decision.state is not State.WAITING:
            return True
        found = waits(seen.unit)
        return bool(found) and "" not in found and not seen.unit.lost

    return is_task


def make_tasks(
    stage: Stage, survey: Survey, batch: str, listed: Sequence[Examined], waits: Callable[[Unit], list[str]]
) -> list[Task]:
    """Return a stage's tasks: those that a batch lists, then those that can be listed only at their time."""
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
    """Return project.json: who is at it, a rule a stage, and the tasks."""
    return {"run": run, "rules": list(rules), "tasks": [task._asdict() for task in tasks]}
