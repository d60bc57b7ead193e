"""Look at running tasks: for how long they have written nothing, and how many of how many steps they have done."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path

from ..model import Project, Record, Stage, State
from ..named_tuple import NamedTuple
from ..records import Batch, find_batches
from ..scan import Tree
from ..text.long_lines import shorten_lines
from . import Examined, files_of

MOST_FILES = 10_000  # the most files of one task that are looked at


class Stalled(NamedTuple):
    """A running task, and for how many seconds none of its files has grown."""

    record: Record
    seconds: int


def find_stalled(project: Project, stage: Stage, seen: Iterable[Examined]) -> Iterator[Stalled]:
    """Yield the running tasks whose files have not grown for longer than project.yml's ``stalled_after`` (0: none)."""
    units = {one.unit.key: one.unit for one in seen if one.decision.state is State.RUNNING}
    if not project.stalled_after:
        return
    tree = Tree(project.root, project.videos)
    for batch, record in _find_running(project, stage, units):
        made = files_of(project.root, stage, units[record.unit], tree).outputs.values()
        places = [project.root / path for paths in made for path in paths]
        still = int(time.time() - _last_growth(project.root, places, batch, record.task))
        if still > project.stalled_after:
            yield Stalled(record, still)


def _last_growth(root: Path, places: Sequence[Path], batch: Batch, task: int) -> float:
    """Return when the task's log, its work folder or its outputs were last written, in seconds since 1970."""
    work = batch.place_of(task)
    within = [*places, *(root.glob(f"{work}*") if work else ())]
    return max([os.stat(batch.log(task)).st_mtime, *islice(_times_in(within), MOST_FILES)])


def _find_running(project: Project, stage: Stage, names: Container[str]) -> Iterator[tuple[Batch, Record]]:
    """Yield the batch and the record of each task that has started and not ended, for the units in ``names``."""
    for batch in find_batches(project, stage) if names else ():
        for record in batch.records() if not batch.is_sealed else ():
            if record.unit in names and not record.result:
                yield batch, record


def _times_in(places: Iterable[Path]) -> Iterator[float]:
    """Yield when each place, and each file below it where it is a folder, was last written."""
    for place in places:
        inside = (Path(folder, name) for folder, _, names in os.walk(place) for name in names)
        for path in chain([place], inside):
            with suppress(OSError):
                yield os.stat(path).st_mtime


LOG_END = 256 * 1024  # so many bytes at a log's end are searched


class Steps(NamedTuple):
    """How far a running task is."""

    unit: str  # the name of its unit
    done: str  # how many steps it has done, as its log says
    all: str  # how many steps there are, as its log says


def find_steps(project: Project, stage: Stage, seen: Iterable[Examined]) -> Iterator[Steps]:
    """Yield how far each running task is, where the stage's ``progress`` finds it in the task's log."""
    if not stage.progress:
        return
    names = {one.unit.key for one in seen if one.decision.state is State.RUNNING}
    for batch, record in _find_running(project, stage, names):
        if found := find_last(stage.progress, _read_end(batch.log(record.task))):
            yield Steps(record.unit, found["done"], found["all"])


def find_last(progress: str, text: str) -> re.Match[str] | None:
    """Return the last match of the pattern ``progress`` in a log since the task's last start. Pure."""
    found = None
    said = shorten_lines(text[text.rfind("\n# start ") + 1 :])
    for found in re.finditer(progress, said):  # noqa: B007  (the last is meant)
        pass
    return found


def _read_end(path: Path) -> str:
    try:
        with open(path, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - LOG_END))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
