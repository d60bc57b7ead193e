"""Finds and frees what a project needs no more: old results that were made again, remains of killed commands, logs."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR

from ..disk.files import DEAD_AFTER_S, is_temporary_left
from ..disk.moves import remove
from ..model import Project, State
from ..named_tuple import NamedTuple
from ..records import find_batches
from ..records.notes import DONE, Note, load_note, write_note
from ..schedulers.local import is_running_here
from ..survey import Survey, examine_stage
from ..survey.mixed import Mixed
from .aside import remove_empty, required_alone
from .redo import measure
from .shorten import find_long, shorten
from .undo import find_redos

KINDS = ("aside", "attempts", "temporaries", "logs")
DAY_S = 86400.0  # a work folder of another machine in which nothing changed for so long belongs to no living task
# As task_work.sh names them: the task, the machine, the process, and when it began, which older batches leave out.
_ATTEMPT = re.compile(r"(?P<task>.+-[0-9a-f]{10})\.(?P<host>.+)\.(?P<pid>\d+)(?:-(?P<began>\d*))?")


class Remains(NamedTuple):
    """Files that can be freed together."""

    kind: str  # one of KINDS
    paths: tuple[Path, ...]
    files: int
    size: int  # the bytes that are freed
    note: Note | None = None  # of the redo that moved them aside, for the units that were made again
    folder: Path | None = None  # of the note
    kept: int = 0  # how many units of the redo were not made again yet: their old results stay


def find_remains(project: Project, kinds: Collection[str]) -> list[Remains]:
    """Return what can be freed, of these kinds: nothing that a task, a redo or the proof of a result needs."""
    found: list[Remains] = []
    for kind, find in (("aside", _find_aside), ("attempts", _find_attempts), ("temporaries", _find_temporaries)):
        found += find(project) if kind in kinds else ()
    if "logs" in kinds:
        long = [one for stage in project.tracker.stages for one in find_long(find_batches(project, stage))]
        found.append(Remains("logs", tuple(p for p, _ in long), len(long), sum(size for _, size in long)))
    return [one for one in found if one.files or one.kept]


def free(remains: Remains) -> None:
    """Free what was found; raises OSError, and RemoteTrackerError where another command moves results just now."""
    if remains.note and remains.folder:
        _free_aside(remains, remains.folder, remains.note)
    for path in remains.paths if not remains.note else ():
        if remains.kind == "logs":
            shorten(path)
        else:
            with suppress(FileNotFoundError):
                remove(path)


def _free_aside(remains: Remains, folder: Path, note: Note) -> None:
    """Remove old results, then take them out of the note, whose units stay forgiven."""
    with required_alone(folder):
        whole = load_note(folder, note.name, DONE)
        if whole is None:
            return
        for path in remains.paths:
            with suppress(FileNotFoundError):
                remove(path)
            remove_empty(path.parent)
        moves = tuple(move for move in whole.moves if move.unit not in note.units)
        write_note(folder, whole._replace(moves=moves, freed=whole.freed + len(whole.moves) - len(moves)), DONE)


def _find_aside(project: Project) -> Iterator[Remains]:
    """Yield, for each redo, the old results of the units that are finished again."""
    finished = {
        (stage.name, seen.unit.key)
        for stage in project.tracker.stages
        for seen in examine_stage(project, stage, Survey(stage))
        if seen.decision.state is State.FINISHED
    }
    for one in find_redos(project):
        by_unit = {} if one.stands else {unit: moves for unit, moves in one.note.by_unit().items() if moves}
        note = one.note.only({unit for unit in by_unit if (one.note.stage, unit) in finished})
        paths = tuple(project.root / move.new for move in note.moves)
        sizes = [measure(path) for path in paths]
        kept = len(by_unit) - len(note.units)
        yield Remains("aside", paths, sum(n for n, _ in sizes), sum(b for _, b in sizes), note, one.folder, kept)


def _find_attempts(project: Project) -> Iterator[Remains]:
    """Yield the work folders of tasks that failed or were killed, but not while they were putting results in place."""
    places = [folder for folder in _result_folders(project) if folder.name == ".work"]
    publishing = {path.name for place in places for path in _entries(place) if path.name.startswith("publish.")}
    torn = {path for stage in project.tracker.stages for path in Mixed(project, stage).torn}
    quiet = _is_quiet(project)
    found = []
    for path in [path for place in places for path in _entries(place)]:
        name = _ATTEMPT.fullmatch(path.name)
        if name and f"publish.{name['task']}" not in publishing and path not in torn:
            lives = is_running_here(name["host"], int(name["pid"]), name["began"] or "")
            found += [path] if not lives and (name["host"] == os.uname().nodename or _is_left(path, quiet)) else []
    yield _sum_up("attempts", found)


def _result_folders(project: Project) -> list[Path]:
    """Return each folder that results lie in, links followed, and hidden folders; but not what work folders hold."""
    seen: set[tuple[int, int]] = set()
    found = []
    roots = {o.pattern.root for stage in project.tracker.stages for o in stage.outputs}
    waiting = [
        project.root / root for root in sorted(roots | {stage.folder for stage in project.tracker.stages}) if root
    ]
    while waiting:
        folder = waiting.pop()
        with suppress(OSError):
            entry = os.stat(folder)
            if S_ISDIR(entry.st_mode) and (entry.st_dev, entry.st_ino) not in seen:  # a link may lead to a folder above
                seen.add((entry.st_dev, entry.st_ino))
                found.append(folder)
                waiting += [path for path in _entries(folder) if path.is_dir()] if folder.name != ".work" else ()
    return found


def _is_quiet(project: Project) -> bool:
    """Return whether the queue says that nothing of the project runs or waits; a machine without a queue cannot say."""
    surveys = [Survey(stage) for stage in project.tracker.stages]
    for survey in surveys:
        for _ in examine_stage(project, survey.stage, survey):
            pass
    asked = all(survey.queue.asked and not survey.queue.alive for survey in surveys)
    return asked and not project.cluster.scheduler.is_local


def _is_left(path: Path, quiet: bool) -> bool:
    """Return whether a work folder of another machine belongs to no living task."""
    return quiet and time.time() - _newest(path) > DAY_S


def _newest(path: Path) -> float:
    times = [path.lstat().st_mtime]
    for folder, folders, names in os.walk(path):
        with suppress(OSError):
            times += [os.lstat(os.path.join(folder, name)).st_mtime for name in (*folders, *names)]
    return max(times)


def _find_temporaries(project: Project) -> Iterator[Remains]:
    """Yield the half-written files of commands that were killed, where this package writes them."""
    folders = {project.root, *_result_folders(project)}
    left = [path for folder in sorted(folders) for path in _entries(folder) if is_temporary_left(path)]
    # The folder of a copy looks old while files deep in it are still being written.
    yield _sum_up("temporaries", [p for p in left if not p.is_dir() or time.time() - _newest(p) > DEAD_AFTER_S])


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder / name for name in os.listdir(folder))
    except OSError:
        return []


def _sum_up(kind: str, paths: Sequence[Path]) -> Remains:
    sizes = [measure(path) for path in paths]
    return Remains(kind, tuple(paths), sum(n for n, _ in sizes), sum(b for _, b in sizes))
