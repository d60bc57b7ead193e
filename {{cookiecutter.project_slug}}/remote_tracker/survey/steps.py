"""How far a task is that runs: how many of how many steps are done, as its log says."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ..model import Project, Stage, State
from . import Seen, find_running

LAST = 256 * 1024  # bytes at a log's end that are looked at


class Steps(NamedTuple):
    """A task that runs, and how many of how many steps it has done."""

    unit: str
    done: str
    all: str


def find_steps(project: Project, stage: Stage, seen: Iterable[Seen]) -> Iterator[Steps]:
    """Yield, of what runs, how far it is, where the stage's ``progress`` finds that in its log."""
    if not stage.progress:
        return
    names = {one.unit.key for one in seen if one.decision.state is State.RUNNING}
    for batch, record in find_running(project.root / stage.folder, stage.name, names):
        if found := find_last(stage.progress, _read_end(batch / f"output.{record.task}")):
            yield Steps(record.unit, found["done"], found["all"])


def find_last(progress: str, text: str) -> re.Match[str] | None:
    """Return the last place where the pattern is found since the task's last start. Pure."""
    found = None
    for found in re.finditer(progress, text[text.rfind("\n# start ") + 1 :]):  # noqa: B007  (the last is meant)
        pass
    return found


def _read_end(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LAST))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
