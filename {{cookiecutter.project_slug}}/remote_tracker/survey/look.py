"""How one unit is looked at: where its outputs lie, whether they were proven, else which check fails."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from .. import checks
from ..model import Project, Record, Stage, State, Unit
from ..proven import Proven, digest_of
from ..records import History
from ..scan import Tree
from ..state import Decision, Facts, decide


class Look:
    """Decides on the units of one stage, one by one."""

    def __init__(self, project: Project, stage: Stage, tree: Tree, history: History, proven: Proven) -> None:
        self._project, self._stage, self._tree = project, stage, tree
        self._history, self._proven = history, proven

    def decide(self, unit: Unit, queue: State | None, attempts: int) -> Decision:
        """Return what the unit is; ``queue`` is QUEUED, RUNNING or None."""
        finished = self._history.finished.get(unit.key)
        failures = self._history.failures.get(unit.key, ())
        outputs, bad = "none", ""
        if queue is None and not unit.problem:
            outputs, bad = self._outputs(unit, finished, failures)
        return decide(Facts(unit.mark, unit.problem, unit.waits, queue, outputs, bad, finished, failures), attempts)

    def _outputs(self, unit: Unit, finished: Record | None, failures: Sequence[Record]) -> tuple[str, str]:
        if not self._stage.outputs:
            return ("whole" if finished and finished.inputs == unit.mark else "none"), ""
        values = dict(zip(self._stage.unit_wildcards, unit.values, strict=True))
        made = [self._tree.find(output.pattern, values) for output in self._stage.outputs]
        there = sum(bool(found) for found in made)
        if there < len(made):
            return ("some" if there else "none"), ""
        digest = digest_of(
            [self._stat(p) for files in unit.inputs for p in files], [s for found in made for _, s in found]
        )
        if self._proven.holds(digest):
            return "whole", ""
        bad = verify_deep(self._project.root, self._stage, unit, self._tree)
        ours = any(r.inputs == unit.mark for r in (*failures, *((finished,) if finished else ())))
        if not bad and (ours or not (finished or failures)):
            self._proven.add(digest)
        return "whole", bad

    def _stat(self, path: str) -> os.stat_result | None:
        return self._tree.stat(path)


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
    deep = [c for c in stage.checks if checks.KINDS[c.kind].cost != "node"]
    return checks.verify(deep, files_of(root, stage, unit, tree))
