"""Does what notes on results that are taken along say: moves them, runs the checks, notes the proof, forgets old names.

Each step may have been done already, by a command that was killed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..content.entry import Entry
from ..disk.moves import identify, put
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Record, Stage, Unit
from ..records import History, batches_of
from ..records.notes import DONE, MOVING, Move
from ..records.taking import Taking, find_takings, load_taking, write_taking
from ..scan import Tree, find_units
from ..survey.in_flight import load_history
from ..survey.unit_files import verify_deep
from ..survey.verify_stage import maker_of
from ..survey.vouch import Likeness, files_of_places, find_voucher, places_of_inputs, places_of_results
from .aside import alone
from .note import Noted, note_units


@dataclass
class Along:
    """Results of a stage that are to be taken along, or were."""

    stage: Stage
    pairs: list[tuple[str, str]] = field(default_factory=list)  # the old and the new name of each unit
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # old name, new name, and which check fails
    stuck: list[tuple[str, str, str]] = field(default_factory=list)  # old name, new name, and why nothing was moved


def finish_taking(project: Project) -> list[Along]:
    """Take along what a killed command left to take along, and return what came of it.

    While another process moves results of the stage, nothing is done here.
    """
    found = []
    for stage in project.tracker.stages:
        notes = batches_of(project, stage).redo
        if find_takings(notes, stage.name):
            with alone(notes) as is_alone:
                found += [_go_on(project, stage, path) for path in find_takings(notes, stage.name) if is_alone]
    return found


def _go_on(project: Project, stage: Stage, path: Path) -> Along:
    taking = load_taking(path)
    if taking is None:
        reason = "this note cannot be read: move the files that it names by hand, then remove it"
        return Along(stage, stuck=[(str(path.relative_to(project.root)), "", reason)])
    try:
        return finish(project, stage, path.parent, taking)
    except (RemoteTrackerError, OSError) as error:
        return Along(stage, stuck=[(*pair, str(error)) for pair in taking.pairs])


def finish(project: Project, stage: Stage, redo_folder: Path, taking: Taking) -> Along:
    """Do what is left to do of a note that stands; whoever calls holds the lock of the folder of notes."""
    along, root = Along(stage), project.root
    history = load_history(project, stage)
    olds, done = {new: old for old, new in taking.pairs}, set[str]()
    for old, new in taking.pairs:
        if why := _move(root, taking.moves_of(new)):
            along.stuck.append((old, new, why))
        else:
            done.add(new)
    tree = Tree(root, project.videos)
    units = {unit.key: unit for unit in find_units(stage, tree) if unit.key in done}
    for new in sorted(done):
        gone = f"its {stage.unit} is not there any more"
        bad = verify_deep(project, stage, units[new], tree) if new in units else gone
        if bad:
            done.discard(new)
            back = _move_back(root, taking.moves_of(new))
            (along.stuck if back else along.refused).append((olds[new], new, back or bad))
    fresh = [units[new] for new in olds if new in done and not history.finished(new)]
    noted = [_note_of(project, stage, tree, history, unit, olds[unit.key], taking) for unit in fresh]
    if noted:
        note_units(project, stage, noted, Cause.MOVED, olds)
    along.pairs = [pair for pair in taking.pairs if pair[1] in done]
    _settle(root, redo_folder, taking, done)
    return along


def _settle(root: Path, redo_folder: Path, taking: Taking, done: set[str]) -> None:
    """Forget the old names of the units that are done; a note stands for units whose results lie at both names."""
    left = [move for move in taking.moves if move.unit not in done and identify(root / move.new)]
    between = {move.unit for move in left if not os.path.lexists(root / move.old)}
    if done:
        write_taking(redo_folder, taking.only(done), DONE)
    if between:
        write_taking(redo_folder, taking.only(between), MOVING)
    else:
        (redo_folder / f"{taking.name}{MOVING}").unlink(missing_ok=True)


def _move(root: Path, moves: Sequence[Move]) -> str:
    """Move all results of a unit, or none; returns why not, "" where they lie under their new names."""
    try:
        for move in moves:
            if (found := identify(root / move.old)) is None:
                continue  # a killed command moved it
            if not move.identity.is_same(found):
                raise OSError(0, "another file stands there now", move.old)
            put(root / move.old, root / move.new)
    except OSError as error:
        return _move_back(root, moves) or f"{error.filename2 or error.filename or ''}: {error.strerror}"
    return ""


def _move_back(root: Path, moves: Sequence[Move]) -> str:
    """Move the results of a unit back to their old names; returns why that is not possible, "" where it is done."""
    try:
        for move in reversed(moves):
            if not os.path.lexists(root / move.old) and identify(root / move.new):
                put(root / move.new, root / move.old)
                with suppress(OSError):  # a folder that was made for it
                    (root / move.new).parent.rmdir()
    except OSError as error:
        return f"{error.filename2 or error.filename or ''}: {error.strerror}"
    return ""


def _note_of(
    project: Project, stage: Stage, tree: Tree, history: History, unit: Unit, old: str, taking: Taking
) -> Noted:
    """Return what is noted of a unit: what the success that made its results noted, under the names of now."""
    (path,) = unit.inputs[0]
    video = tree.place(path).removeprefix(f"{project.root}/")
    moves = taking.moves_of(unit.key)

    def entries_of(record: Record) -> list[Entry]:
        return [
            entry._replace(path=video if entry.role == "in" else rename(entry.path, moves))
            for entry in history.entries(record)
        ]

    results, inputs = places_of_results(stage, unit, tree), places_of_inputs(unit, tree)
    voucher = find_voucher(history.youngest_first(old), entries_of, unit.mark, inputs, results)
    made = voucher.record
    same = {Likeness.UNTOUCHED, Likeness.SAMPLED}
    now = {path: found for path, (_, found) in files_of_places(results)} if voucher.results in same else {}
    if voucher.inputs in same:
        now[video] = inputs[0].found
    entries = [_with_stat(entry, now.get(entry.path)) for entry in entries_of(made)] if made else []
    return unit, maker_of(made, history), entries


def _with_stat(entry: Entry, found: os.stat_result | None) -> Entry:
    """Return the entry with the times and the inode that the file has now; it holds what it held."""
    if found is None:
        return entry
    return entry._replace(mtime_ns=found.st_mtime_ns, inode=found.st_ino, ctime_ns=found.st_ctime_ns)


def rename(path: str, moves: Sequence[Move]) -> str:
    """Return where a file lies after these moves, each of a file or of a folder with all that it holds."""
    for move in moves:
        if path == move.old or path.startswith(f"{move.old}/"):
            path = move.new + path[len(move.old) :]
    return path
