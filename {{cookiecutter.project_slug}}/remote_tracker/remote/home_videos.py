"""Find the videos here that may be sent: whole by the gate that every scan uses, and not finished here already."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

from ..content.find import find_files_in
from ..model import Project, Stage, State
from ..scan import Tree
from ..survey import Examined, InputGate
from ..survey.named import choose_named
from ..survey.states import describe_decision
from .push import HomeFile, numbers_here

FRESH_NS = 60 * 10**9  # a file touched within the last minute may still be growing
PAUSE_S = 2.0
FINISHED = "finished here already"
VIDEOS = "RawVideos/"
BESIDE = "AuxiliaryFiles/"  # what else people put there for tasks to read, as a training package
TOPS = (VIDEOS, BESIDE)


def find_videos(project: Project, names: Sequence[str]) -> tuple[list[HomeFile], dict[str, str]]:
    """Return the files of the videos that are meant (none named: all) and whole, and why others are left out, by name.

    Raises WrongUse for a name that means nothing.
    """
    tree, out, wanted = Tree(project.root, project.videos), dict[str, str](), dict[str, None]()
    for stage, seen in choose_named(project, names):
        for one in _pass_gate(project, stage, seen, tree, out):
            wanted.update(dict.fromkeys(_files_of(project, one, tree)))
    files = []
    for path in wanted:
        try:
            files.append(HomeFile(path, tree.place(path), numbers_here(tree.place(path))))
        except OSError as error:
            out[path] = error.strerror or "it cannot be read"
    return files, out


def _pass_gate(
    project: Project, stage: Stage, seen: Sequence[Examined], tree: Tree, out: dict[str, str]
) -> list[Examined]:
    """Return the units whose videos are whole and to be processed; say of the others why not."""
    if not any(f"{wanted.pattern.root}/" in TOPS for wanted in stage.inputs):
        return []
    passed = []
    for one in seen:
        state = one.decision.state
        if state is State.FINISHED:
            out.setdefault(one.unit.key, FINISHED)
        elif state in (State.INVALID, State.NOT_READY, State.MOVED):
            out[one.unit.key] = describe_decision(one.decision)
        else:
            passed.append(one)
    refused = InputGate(project, stage).ask([one.unit for one in passed], tree)
    out.update({key: describe_decision(decision) for key, decision in refused.items()})
    return [one for one in passed if one.unit.key not in refused]


def _files_of(project: Project, one: Examined, tree: Tree) -> list[str]:
    """Return the paths of a unit's files that people put there; a folder stands for all files in it."""
    found = []
    for path in (path for files in one.unit.inputs for path in files if _is_put(project, path, tree)):
        place = tree.place(path).rstrip("/")
        inside = find_files_in(place) if os.path.isdir(place) else [place]
        found += [path.rstrip("/") + file[len(place) :] for file in inside]
    return found


def _is_put(project: Project, path: str, tree: Tree) -> bool:
    """Return whether people put a file there: a file beside the videos may be what an earlier stage makes."""
    if not path.startswith(BESIDE):
        return path.startswith(VIDEOS)
    made = (output.pattern for stage in project.tracker.stages for output in stage.outputs)
    return os.path.exists(tree.place(path)) and not any(pattern.match(path) for pattern in made)


def find_growing(files: Sequence[HomeFile], began: float) -> dict[str, str]:
    """Return which files still grow, by path, with what people are told: a second look, some seconds after ``began``.

    Only files that changed within the last minute are looked at again; ``began`` is a time of time.monotonic.
    """
    fresh = [file for file in files if time.time_ns() - max(file.numbers[1], file.numbers[3]) < FRESH_NS]
    if fresh:
        time.sleep(max(0.0, PAUSE_S - (time.monotonic() - began)))
    return {file.path: "still being copied (look again in 2 min)" for file in fresh if _is_changed(file)}


def _is_changed(file: HomeFile) -> bool:
    try:
        return numbers_here(file.place) != file.numbers
    except OSError:
        return True
