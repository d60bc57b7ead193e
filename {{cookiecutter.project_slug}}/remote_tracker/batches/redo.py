"""Moves old results aside. After a kill or a full disk, the next scan or redo moves the rest.

The moves are written down first: a video with half of its results moved aside would be listed, and its new results
would be written over the other half.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import FULL, NoSpace, RemoteTrackerError
from ..files import make_folder, write_file
from ..model import Project, Stage, State
from ..records import batches_of, find_batches
from ..scan import Tree
from ..survey import Examined, files_of
from ..survey.decision import word_of

DONE, MOVING = ".json", ".moving"


def move_aside(project: Project, note: Path, told: Mapping[str, Any], paths: Sequence[str]) -> list[tuple[Path, Path]]:
    """Move the results at ``paths``, below the project, aside, and leave the file ``note`` with ``told`` in it.

    The note is named <stamp>.<stage>. Returns each result's old and new path; raises RemoteTrackerError where a result
    cannot be moved: then the next scan moves the rest.
    """
    stamp = note.name.rpartition(".")[0]
    moves = [(path, _aside(path, stamp)) for path in paths if os.path.lexists(project.root / path)]
    make_folder(note.parent)
    moving = note.with_name(note.name + MOVING)
    write_file(moving, json.dumps({**told, "moves": moves}, ensure_ascii=True, indent=1) + "\n")
    _finish(project.root, moving, moves)
    return [(project.root / old, project.root / new) for old, new in moves]


def finish_moves(project: Project) -> None:
    """Move the results that a killed redo left to move; raises RemoteTrackerError where a result cannot be moved."""
    for folder in {batches_of(project, stage) for stage in project.tracker.stages}:
        for moving in sorted(folder.redo.glob(f"*{MOVING}")):
            _finish(project.root, moving, [*_load_moves(moving)])


def _aside(path: str, stamp: str) -> str:
    top, _, rest = path.partition("/")
    return f"{top}/.aside/{stamp}/{rest}"


def _load_moves(moving: Path) -> Iterator[tuple[str, str]]:
    with suppress(OSError, ValueError, TypeError, LookupError):  # just finished by another process, or a bad disk
        for old, new in json.loads(moving.read_text(encoding="utf-8"))["moves"]:
            yield str(old), str(new)


def _finish(root: Path, moving: Path, moves: Sequence[tuple[str, str]]) -> None:
    try:
        for old, new in moves:
            if not os.path.lexists(root / new):  # else it was moved before: old is a new result
                (root / new).parent.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):
                    os.rename(root / old, root / new)
        with suppress(FileNotFoundError):  # a scan beside a redo may do the same at the same moment
            os.replace(moving, moving.with_suffix(DONE))
    except OSError as error:
        raise _told(root, error, moves) from None


def _told(root: Path, error: OSError, moves: Sequence[tuple[str, str]]) -> RemoteTrackerError:
    done = sum(os.path.lexists(root / new) for _, new in moves)
    rest = f"{done} of {len(moves)} old results are moved aside. Mend that: the next scan moves the rest."
    kind = NoSpace if error.errno in FULL else RemoteTrackerError
    return kind(f"{error.filename or root}: old results cannot be moved aside: {error.strerror}. {rest}")


FLYING = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Redone:
    """What a redo did."""

    keys: tuple[str, ...]  # the units that will be listed again
    moved: tuple[tuple[Path, Path], ...]  # the old and the new path of each of their results


def redo(project: Project, stage: Stage, chosen: Sequence[Examined]) -> Redone:
    """Move the old results of these units aside; the next scan lists them again.

    Raises RemoteTrackerError, with nothing moved, where any of the units is queued or running.
    """
    for seen in chosen:
        if seen.decision.state in FLYING:
            word = word_of(seen.decision)
            raise RemoteTrackerError(f"{seen.unit.key} is {word}: wait for it or stop it first. Nothing was moved.")
    finish_moves(project)
    stamp = f"{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}"
    tree = Tree(project.root, project.videos)
    paths = [
        p for seen in chosen for group in files_of(project.root, stage, seen.unit, tree).outputs.values() for p in group
    ]
    keys = tuple(seen.unit.key for seen in chosen)
    ran = [batch.number for batch in find_batches(project, stage) if batch.has_run]
    told = {"after": ran[-1] if ran else "", "units": keys}
    note = batches_of(project, stage).redo / f"{stamp}.{stage.name}"
    return Redone(keys, tuple(move_aside(project, note, told, paths)))
