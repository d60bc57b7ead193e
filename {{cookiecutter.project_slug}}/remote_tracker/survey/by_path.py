"""Find whose file lies at a path that a person typed, from the patterns alone: the disk is not looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ..model import Project, Stage, Unit
from .options import Examined
from .typed_names import composed

VIDEOS = "RawVideos"


def find_by_path(project: Project, typed: str, found: Sequence[tuple[Stage, Examined]]) -> list[tuple[Stage, Examined]]:
    """Return the units that read or make the file at the path ``typed``, or make a folder that the file lies in.

    The path may be absolute, or relative to the current folder or to the project. Where a unit makes the
    file, units that only read it are left out.
    """
    paths = set(_paths_below(project, typed))
    if not paths:
        return []
    return _find(paths, found, str) or _find(set(map(composed, paths)), found, composed)


def _find(
    paths: set[str], found: Iterable[tuple[Stage, Examined]], written: Callable[[str], str]
) -> list[tuple[Stage, Examined]]:
    """Return the units that make any of the files, else the units that read any; ``written`` tells how to compare."""
    makers, readers = [], []
    for stage, seen in found:
        if _makes(stage, seen.unit, paths, written):
            makers.append((stage, seen))
        elif not paths.isdisjoint(written(path) for files in seen.unit.inputs for path in files):
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


def _makes(stage: Stage, unit: Unit, paths: Iterable[str], written: Callable[[str], str]) -> bool:
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    for output in stage.outputs:
        if output.pattern.is_glob:
            made = written(output.pattern.fill_glob(values).rstrip("/"))
            if any(fnmatchcase(part, made) for path in paths for part in _with_folders(path)):
                return True
            continue
        made = written(output.pattern.fill(values).rstrip("/"))
        if made and any(f"{path}/".startswith(f"{made}/") for path in paths):
            return True
    return False


def _with_folders(path: str) -> Iterator[str]:
    """Yield a path, then each folder that it lies in."""
    while path:
        yield path
        path = path.rpartition("/")[0]
