"""Find whose file lies at a path that a person typed, from the patterns alone: the disk is not looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from ..model import Project, Stage, Unit
from .options import Examined

VIDEOS = "RawVideos"


def find_by_path(project: Project, typed: str, found: Iterable[tuple[Stage, Examined]]) -> list[tuple[Stage, Examined]]:
    """Return the units that read or make the file at the path ``typed``, or make a folder that the file lies in.

    The path may be absolute, or relative to the current folder or to the project. Where a unit makes the
    file, units that only read it are left out.
    """
    paths = set(_paths_below(project, typed))
    if not paths:
        return []
    makers, readers = [], []
    for stage, seen in found:
        if _makes(stage, seen.unit, paths):
            makers.append((stage, seen))
        elif not paths.isdisjoint(path for files in seen.unit.inputs for path in files):
            readers.append((stage, seen))
    return makers or readers


def _paths_below(project: Project, typed: str) -> Iterator[str]:
    """Yield the paths below the project that the typed path may mean, each with the folders it lies in."""
    root, videos = os.path.realpath(project.root), os.path.join(project.root, os.path.expanduser(project.videos))
    whole = os.path.join(os.getcwd(), os.path.expanduser(typed))
    places = (
        (os.path.join(project.root, typed), project.root, ""),
        (os.path.normpath(whole), project.root, ""),
        (os.path.realpath(whole), root, ""),
        (os.path.realpath(whole), os.path.realpath(project.root / VIDEOS), VIDEOS),
        (os.path.realpath(whole), os.path.realpath(videos) if project.videos else "", VIDEOS),
    )
    for path, above, name in places:
        below = os.path.relpath(path, above) if above else ".."
        if below != "." and below.split("/")[0] != "..":
            yield os.path.join(name, below)


def _makes(stage: Stage, unit: Unit, paths: Iterable[str]) -> bool:
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    for output in stage.outputs:
        if output.pattern.is_glob:
            made = output.pattern.fill_glob(values).rstrip("/")
            if any(fnmatchcase(part, made) for path in paths for part in _with_folders(path)):
                return True
        elif (made := output.pattern.fill(values).rstrip("/")) and any(f"{p}/".startswith(f"{made}/") for p in paths):
            return True
    return False


def _with_folders(path: str) -> Iterator[str]:
    """Yield a path, then each folder that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]
