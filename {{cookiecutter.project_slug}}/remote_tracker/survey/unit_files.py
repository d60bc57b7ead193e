"""The files of a unit as the checks take them, and what those checks say that a scan can run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from .. import checks
from ..model import Check, Project, Stage, Unit
from ..quick_dataclass import replace
from ..render import Command, compile_check
from ..scan import Tree

_COMPILED: dict[int, tuple[Stage, Mapping[str, Command]]] = {}  # 1 ms for each line, which thousands of units share


def files_of(root: Path, stage: Stage, unit: Unit, tree: Tree, depth: int = checks.QUICK) -> checks.Files:
    """Return the unit's inputs and outputs by name, as the checks take them; ``depth`` is as in Files."""
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    pairs = zip(stage.inputs, unit.inputs, strict=True)
    return checks.Files(
        root=root,
        depth=depth,
        inputs={i.name: tuple(tree.place(path) for path in files) for i, files in pairs},
        outputs={
            o.name: (o.pattern.is_glob and tuple(path for path, _ in tree.find(o.pattern, values)))
            or (o.pattern.fill(values).rstrip("/"),)
            for o in stage.outputs
        },
    )


def is_asked_by_scan(stage: Stage, clause: Check) -> bool:
    """Return whether a scan asks the clause, too; a task asks every clause.

    A log that is an output is there to read, a task's own log is not; a line of bash may need what only a task has.
    """
    if checks.KINDS[clause.kind].cost != "node":
        return True
    if clause.kind == "log":
        return any(output.name == clause.subject for output in stage.outputs)
    return clause.kind == "command" and bool(clause.options.get("anywhere"))


def with_commands(project: Project, stage: Stage, unit: Unit, files: checks.Files) -> checks.Files:
    """Return the files with the lines of bash that a scan runs to check the unit."""
    compiled = _compile_lines(project, stage)
    if not compiled:
        return files
    here = {"project": str(project.root), "out": str(project.root), "tracker": str(project.tracker.folder)}
    commands = {text: command.line(unit) for text, command in compiled.items()}
    return files._replace(commands=commands, variables=here)


def _compile_lines(project: Project, stage: Stage) -> Mapping[str, Command]:
    known, compiled = _COMPILED.get(id(stage), (None, {}))
    if known is not stage:
        lines = [c.subject for c in stage.checks if c.kind == "command" and is_asked_by_scan(stage, c)]
        compiled = {text: compile_check(project, stage, text) for text in lines}
        _COMPILED[id(stage)] = stage, compiled
    return compiled


def verify_deep(project: Project, stage: Stage, unit: Unit, tree: Tree, depth: int = checks.QUICK) -> str:
    """Return what the first check that fails says, of the checks that a scan can run; "" where all hold.

    The task's job runs the other checks. With the depth WHOLE all of each file is read. Where the unit's inputs are not
    there any more, nothing is compared with them.
    """
    files = files_of(project.root, stage, unit, tree, depth)
    return _verify(stage, with_commands(project, stage, unit, files))


def finds_nothing(project: Project, stage: Stage, unit: Unit, tree: Tree) -> bool:
    """Return whether a whole result says that nothing was found: a table without rows, where its check says so."""
    clauses = [clause for clause in stage.checks if "no_rows" in clause.options]
    return bool(clauses) and checks.finds_nothing(clauses, files_of(project.root, stage, unit, tree))


def verify_for_another(project: Project, stage: Stage, unit: Unit, old: Unit, tree: Tree) -> str:
    """Return what verify_deep would say of the results of the unit ``old``, if ``unit`` had made them.

    Lines of bash are not run: they would look where results of ``unit`` should lie.
    """
    files = files_of(project.root, stage, unit, tree)
    clauses = [clause for clause in stage.checks if clause.kind != "command"]
    files = files._replace(outputs=files_of(project.root, stage, old, tree).outputs)
    return _verify(replace(stage, checks=tuple(clauses)), files)


def _verify(stage: Stage, files: checks.Files) -> str:
    asked = [clause for clause in stage.checks if is_asked_by_scan(stage, clause)]
    return checks.verify([clause for clause in asked if not needs_what_is_gone(clause, files)], files)


def needs_what_is_gone(clause: Check, files: checks.Files) -> bool:
    """Return whether a clause compares with the video of a unit whose video is no longer here."""
    if any(files.inputs.values()):
        return False
    return _compares_with(clause, {name for name, paths in files.inputs.items() if not paths})


def _compares_with(clause: Check, names: Collection[str]) -> bool:
    if clause.kind == "command":
        return any(f".{name}" in clause.subject for name in names)
    kind = checks.KINDS[clause.kind]
    named = [clause.options.get(option.name) for option in kind.options if "input" in option.kinds]
    return any(name in names for name in (*named, *([clause.subject] if kind.subject == "input" else ())))
