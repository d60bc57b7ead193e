"""Moves what notes of redos name: old results aside, or back. After a kill or a full disk, the next command goes on.

A note is written before its first move: a video with half of its results moved would be listed, and its new results
would lie beside the other half. A result that cannot be moved holds its own video back, and no other.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from ..disk.files import make_folder
from ..disk.moves import identify, put, take
from ..errors import NotWritten, RemoteTrackerError
from ..model import Project
from ..named_tuple import NamedTuple
from ..records import batches_of
from ..records.notes import DONE, MOVING, UNDOING, Move, Note, find_standing, load_note, write_note


class Stuck(NamedTuple):
    """Units that a redo, or its undoing, holds back, since a file cannot be moved."""

    redo: int  # the number of the redo
    path: str  # the file
    reason: str
    units: int
    back: bool  # whether they were to be brought back


def finish_moves(project: Project) -> list[Stuck]:
    """Move what killed redos and undoings left to move, and return what cannot be moved.

    While another process moves results of the project, nothing is done here.
    """
    found: list[Stuck] = []
    for redo in redo_folders(project):
        if find_standing(redo):
            with alone(redo) as is_alone:
                for name in find_standing(redo) if is_alone else ():
                    found += settle(project.root, redo, name)
    return found


def redo_folders(project: Project) -> list[Path]:
    """Return the folders with the notes of the project's redos."""
    return sorted({batches_of(project, stage).redo for stage in project.tracker.stages})


@contextmanager
def alone(redo: Path) -> Iterator[bool]:
    """Lock a folder of notes for the block; yield False where another process holds the lock.

    Where the file system knows no locks, True: each move may be done by two processes at once.
    """
    handle = os.open(redo, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            yield error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
        else:
            yield True
    finally:
        os.close(handle)


@contextmanager
def required_alone(redo: Path) -> Iterator[None]:
    """Lock a folder of notes, made where it is missing, for the block; raises RemoteTrackerError where it is locked."""
    make_folder(redo)
    with alone(redo) as is_alone:
        if not is_alone:
            raise RemoteTrackerError(f"{redo}: another command is moving results here. Nothing was moved: try again.")
        yield


def settle(root: Path, redo: Path, name: str) -> list[Stuck]:
    """Do what is left to do of a note that stands, and return what cannot be done."""
    undoing = load_note(redo, name, UNDOING)
    note = undoing or load_note(redo, name, MOVING)
    if note is None:
        if name not in find_standing(redo):  # just finished by another process
            return []
        return [Stuck(0, str((redo / name).relative_to(root)), "this note cannot be read", 0, back=False)]
    faults = _move_units(note, lambda move: _bring_back(root, move) if undoing else _take_away(root, move))
    try:
        (_note_back if undoing else _note_away)(redo, note, {*faults})
    except FileNotFoundError:  # another process finished the same note at the same moment
        return []
    except (NotWritten, OSError) as error:
        reason = error.reason if isinstance(error, NotWritten) else f"{redo / name}: {error.strerror}"
        return [Stuck(note.number, reason, "", len(note.units), back=bool(undoing))]
    return _tell(note, faults, back=bool(undoing))


def _take_away(root: Path, move: Move) -> None:
    """Move the old result that the note names aside, and no younger file in its place."""
    take(root / move.old, root / move.new, move.identity)


def _bring_back(root: Path, move: Move) -> None:
    """Move an old result back; it may never have been moved aside, or be back already."""
    if identify(root / move.new):
        put(root / move.new, root / move.old)
        remove_empty((root / move.new).parent)


def remove_empty(folder: Path) -> None:
    """Remove a folder and the folders above it, up to ``.aside``, where they are empty."""
    with suppress(OSError):
        while ".aside" in folder.parts:
            folder.rmdir()
            folder = folder.parent


class Fault(NamedTuple):
    """Why the results of a unit cannot be moved."""

    path: str  # the first of them that cannot be moved, by its old place
    reason: str


def _move_units(note: Note, move: Callable[[Move], None]) -> dict[str, Fault]:
    """Do the moves of each unit, up to its first fault; returns the faults by unit."""
    faults: dict[str, Fault] = {}
    for unit, moves in note.by_unit().items():
        for one in moves:
            try:
                move(one)
            except OSError as error:
                faults[unit] = Fault(one.old, error.strerror or str(error))
                break
    return faults


def _note_away(redo: Path, note: Note, faulty: set[str]) -> None:
    """Note which units are done, and leave a standing note for the others."""
    moving, before = redo / f"{note.name}{MOVING}", load_note(redo, note.name, DONE)
    if not faulty and before is None:
        os.replace(moving, moving.with_suffix(DONE))
    elif not faulty.issuperset(note.units):
        write_note(redo, note.without(faulty).joined(before), DONE)
        if faulty:
            write_note(redo, note.only(faulty), MOVING)
        else:
            moving.unlink()


def _note_back(redo: Path, note: Note, faulty: set[str]) -> None:
    """Take the units that are back out of the redo's notes, and leave a standing note for the others."""
    moving, done = load_note(redo, note.name, MOVING), load_note(redo, note.name, DONE)
    whole = moving.joined(done) if moving else done
    if whole and not faulty.issuperset(note.units):
        write_note(redo, whole.without({*note.units} - faulty), DONE)
        (redo / f"{note.name}{MOVING}").unlink(missing_ok=True)
    if faulty:
        write_note(redo, note.only(faulty), UNDOING)
    else:
        (redo / f"{note.name}{UNDOING}").unlink()


def _tell(note: Note, faults: Mapping[str, Fault], back: bool) -> list[Stuck]:
    """Return the faults of a note, each reason once: a folder that is read-only stops many units."""
    found: dict[str, Stuck] = {}
    for fault in faults.values():
        known = found.setdefault(fault.reason, Stuck(note.number, fault.path, fault.reason, 0, back))
        found[fault.reason] = known._replace(units=known.units + 1)
    return list(found.values())
