"""How one unit is looked at: where its outputs lie, whether they were proven, else which check fails."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Sequence
from pathlib import Path

from .. import checks
from ..model import Project, Record, Stage, State, Unit
from ..pattern import Pattern
from ..proven import Proven, digest_of
from ..records import History
from ..scan import Tree
from ..state import Decision, Facts, decide, told
from .aside import examined_aside

UNTOUCHED = Decision(State.UNPROCESSED)


class Look:
    """Decides on the units of one stage, one by one."""

    def __init__(self, project: Project, stage: Stage, tree: Tree, history: History, proven: Proven) -> None:
        self._project, self._stage, self._tree = project, stage, tree
        self._history, self._proven = history, proven
        self._finders = [self._finder(output.pattern) for output in stage.outputs]
        self._aside: dict[str, str] = {}

    def ahead(self, units: Iterable[Unit], flying: Container[str]) -> Iterable[Unit]:
        """Yield the units to decide on; results that nobody examined yet were examined side by side before."""

        def is_new(unit: Unit) -> bool:
            if unit.problem or unit.key in flying:
                return False
            made = self._find_made(unit)
            return bool(made) and all(made) and not self._proven.holds(self._digest(unit, made))

        return examined_aside(units, is_new, self._verify, self._aside) if self._stage.checks else units

    def decide(self, unit: Unit, queue: State | None, attempts: int) -> Decision:
        """Return what the unit is; ``queue`` is QUEUED, RUNNING or None."""
        if queue is not None or unit.problem:
            return decide(Facts(unit.mark, unit.problem, unit.waits, queue, "none", "", None, []), attempts)
        made = self._find_made(unit)
        there = sum(map(bool, made))
        failed = unit.key in self._history.failed
        if made and not there and not failed and not unit.waits and not unit.unready:
            return UNTOUCHED
        digest = self._digest(unit, made)
        grouped = bool(self._stage.per)
        if made and there == len(made) and self._proven.holds(digest) and not (grouped and unit.waits):
            return Decision(State.FINISHED)
        finished = self._history.finished(unit.key)
        failures = self._history.failures(unit.key, finished)
        outputs, bad = self._judge(unit, there, finished)
        if self._stage.work == "in-place" and not bad and failures and failures[-1].inputs == unit.mark:
            bad = told(failures[-1])  # what lies there is what that task left
        facts = Facts(
            unit.mark, unit.problem, unit.waits, queue, outputs, bad, finished, failures, grouped, unit.unready
        )
        decision = decide(facts, attempts)
        if decision.state is State.FINISHED and made:
            self._proven.add(digest)
        return decision

    def _judge(self, unit: Unit, there: int, finished: Record | None) -> tuple[str, str]:
        """Return none, some or whole, and the first check that fails; without outputs the record is all there is."""
        if not self._stage.outputs:
            return ("whole" if finished and finished.inputs == unit.mark else "none"), ""
        if there < len(self._stage.outputs):
            return ("some" if there else "none"), ""
        reason = self._aside.get(unit.key)
        return "whole", self._verify(unit) if reason is None else reason

    def _verify(self, unit: Unit) -> str:
        return verify_deep(self._project.root, self._stage, unit, self._tree)

    def _find_made(self, unit: Unit) -> list[list[os.stat_result]]:
        """Return, for each output, the stats of what is there."""
        return [find(unit.values) for find in self._finders]

    def _finder(self, pattern: Pattern) -> Callable[[Sequence[str]], list[os.stat_result]]:
        wildcards = self._stage.unit_wildcards
        if pattern.is_glob:
            return lambda values: [
                entry for _, entry in self._tree.find(pattern, dict(zip(wildcards, values, strict=True)))
            ]
        fill = pattern.filler(wildcards)
        return lambda values: [entry] if (entry := self._tree.stat(fill(values))) is not None else []

    def _digest(self, unit: Unit, made: Sequence[Sequence[os.stat_result]]) -> int:
        inputs = [self._tree.stat(path) for files in unit.inputs for path in files]
        return digest_of(inputs, [entry for found in made for entry in found])


def files_of(root: Path, stage: Stage, unit: Unit, tree: Tree) -> checks.Files:
    """Return the unit's inputs and outputs by name, as the checks want them."""
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    pairs = zip(stage.inputs, unit.inputs, strict=True)
    return checks.Files(
        root=root,
        inputs={i.name: tuple(tree.place(path) for path in files) for i, files in pairs},
        outputs={
            o.name: tuple(path for path, _ in tree.find(o.pattern, values)) or (o.pattern.fill(values).rstrip("/"),)
            for o in stage.outputs
        },
    )


def verify_deep(root: Path, stage: Stage, unit: Unit, tree: Tree) -> str:
    """Return the first check that a scan can run and that does not hold; the job runs the others."""
    logs = {output.name for output in stage.outputs}  # a log that is a result can be read again; the task's own cannot
    deep = [c for c in stage.checks if checks.KINDS[c.kind].cost != "node" or (c.kind == "log" and c.subject in logs)]
    return checks.verify(deep, files_of(root, stage, unit, tree))
