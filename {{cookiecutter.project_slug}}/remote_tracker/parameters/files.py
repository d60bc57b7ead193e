"""Find and check the files that a stage's parameters name: their places, and the keys in them."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import RemoteTrackerError
from ..model import Param, Project, Stage
from ..named_tuple import NamedTuple
from .look import look_at
from .named_files import find_named_files


class Newer(NamedTuple):
    """A file or folder in a parameter's folder that is younger than the entry which the parameter names."""

    param: str
    named: str
    newer: str


def find_files(project: Project, stage: Stage) -> list[str]:
    """Return the paths of files and folders that the stage's parameters name: below the project, or absolute.

    Behind each file stand the files that it names itself, at the keys that the parameter's ``names`` lists.
    """
    return [path for param in _declared(project, stage) for path in _with_named(project, param)]


def find_files_at(project: Project, names: Collection[str]) -> list[str]:
    """Return the paths that the parameters with these names name, as :func:`find_files` does for a stage."""
    meant = (param for param in project.tracker.declared if (param.file or param.folder) and param.name in names)
    return [path for param in meant for path in _with_named(project, param)]


def find_rewritten(project: Project, stage: Stage) -> dict[str, tuple[str, ...]]:
    """Return path -> keys that do not count, for the parameter files that the tracker's program itself rewrites."""
    return {path: p.rewritten for p in _declared(project, stage) if p.rewritten for path in _paths(project, p)}


def require_files(project: Project, stage: Stage) -> None:
    """Raise RemoteTrackerError with the first trouble of :func:`find_troubles`, if any."""
    for trouble in find_troubles(project, stage):
        raise RemoteTrackerError(f"{trouble} Nothing was listed.")


def find_troubles(project: Project, stage: Stage) -> Iterator[str]:
    """Yield what is wrong with the files that the stage's parameters name.

    They are missing, not chosen, have keys or values that cannot be, or the tracker's own program objects to them.
    """
    for param in _declared(project, stage):
        paths = _paths(project, param)
        if param.folder and not paths:
            yield _not_chosen(project, param)
        for path in paths:
            if not os.path.exists(project.root / path):
                yield _not_there(project, param, path)
            else:
                yield from look_at(project, param, path)
                yield from _missing_files(project, param, path)


def find_newer(project: Project, stage: Stage) -> Iterator[Newer]:
    """Yield the newer entries of the folder of each parameter that has a folder, the newest first."""
    for param in _declared(project, stage):
        named = [Path(path).name for path in _paths(project, param)]
        if param.folder and named:
            youngest = max(_age_ns(project.root / param.folder / name) for name in named)
            for name, age in _in_folder(project, param):
                if age > youngest and name not in named:
                    yield Newer(param.name, ", ".join(named), name)


def _declared(project: Project, stage: Stage) -> Iterator[Param]:
    return (p for p in project.tracker.declared if (p.file or p.folder) and p.name in stage.params)


def _paths(project: Project, param: Param) -> list[str]:
    value = project.tracker.params.get(param.name)
    said = [str(one) for one in (value if isinstance(value, list) else [value]) if one]
    return [f"{param.folder.rstrip('/')}/{one}" if param.folder else one for one in said]


def _with_named(project: Project, param: Param) -> Iterator[str]:
    for path in _paths(project, param):
        yield path
        yield from (named.path for named in find_named_files(project.root, path, param.names))


def _missing_files(project: Project, param: Param, path: str) -> Iterator[str]:
    for key, named in find_named_files(project.root, path, param.names):
        if not os.path.exists(project.root / named):
            place = "" if os.path.isabs(named) else " in the project"
            yield f"{path}: {key} is {named}, and there is no such file{place}. Put it there, or name another."


def _in_folder(project: Project, param: Param) -> list[tuple[str, int]]:
    """Return (name, mtime of its youngest file in ns) for each entry of the parameter's folder, the youngest first."""
    try:
        names = [name for name in os.listdir(project.root / param.folder) if not name.startswith(".")]
    except FileNotFoundError:
        return []
    found = [(name, _age_ns(project.root / param.folder / name)) for name in names]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def _age_ns(path: Path) -> int:
    ages = [os.stat(os.path.join(folder, name)).st_mtime_ns for folder, _, names in os.walk(path) for name in names]
    return max(ages, default=0) or (path.stat().st_mtime_ns if path.exists() else 0)


def _not_chosen(project: Project, param: Param) -> str:
    there = [name for name, _ in _in_folder(project, param)]
    if not there:
        return f"{param.folder} is empty: {param.name} names something in it ({param.help}). Put one there."
    found = f"{param.folder} has: {', '.join(there)}"
    return (
        f"project.yml: {param.name} is not chosen yet ({param.help}). {found}. "
        f"Write one of them below params, as {param.name}: {there[0]}."
    )


def _not_there(project: Project, param: Param, path: str) -> str:
    said, where = (Path(path).name, f"thing in {param.folder}") if param.folder else (path, "file")
    told = f"project.yml: {param.name} is {said}, and there is no such {where}"
    there = ", ".join(name for name, _ in _in_folder(project, param)) if param.folder else ""
    known = f"It has: {there}. Name one of them" if there else "Put it there, or name another"
    return f"{told} ({param.help}). {known}."
