"""Read and write the notes of redos: which old results were moved aside, where they lie, whose failures are forgiven.

A note's name is <number>.<time>.<process>.<stage>, and says how far its redo is by its ending: ``moving`` until all
results are moved aside, then ``json``; ``undoing`` beside it while results are being brought back.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..disk.files import write_file
from ..disk.moves import Identity
from ..named_tuple import NamedTuple

DONE, MOVING, UNDOING = ".json", ".moving", ".undoing"
_NAME = re.compile(r"(\d{4,}\.\d{8}_\d{6}\.\d+\.\w+)(\.json|\.moving|\.undoing)")


class Move(NamedTuple):
    """An old result that is, or is to be, moved aside."""

    unit: str  # whose result it is
    old: str  # where it lay, below the project
    new: str  # where it lies when it is moved, below the project
    identity: Identity  # its identity before it was moved: a younger result in its place is another file
    files: int = 1  # how many files it holds
    size: int = 0  # their bytes


class Note(NamedTuple):
    """What a redo moves aside, or what an undoing of it brings back."""

    name: str
    after: str  # the number of the newest batch that had run by then, "" for none: failures up to it are forgiven
    units: tuple[str, ...]
    moves: tuple[Move, ...]
    freed: int = 0  # how many results were removed for good since

    @property
    def number(self) -> int:
        """Return the number of the redo in its project: the first has 1."""
        return int(self.name.partition(".")[0])

    @property
    def stamp(self) -> str:
        """Return the time and the process of the redo, as 20260101_120000.4711: the folder in each ``.aside``."""
        return self.name.partition(".")[2].rpartition(".")[0]

    @property
    def stage(self) -> str:
        """Return the name of the stage whose results the redo moved."""
        return self.name.rpartition(".")[2]

    def only(self, units: Collection[str]) -> Note:
        """Return the note for some of its units alone."""
        kept = tuple(unit for unit in self.units if unit in units)
        return self._replace(units=kept, moves=tuple(move for move in self.moves if move.unit in units))

    def without(self, units: Collection[str]) -> Note:
        """Return the note for its other units."""
        return self.only({*self.units} - {*units})

    def joined(self, other: Note | None) -> Note:
        """Return the note for the units of both notes of one redo."""
        if other is None:
            return self
        known = {*self.units}
        more = other.without(known)
        return self._replace(units=(*self.units, *more.units), moves=(*self.moves, *more.moves))

    def by_unit(self) -> dict[str, list[Move]]:
        """Return the moves of each unit; a unit without old results has none."""
        found: dict[str, list[Move]] = {unit: [] for unit in self.units}
        for move in self.moves:
            found.setdefault(move.unit, []).append(move)
        return found


def find_notes(redo: Path) -> dict[str, set[str]]:
    """Return, for each redo in the folder of notes, the endings of its notes, by the notes' name; oldest redo first."""
    found: dict[str, set[str]] = {}
    with suppress(FileNotFoundError):
        for match in filter(None, map(_NAME.fullmatch, os.listdir(redo))):
            found.setdefault(match[1], set()).add(match[2])
    return dict(sorted(found.items(), key=lambda note: (int(note[0].partition(".")[0]), note[0])))


def find_standing(redo: Path, stage: str = "") -> list[str]:
    """Return the names of the notes whose results are not all where the redo, or its undoing, wants them.

    With ``stage`` only the notes of this stage are returned.
    """
    found = [name for name, endings in find_notes(redo).items() if endings & {MOVING, UNDOING}]
    return [name for name in found if stage in ("", name.rpartition(".")[2])]


def load_note(redo: Path, name: str, ending: str) -> Note | None:
    """Return a note, None where there is none, or where it cannot be read: a bad disk or a person spoilt it."""
    try:
        told = _load(redo / f"{name}{ending}")
        moves = tuple(
            Move(str(unit), str(old), str(new), Identity(*map(int, identity)), int(files), int(size))
            for unit, old, new, identity, files, size in told["moves"]
        )
        return Note(name, str(told["after"]), tuple(map(str, told["units"])), moves, int(told["freed"]))
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None


def load_forgiven(redo: Path, stage: str = "*") -> Iterator[tuple[str, list[str]]]:
    """Yield, for each note on a stage in the folder ``redo``, the newest batch's number then, and the units' names."""
    for path in sorted(redo.glob(f"*.{stage}{DONE}")):
        try:
            note = _load(path)
            after, units = str(note["after"]), [str(unit) for unit in note["units"]]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            continue  # the note is ours and broken: the failures that it forgave count again
        yield after, units


def load_held(redo: Path, stage: str = "") -> frozenset[str]:
    """Return a stage's units whose old results are not all moved aside, or not all brought back: no task may start."""
    held: set[str] = set()
    for name in find_standing(redo, stage):
        for note in (load_note(redo, name, UNDOING), load_note(redo, name, MOVING)):
            held.update(note.units if note else ())
    return frozenset(held)


def write_note(redo: Path, note: Note, ending: str) -> None:
    """Write a note; raises as write_file does. A task looks there for its unit's name in double quotes, as in JSON."""
    moves = [[m.unit, m.old, m.new, m.identity, m.files, m.size] for m in note.moves]
    told = {"after": note.after, "units": note.units, "freed": note.freed, "moves": moves}
    write_file(redo / f"{note.name}{ending}", json.dumps(told, ensure_ascii=False) + "\n")


def _load(path: Path) -> Any:
    return json.loads(path.read_bytes().decode("utf-8", "surrogateescape"))
