"""Doing a video again: its old results are moved aside, never deleted, and its failures forgiven."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RemoteTrackerError
from ..model import Project, Stage, State
from ..scan import Tree
from ..survey import Seen, files_of, find_batches, has_run
from ..survey.decision import word_of
from .redo import finish_moves, move_aside

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
    finish_moves(project)
    stamp = f"{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}"
    tree = Tree(project.root, project.videos)
    paths = [
        p for seen in chosen for group in files_of(project.root, stage, seen.unit, tree).outputs.values() for p in group
    ]
    keys = tuple(seen.unit.key for seen in chosen)
    folder = project.root / stage.folder
    ran = [batch.name for batch in find_batches(folder, stage.name) if has_run(batch)]
    told = {"after": ran[-1] if ran else "", "units": keys}
    return Redone(keys, tuple(move_aside(project, folder / "batches" / "redo" / f"{stamp}.{stage.name}", told, paths)))
