"""Delete files on this side because home has them, proven: moved aside first, deleted after home's second look.

A note is written before anything is moved, and the ledger before anything is deleted: after a kill at any moment the
next command moves back what the ledger does not tell of, and deletes what it tells of.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any

from ..disk.files import make_folder, write_file
from ..model import Project, State
from ..records.freed import FOLDER, LEDGER, read_ledger
from ..scan import Tree
from .answers import Answer
from .far_files import numbers_of
from .far_stage import examine_all_of

NOTE = "moving."


@contextmanager
def _alone(project: Project) -> Iterator[None]:
    """Wait until no other moves, deletes or puts back: a command whose home was killed goes on here to its end.

    Where the file system has no locks the block goes on without.
    """
    handle = os.open(project.root / FOLDER, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def move_aside(project: Project, question: Answer) -> Answer:
    """Move files to .freed/ beside where they lie; return which were moved, and why the others were not.

    A unit must be finished and neither queued nor running just now; a file must be regular, with the size, time and
    inode that home knows.
    """
    make_folder(project.root / FOLDER)
    with _alone(project):
        _restore(project)
        return _move_aside(project, question)


def _move_aside(project: Project, question: Answer) -> Answer:
    tree, token = Tree(project.root, project.videos), str(question["token"])
    idle = _find_idle(project)
    wanted, why = [], {}
    for unit in question["units"]:
        if (unit["stage"], unit["name"]) in idle:
            wanted += [(path, numbers) for path, numbers in unit["files"]]
        else:
            why.update({path: "it is not finished there any more" for path, _ in unit["files"]})
    places = {path: (tree.place(path), kept_place(tree, path, token)) for path, _ in wanted}
    write_file(project.root / FOLDER / f"{NOTE}{token}.json", json.dumps(list(places.values())))
    moved = []
    for path, numbers in wanted:
        problem = _move(*places[path], numbers)
        if problem:
            why[path] = problem
        else:
            moved.append(path)
    return {"moved": moved, "why": why}


def kept_place(tree: Tree, path: str, token: str) -> str:
    """Return where a file is kept until it is deleted: on its own disk, in a hidden folder that no scan reads."""
    root, _, below = path.partition("/")
    return f"{os.path.realpath(tree.place(f'{root}/'))}/{FOLDER}/{token}/{below}"


def _find_idle(project: Project) -> set[tuple[str, str]]:
    """Return the units that are finished, and neither queued nor running: the queue is asked now."""
    return {
        (stage.name, one.unit.key)
        for stage in project.tracker.stages
        for one in chain(*examine_all_of(project, stage))
        if one.decision.state is State.FINISHED
    }


def _is_meant(place: str, numbers: Sequence[int]) -> bool:
    found = os.lstat(place)
    return stat.S_ISREG(found.st_mode) and numbers_of(found)[:3] == list(numbers[:3])


def _move(place: str, kept: str, numbers: Sequence[int]) -> str:
    """Move a file aside; return why not, "" where it was."""
    try:
        if not _is_meant(place, numbers):
            return "it is not the file there that the record tells of"
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        os.rename(place, kept)
        if _is_meant(kept, numbers):
            return ""
        _give_back(place, kept)
        return "it was replaced just now"
    except OSError as error:
        return error.strerror or "it cannot be moved"


def _give_back(place: str, kept: str) -> bool:
    """Put a file back where nothing lies now; return whether it was."""
    try:
        os.link(kept, place, follow_symlinks=False)  # never over a file that came since
        os.unlink(kept)
    except FileExistsError:
        return False
    except OSError:
        with suppress(OSError):  # a disk without hard links
            if not os.path.lexists(place):
                os.rename(kept, place)
    return not os.path.lexists(kept)


def delete(project: Project, question: Answer) -> Answer:
    """Delete what was moved aside and home looked at again; put the rest back. The ledger is written first."""
    make_folder(project.root / FOLDER)
    with _alone(project):
        return _delete(project, question)


def _delete(project: Project, question: Answer) -> Answer:
    tree, token = Tree(project.root, project.videos), str(question["token"])
    lines, gone = [], []
    for told in question["delete"]:
        kept = kept_place(tree, told["path"], token)
        with suppress(OSError):
            if _is_meant(kept, told["numbers"]):
                lines.append(
                    {**told, "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "token": token, "home": question["home"]}
                )
                gone.append((told["path"], kept))
    _write_ledger(project, lines)
    for _, kept in gone:
        os.unlink(kept)
    _restore(project, token)
    return {"deleted": [path for path, _ in gone]}


def _write_ledger(project: Project, lines: Sequence[dict[str, Any]]) -> None:
    with open(project.root / LEDGER, "ab") as file:
        if file.tell():
            file.write(b"\n")  # the last line may be a killed command's
        file.write("\n".join([*map(json.dumps, lines), ""]).encode())
        file.flush()
        os.fsync(file.fileno())


def restore(project: Project) -> None:
    """Finish what killed commands left: delete what the ledger tells of, move back the rest, to where nothing lies."""
    if os.path.isdir(project.root / FOLDER):
        with _alone(project):
            _restore(project)


def _restore(project: Project, token: str = "") -> None:
    tree = Tree(project.root, project.videos)
    told = {kept_place(tree, str(line.get("path")), str(line.get("token"))) for line in read_ledger(project.root)}
    for note in sorted((project.root / FOLDER).glob(f"{NOTE}{token or '*'}.json")):
        is_over = True
        for place, kept in _read_note(note):
            if not os.path.lexists(kept):
                continue
            if kept in told:
                with suppress(OSError):
                    os.unlink(kept)
            is_over = (not os.path.lexists(kept) or _give_back(place, kept)) and is_over
            _clear_folders(kept)
        if is_over:
            _clear_all(_read_note(note))
            note.unlink(missing_ok=True)


def _read_note(note: Path) -> Iterator[tuple[str, str]]:
    try:
        yield from ((str(place), str(kept)) for place, kept in json.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return


def _clear_all(pairs: Iterator[tuple[str, str]]) -> None:
    for _, kept in pairs:
        _clear_folders(kept)


def _clear_folders(kept: str) -> None:
    """Remove the empty folders above a file that was kept aside."""
    folder = os.path.dirname(kept)
    with suppress(OSError):
        while f"/{FOLDER}" in folder and not os.path.exists(f"{folder}/ledger.jsonl"):
            os.rmdir(folder)
            folder = os.path.dirname(folder)
