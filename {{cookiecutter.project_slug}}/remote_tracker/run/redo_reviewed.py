"""Do again what the lab called bad: the results that a file calls bad, each unless it was made anew since."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ..errors import WrongUse, unknown_word
from ..model import Project, Stage
from ..named_tuple import NamedTuple
from ..survey import Examined, Survey, examine_stage
from ..tables.read_videos import read_videos, result_stage
from ..tables.reviewed import BAD, Unseen, read_reviewed
from ..tables.spreadsheet import Sheet
from ..text.counted import number_of
from ..text.visible import shown
from .redo import Talk, redo_chosen

SHOWN = 5
UNDONE = "Nothing was moved."


class Bad(NamedTuple):
    """What the lab called bad."""

    again: tuple[str, ...]  # the videos whose results are made again
    lapsed: tuple[str, ...]  # the videos whose result was made anew since: the word says nothing about it
    without: tuple[str, ...]  # the videos that are not finished, or are archived, each with its state
    unknown: tuple[str, ...]  # names that no video here has


def redo_reviewed(project: Project, path: Path, stage: str | None, talk: Talk) -> int:
    """Move the results aside that the file at ``path`` calls bad; returns 1 where something could not be moved.

    ``stage`` is the step to do again (None: the step that makes the results for people). Raises RemoteTrackerError,
    with nothing moved, where the file cannot be read, WrongUse for a step that there is not.
    """
    step, bad = _choose_step(project, stage), find_bad(project, path)
    talk.tell(_lines(path, bad))
    more = {"lapsed": [*bad.lapsed], "not_moved": [*bad.without, *bad.unknown]}
    return redo_chosen(project, lambda: (step, find_units(project, step, set(bad.again))), talk, more)


def _choose_step(project: Project, name: str | None) -> Stage:
    step = project.tracker.stage(name) if name is not None else result_stage(project)
    if step is None:
        raise WrongUse(unknown_word("stage", name, [s.name for s in project.tracker.stages]))
    return step


def find_bad(project: Project, path: Path) -> Bad:
    """Return what the file at ``path`` calls bad, by how each video stands."""
    reviewed, unseen = read_reviewed(path, Sheet(str(path), UNDONE)), Unseen()
    again: list[str] = []
    lapsed: list[str] = []
    without: list[str] = []
    for row in unseen.watch(read_videos(project, reviewed), reviewed):
        if row.state == "finished" and row.word == BAD:
            (lapsed if row.word_lapsed else again).append(row.video)
        elif row.state != "finished" and any(said.word == BAD for said in reviewed.about(row.video)):
            without.append(f"{row.video} ({row.state})")
    return Bad(tuple(again), tuple(lapsed), tuple(without), unseen.names(reviewed))


def find_units(project: Project, step: Stage, names: Collection[str]) -> list[Examined]:
    """Return the units of a step with these names."""
    return [seen for seen in examine_stage(project, step, Survey(step)) if seen.unit.key in names]


def _lines(path: Path, bad: Bad) -> Iterator[str]:
    if not bad.again:
        yield f"{shown(str(path))} calls no result bad that is here."
    if bad.lapsed:
        about = "is about a result that was" if len(bad.lapsed) == 1 else "are about results that were"
        yield f"{number_of(len(bad.lapsed), 'words')} {about} made anew, not moved: {_named(bad.lapsed)}"
    if bad.without:
        are = "is" if len(bad.without) == 1 else "are"
        yield f"{len(bad.without)} that it calls bad {are} not moved: {_named(bad.without)}"
    if bad.unknown:
        match = "matches" if len(bad.unknown) == 1 else "match"
        yield f"{number_of(len(bad.unknown), 'names')} in it {match} nothing here: {_named(bad.unknown)}"


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(map(shown, names[:SHOWN]))}{more}"
