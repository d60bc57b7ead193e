"""Brings back what redos moved aside, by their notes, where nothing younger stands: as it was before the redo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

from ..disk.moves import identify
from ..errors import RemoteTrackerError, WrongUse
from ..model import Project, State
from ..named_tuple import NamedTuple
from ..records import BatchesFolder
from ..records.notes import DONE, MOVING, UNDOING, Move, Note, find_notes, load_note, write_note
from ..survey import find_flying
from .aside import Stuck, redo_folders, required_alone, settle


@dataclass(frozen=True)
class Redo:
    """A redo by its notes: what it moved aside that was not brought back since."""

    folder: Path  # of the notes
    note: Note
    stands: bool  # whether not all is moved yet, aside or back
    begun: Note | None  # what an undoing that was killed, or cannot go on, has begun to bring back


class Left(NamedTuple):
    """A unit whose old results are not brought back."""

    unit: str
    path: str  # the file for which they are not
    why: str


@dataclass(frozen=True)
class Undoing:
    """What an undoing of a redo will bring back, and what it will leave."""

    redo: Redo
    back: Note  # the redo's note for the units that are brought back
    left: tuple[Left, ...]


def find_redos(project: Project) -> list[Redo]:
    """Return the project's redos by their notes, oldest first; notes that cannot be read are left out."""
    found = []
    for folder in redo_folders(project):
        for name, endings in find_notes(folder).items():
            notes = [note for ending in (UNDOING, MOVING, DONE) if (note := load_note(folder, name, ending))]
            if notes:
                whole = reduce(Note.joined, notes)
                found.append(Redo(folder, whole, bool(endings & {MOVING, UNDOING}), load_note(folder, name, UNDOING)))
    return sorted(found, key=lambda redo: redo.note.number)


def choose_redo(project: Project, number: int | None) -> Redo:
    """Return the redo of this number; without a number, the last redo that can be undone.

    Raises WrongUse where there is no such redo, or its results were removed since.
    """
    redos = find_redos(project)
    if number is None:
        redos = [redo for redo in redos if redo.note.units and not redo.note.freed]
    found = [redo for redo in redos if number in (None, redo.note.number)]
    if not found:
        what = "There is no redo that could be undone" if number is None else f"There is no redo {number}"
        raise WrongUse(f"{what}. ./rt undo --list shows what there is.")
    if found[-1].note.freed:
        raise WrongUse(f"What redo {number} moved aside was removed since, by ./rt clean. Nothing was moved.")
    return found[-1]


def plan_undo(project: Project, redo: Redo) -> Undoing:
    """Return what can be brought back of a redo: the units in whose place nothing younger stands.

    A unit that an undoing has begun to bring back goes on.
    """
    note, folder = redo.note, BatchesFolder(redo.folder.parents[1])
    flying = find_flying(folder.find(note.stage), redo.folder, project.cluster.scheduler)
    begun = redo.begun.units if redo.begun else ()
    since = {unit: one.note.number for one in find_redos(project) if _is_later(one, redo) for unit in one.note.units}
    left = []
    for unit, moves in note.by_unit().items():
        if flying.get(unit) in (State.QUEUED, State.RUNNING):
            left.append(Left(unit, unit, "is queued or running"))
        elif unit in since:
            left.append(Left(unit, f"redo {since[unit]}", "moved younger results of it aside: undo that first"))
        elif unit not in begun and (gap := _find_gap(project.root, moves)):
            left.append(Left(unit, *gap))
    return Undoing(redo, note.without({one.unit for one in left}), tuple(left))


def _is_later(one: Redo, redo: Redo) -> bool:
    return (one.folder, one.note.stage) == (redo.folder, redo.note.stage) and one.note.number > redo.note.number


def _find_gap(root: Path, moves: Sequence[Move]) -> tuple[str, str] | None:
    """Return the file for which a unit's results cannot be brought back, and why; None where they can."""
    for move in moves:
        there, aside = identify(root / move.old), identify(root / move.new)
        if there and aside and not there.is_same(aside):
            return move.old, "is younger, and is not replaced"
        if not aside and not (there and there.is_same(move.identity)):
            return move.new, f"is not there any more{', and another file stands in its place' if there else ''}"
    return None


def undo(project: Project, plan: Undoing) -> list[Stuck]:
    """Bring back what the plan names, and take its units out of the redo's note: their records hold again.

    Returns what could not be moved: the next scan tries again. Raises RemoteTrackerError, with nothing moved, where
    something has changed since the plan was made, or another command moves results of the project.
    """
    folder, begun = plan.redo.folder, plan.redo.begun
    with required_alone(folder):
        write_note(folder, plan.back, UNDOING)  # from now on no task of these units starts
        if plan_undo(project, plan.redo).back.units != plan.back.units:
            if begun:
                write_note(folder, begun, UNDOING)
            else:
                (folder / f"{plan.back.name}{UNDOING}").unlink()
            raise RemoteTrackerError("The results have changed since: type it again. Nothing was moved.")
        return settle(project.root, folder, plan.back.name)
