"""Doing a video again: its old results are moved aside, never deleted, and its failures forgiven."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import RemoteTrackerError
from .files import make_folder, write_file
from .model import Project, Stage, State
from .scan import Tree
from .state import word_of
from .survey import Seen, files_of, find_batches, has_run

FLYING = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Redone:
    """What a redo did: the units that will be listed again, and where their old results lie now."""

    keys: tuple[str, ...]
    moved: tuple[tuple[Path, Path], ...]


def redo(project: Project, stage: Stage, chosen: Sequence[Seen]) -> Redone:
    """Move the old results of these units aside; the next scan lists them again.

    Raises RemoteTrackerError, with nothing moved, where one of them is queued or running.
    """
    for seen in chosen:
        if seen.decision.state in FLYING:
            word = word_of(seen.decision)
            raise RemoteTrackerError(f"{seen.unit.key} is {word}: wait for it or stop it first. Nothing was moved.")
    stamp = f"{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}"
    tree = Tree(project.root, project.videos)
    paths = [
        p for seen in chosen for group in files_of(project.root, stage, seen.unit, tree).outputs.values() for p in group
    ]
    moved = [_move_aside(project.root, path, stamp) for path in paths if os.path.lexists(project.root / path)]
    _forgive(project, stage, [seen.unit.key for seen in chosen], stamp)
    return Redone(tuple(s.unit.key for s in chosen), tuple(moved))


def _move_aside(root: Path, path: str, stamp: str) -> tuple[Path, Path]:
    top, _, rest = path.partition("/")
    target = root / top / ".aside" / stamp / rest
    make_folder(target.parent)
    os.rename(root / path, target)
    return root / path, target


def _forgive(project: Project, stage: Stage, keys: Sequence[str], stamp: str) -> None:
    batches = [b for b in find_batches(project.root / stage.folder, stage.name) if has_run(b)]
    if batches:
        folder = project.root / stage.folder / "batches" / "redo"
        make_folder(folder)
        text = json.dumps({"after": batches[-1].name, "units": list(keys)}, ensure_ascii=True, indent=1)
        write_file(folder / f"{stamp}.{stage.name}.json", text + "\n")
