"""The files of a unit as the checks take them, and what those checks say that a scan can run."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from .. import checks
from ..model import Check, Stage, Unit
from ..scan import Tree


def files_of(root: Path, stage: Stage, unit: Unit, tree: Tree, depth: int = checks.QUICK) -> checks.Files:
    """Return the unit's inputs and outputs by name, as the checks take them; ``depth`` is as in Files."""
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    pairs = zip(stage.inputs, unit.inputs, strict=True)
    return checks.Files(
        root=root,
        depth=depth,
        inputs={i.name: tuple(tree.place(path) for path in files) for i, files in pairs},
        outputs={
            o.name: tuple(path for path, _ in tree.find(o.pattern, values)) or (o.pattern.fill(values).rstrip("/"),)
            for o in stage.outputs
        },
    )


def verify_deep(root: Path, stage: Stage, unit: Unit, tree: Tree, depth: int = checks.QUICK) -> str:
    """Return what the first check that fails says, of the checks that a scan can run; "" where all hold.

    The task's job runs the other checks. With the depth WHOLE all of each file is read. Where the unit's inputs are not
    there any more, nothing is compared with them.
    """
    return _verify(stage, files_of(root, stage, unit, tree, depth))


def verify_for_another(root: Path, stage: Stage, unit: Unit, old: Unit, tree: Tree) -> str:
    """Return what verify_deep would say of the results of the unit ``old``, if ``unit`` had made them."""
    files = files_of(root, stage, unit, tree)
    return _verify(stage, files._replace(outputs=files_of(root, stage, old, tree).outputs))


def _verify(stage: Stage, files: checks.Files) -> str:
    logs = {output.name for output in stage.outputs}  # a log that is an output is there to read; a task's log is not
    deep = [c for c in stage.checks if checks.KINDS[c.kind].cost != "node" or (c.kind == "log" and c.subject in logs)]
    gone = {name for name, paths in files.inputs.items() if not paths} if not any(files.inputs.values()) else set()
    return checks.verify([clause for clause in deep if not _compares_with(clause, gone)], files)


def _compares_with(clause: Check, names: Collection[str]) -> bool:
    kind = checks.KINDS[clause.kind]
    named = [clause.options.get(option.name) for option in kind.options if "input" in option.kinds]
    return any(name in names for name in (*named, *([clause.subject] if kind.subject == "input" else ())))
