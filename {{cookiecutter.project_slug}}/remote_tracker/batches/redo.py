"""Moves the old results of units aside, so that the units are listed again. Nothing is deleted."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..disk.moves import identify
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Stage, State
from ..records import batches_of, find_batches
from ..records.notes import DONE, MOVING, Move, Note, find_notes, load_note, write_note
from ..scan import Tree
from ..survey import Examined, files_of, find_flying
from ..survey.states import word_of
from .aside import Stuck, redo_folders, required_alone, settle

FLYING = (State.QUEUED, State.RUNNING)


def plan_redo(project: Project, stage: Stage, chosen: Sequence[Examined]) -> Note:
    """Return the note on all that a redo of these units would move; units that a redo holds back already are left out.

    Its number is 0: ``redo`` numbers it. Raises RemoteTrackerError where any of the units is queued or running.
    """
    for seen in chosen:
        if seen.decision.state in FLYING:
            raise _refused(seen.unit.key, word_of(seen.decision))
    name = f"0000.{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}.{stage.name}"
    ran = [batch.number for batch in find_batches(project, stage) if batch.has_run]
    note = Note(name, ran[-1] if ran else "", (), ())
    free = [seen for seen in chosen if seen.decision.cause is not Cause.BEING_MOVED]
    tree = Tree(project.root, project.videos)
    moves = {m.old: m for seen in free for m in _find_moves(project.root, stage, seen, tree, note.stamp)}
    whole = tuple(m for m in moves.values() if not any(folder in moves for folder in folders_of(m.old)))
    return note._replace(units=tuple(seen.unit.key for seen in free), moves=whole)


def redo(project: Project, stage: Stage, plan: Note) -> tuple[Note, list[Stuck]]:
    """Move what the plan names aside; the next scan lists its units again.

    Returns the note on all that was moved, and what could not be moved: the next scan tries again. Raises
    RemoteTrackerError, with nothing moved, where any of the units is queued or running by now, or another command
    moves results here.
    """
    place = batches_of(project, stage)
    with required_alone(place.redo):
        number = 1 + max((int(n.partition(".")[0]) for f in redo_folders(project) for n in find_notes(f)), default=0)
        note = plan._replace(name=f"{number:04d}.{plan.name.partition('.')[2]}")
        write_note(place.redo, note, MOVING)  # from now on no task of these units starts
        flying = find_flying(find_batches(project, stage), place.redo, project.cluster.scheduler)
        for unit in note.units:
            if flying.get(unit) in FLYING:
                (place.redo / f"{note.name}{MOVING}").unlink()
                raise _refused(unit, "running" if flying[unit] is State.RUNNING else "queued")
        stuck = settle(project.root, place.redo, note.name)
        return load_note(place.redo, note.name, DONE) or note.only(()), stuck


def _refused(unit: str, word: str) -> RemoteTrackerError:
    return RemoteTrackerError(f"{unit} is {word}: wait for it or stop it first. Nothing was moved.")


def _find_moves(root: Path, stage: Stage, seen: Examined, tree: Tree, stamp: str) -> list[Move]:
    found = []
    for path in [p for group in files_of(root, stage, seen.unit, tree).outputs.values() for p in group]:
        if identity := identify(root / path):
            files, size = measure(root / path)
            found.append(Move(seen.unit.key, path, find_aside(root, path, stamp), identity, files, size))
    return found


def find_aside(root: Path, path: str, stamp: str) -> str:
    """Return where an old result goes: into ``.aside`` in the topmost of its folders that is on its own disk.

    A folder of the project may be a link to another disk, and a folder below it a link to a third.
    """
    places = folders_of(path) or ["."]
    own = os.stat(root / places[-1]).st_dev
    near = [place for place in places if os.stat(root / place).st_dev == own]
    top = next((place for place in near if os.access(root / place, os.W_OK)), near[0])
    return os.path.normpath(f"{top}/.aside/{stamp}/{path if top == '.' else path[len(top) + 1 :]}")


def folders_of(path: str) -> list[str]:
    """Return the folders that a path below the project lies in, topmost first: a/b/c lies in a and a/b."""
    return [path[: at.start()] for at in re.finditer("/", path)]


def measure(path: Path) -> tuple[int, int]:
    """Return how many files lie at a path, and their bytes; a link counts for itself."""
    files, size = 0, 0
    with suppress(OSError):  # a file that goes away meanwhile
        if not path.is_symlink() and path.is_dir():
            for folder, _, names in os.walk(path):
                files += len(names)
                size += sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
        else:
            files, size = 1, os.lstat(path).st_size
    return files, size
