"""Takes results along to the new names of videos that were moved or renamed, and notes them there.

What is to be moved is noted first. After a kill or on a full disk nothing is lost: the next command goes on.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from ..content import Entry
from ..disk.moves import identify, put
from ..errors import RemoteTrackerError
from ..model import Cause, Project, Record, Stage, State, Unit
from ..records import History, batches_of, find_batches
from ..records.notes import DONE, MOVING, Move
from ..records.taking import NAMED, Taking, find_takings, load_taking, write_taking
from ..scan import Tree, find_units
from ..survey import Examined, Survey, examine_stage, find_flying, find_link
from ..survey.archived import unit_without_video
from ..survey.in_flight import load_history
from ..survey.unit_files import verify_deep, verify_for_another
from ..survey.verify_stage import maker_of
from ..survey.vouch import Likeness, files_of_places, find_voucher, places_of_inputs, places_of_results
from .aside import required_alone
from .note import Noted, note_units
from .redo import FLYING, plan_redo, redo


@dataclass
class Along:
    """Results of a stage that are to be taken along, or were."""

    stage: Stage
    pairs: list[tuple[str, str]] = field(default_factory=list)  # the old and the new name of each unit
    refused: list[tuple[str, str, str]] = field(default_factory=list)  # old name, new name, and which check fails
    stuck: list[tuple[str, str, str]] = field(default_factory=list)  # old name, new name, and why nothing was moved


def plan_along(project: Project, stage: Stage) -> Along:
    """Return the units of a stage that were moved or renamed; those whose checks would not hold are refused."""
    along, tree = Along(stage), Tree(project.root, project.videos)
    for seen in examine_stage(project, stage, Survey(stage)):
        if seen.decision.state is not State.MOVED or not (old := unit_without_video(stage, seen.decision.detail)):
            continue
        if bad := _refuse(project, stage, seen.unit, old, tree):
            along.refused.append((old.key, seen.unit.key, bad))
        else:
            along.pairs.append((old.key, seen.unit.key))
    return along


def _refuse(project: Project, stage: Stage, unit: Unit, old: Unit, tree: Tree) -> str:
    """Return why the results of a unit cannot be taken along, "" where they can."""
    try:
        deque(find_moves(project.root, stage, old.key, unit.key, tree), maxlen=0)
    except ValueError as error:
        return f"{error}: its new name cannot be told"
    return verify_for_another(project.root, stage, unit, old, tree)


def take_along(project: Project, plan: Along) -> Along:
    """Move the results of the plan's units to their new names, and note them there; returns what came of it.

    Tables that were made from results under old names are moved aside first, as by a redo. Raises RemoteTrackerError,
    with no result moved, where any of the units is queued or running, or another command moves results here.
    """
    stage, place = plan.stage, batches_of(project, plan.stage)
    olds = [old for name, _ in plan.pairs if (old := unit_without_video(stage, name))]
    _put_tables_aside(project, stage, olds)
    with required_alone(place.redo):
        taking = _find_taking(project, stage, plan.pairs)
        write_taking(place.redo, taking, MOVING)  # from now on no task of these units starts
        flying = find_flying(find_batches(project, stage), place.redo, project.cluster.scheduler)
        if busy := next((name for pair in taking.pairs for name in pair if flying.get(name) in FLYING), None):
            (place.redo / f"{taking.name}{MOVING}").unlink()
            raise RemoteTrackerError(f"{busy} is queued or running: wait for it or stop it first. Nothing was moved.")
        return _finish(project, stage, place.redo, taking)


def finish_taking(project: Project) -> list[Along]:
    """Take along what a killed command left to take along, and return what came of it."""
    found = []
    for stage in project.tracker.stages:
        redo_folder = batches_of(project, stage).redo
        if find_takings(redo_folder, stage.name):
            with required_alone(redo_folder):
                for path in find_takings(redo_folder, stage.name):
                    if taking := load_taking(path):
                        found.append(_finish(project, stage, redo_folder, taking))
    return found


def _put_tables_aside(project: Project, stage: Stage, olds: Sequence[Unit]) -> None:
    """Move aside what later stages made from groups of results, as a day's table, where a result leaves its name."""
    stages = project.tracker.stages
    for later in stages[stages.index(stage) + 1 :]:
        link = find_link(stage, later) if later.per else None
        keys = {key for old in olds for key in link.above(old)} if link else set()
        if link and keys:
            seen = examine_stage(project, later, Survey(later))
            chosen: list[Examined] = [one for one in seen if keys.intersection(link.below(one.unit))]
            plan = plan_redo(project, later, chosen)
            if plan.moves:
                redo(project, later, plan)


def _find_taking(project: Project, stage: Stage, pairs: Sequence[tuple[str, str]]) -> Taking:
    ran = [batch.number for batch in find_batches(project, stage) if batch.has_run]
    tree = Tree(project.root, project.videos)
    moves = [move for old, new in pairs for move in find_moves(project.root, stage, old, new, tree)]
    name = f"{NAMED}.{time.strftime('%Y%m%d_%H%M%S')}.{os.getpid()}.{stage.name}"
    return Taking(name, ran[-1] if ran else "", tuple(pairs), tuple(moves))


def find_moves(root: Path, stage: Stage, old: str, new: str, tree: Tree) -> Iterator[Move]:
    """Yield the moves of all results of a unit to its new name, folders before what lies in them.

    Raises ValueError for a result whose new name cannot be told.
    """
    before, after = (_values(stage, name) for name in (old, new))
    found: dict[str, str] = {}
    for output in stage.outputs:
        for path, _ in tree.find(output.pattern, before):
            end = "/" if output.pattern.is_folder else ""
            found[path] = output.pattern.renamed(path + end, before, after).removesuffix(end)
    done: list[Move] = []
    for path in sorted(found):
        if (identity := identify(root / path)) and (now := rename(path, done)) != found[path]:
            done.append(Move(new, now, found[path], identity))
    yield from done


def rename(path: str, moves: Sequence[Move]) -> str:
    """Return where a file lies after these moves, each of a file or of a folder with all that it holds."""
    for move in moves:
        if path == move.old or path.startswith(f"{move.old}/"):
            path = move.new + path[len(move.old) :]
    return path


def _values(stage: Stage, name: str) -> dict[str, str]:
    unit = unit_without_video(stage, name)
    return dict(zip(stage.unit_wildcards, unit.values, strict=True)) if unit else {}


def _finish(project: Project, stage: Stage, redo_folder: Path, taking: Taking) -> Along:
    """Do what is left to do of a note that stands."""
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
        bad = verify_deep(root, stage, units[new], tree) if new in units else "its video is not there any more"
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
