"""The lines on what redos moved aside, what was brought back, and what cannot be moved."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..model import Project
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import rt_line

if TYPE_CHECKING:  # 2 ms of a scan, which moves nothing
    from ..batches.aside import Stuck
    from ..batches.undo import Left, Redo, Undoing
    from ..records.notes import Move, Note

SHOWN = 5


def stuck_lines(project: Project, stuck: Sequence[Stuck]) -> Iterator[str]:
    """Yield a line for each reason for which results cannot be moved: which, why, and what to do."""
    for one in stuck:
        if not one.redo:
            yield f"{shown(one.path)}: {one.reason}: move the files that it names by hand, then remove it."
            continue
        way = "brought back" if one.back else "moved aside"
        undo = "" if one.back else f" To bring the old results back:  {rt_line(project, f'undo {one.redo}')}"
        because = f"{shown(one.path)} cannot be {way}: {one.reason}" if one.reason else shown(one.path)
        held = "1 is" if one.units == 1 else f"{one.units} are"
        yield f"{because}. {held} not listed until that is mended: the next scan moves the rest.{undo}"


def plan_text(note: Note, what: str) -> str:
    """Return a line on what a redo will move aside, and where to; ``what`` is what people call its units."""
    if not note.moves:
        return f"{number_of(len(note.units), what)} without old results: nothing is to be moved."
    return f"{amount(note, what)} will be moved to {_places(note)}."


def amount(note: Note, what: str) -> str:
    """Return how much a note names, as "204 videos, 612 files, 22 MB"."""
    units = {move.unit for move in note.moves}
    files = number_of(sum(move.files for move in note.moves), "files")
    return f"{number_of(len(units), what)}, {files}, {megabytes(sum(move.size for move in note.moves))}"


def megabytes(size: int) -> str:
    """Return bytes as MB: a whole number from 10 on, one decimal below, "under 0.1 MB" where that would be 0."""
    if size < 100_000:
        return "under 0.1 MB"
    return f"{size / 1e6:,.0f} MB" if size >= 9_950_000 else f"{size / 1e6:.1f} MB"


def undo_text(plan: Undoing, what: str) -> str:
    """Return a line on what an undoing will bring back; ``what`` is what people call the units."""
    back = plan.back
    if not back.units:
        return f"Nothing of redo {back.number} can be brought back."
    if not back.moves:
        return f"{number_of(len(back.units), what)} without old results: nothing is to be moved."
    return f"{amount(back, what)} will be brought back from {_places(back)}."


def _places(note: Note) -> str:
    tops = list(dict.fromkeys(_aside_of(move, note) for move in note.moves))
    more = f" and {number_of(len(tops) - 2, 'more places')}" if len(tops) > 2 else ""
    return " and ".join(map(shown, tops[:2])) + more


def _aside_of(move: Move, note: Note) -> str:
    parts = PurePosixPath(move.new).parts
    return "/".join(parts[: parts.index(note.stamp) + 1])


def moves_data(note: Note, back: bool = False) -> list[dict[str, Any]]:
    """Return each move of a note, ``back`` or aside, as data for programs."""
    ends = ("to", "from") if back else ("from", "to")
    return [{"name": m.unit, ends[0]: m.old, ends[1]: m.new, "bytes": m.size} for m in note.moves]


def left_lines(left: Sequence[Left]) -> Iterator[str]:
    """Yield lines on units whose old results are not brought back, each with the file that is in the way."""
    for one in left[:SHOWN]:
        yield f"{shown(one.unit)} stays as it is: {shown(one.path)} {one.why}."
    if len(left) > SHOWN:
        yield f"... and {len(left) - SHOWN} more: --json names all."


def redo_lines(redos: Sequence[Redo], what: dict[str, str]) -> Iterator[str]:
    """Yield the table of a project's redos, youngest first; ``what`` is what people call the units of each stage."""
    for one in reversed(redos):
        note = one.note
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.strptime(note.stamp.partition(".")[0], "%Y%m%d_%H%M%S"))
        yield f"{note.number:4d}  {when}  {note.stage}  {_told(one, what.get(note.stage, 'units'))}"


def _told(redo: Redo, what: str) -> str:
    if redo.stands:
        return f"{amount(redo.note, what)}; not all of that could be moved yet"
    if redo.note.moves:
        return amount(redo.note, what)
    if redo.note.freed:
        return "what it moved aside was removed since: ./rt clean"
    return f"{number_of(len(redo.note.units), what)} without old results" if redo.note.units else "brought back"


def redos_data(redos: Sequence[Redo]) -> list[dict[str, Any]]:
    """Return the project's redos as data for programs, youngest first."""
    return [
        {"redo": one.note.number, "stage": one.note.stage, "stands": one.stands, "moved": moves_data(one.note)}
        for one in reversed(redos)
    ]
