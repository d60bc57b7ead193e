"""Joins the tables of a project's days into one table, and names each video that is in no table, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import RemoteTrackerError
from ..model import Project, Stage, State
from ..model.pattern import Pattern, feeds
from ..model.result_folders import OWN_FOLDERS
from ..report.next_step import JOINED, next_text
from ..report.situation import Count, look_around, situation_of
from ..report.standing import Did, Situation
from ..summaries.columns import join_heads
from ..summaries.find import DayTable, find_day_tables
from ..summaries.found import More
from ..summaries.join import Joined, join
from ..summaries.missing import ExpectedVideo
from ..summaries.paths import name_below
from ..survey import Examined, Survey, examine_stage, load_made_with
from ..survey.archived import find_archived
from ..survey.states import is_changed, word_of
from ..tables.lab_table import load_lab_table
from ..tables.write_tables import NAMES, Beside, names_of_ours, write_tables


@dataclass(frozen=True)
class Outcome:
    """What a join came to."""

    joined: Joined  # the joined table, and the videos that it lacks
    beside: Beside  # the tables beside it
    late: tuple[str, ...]  # the days whose table is not up to date, each with the reason
    counts: str  # what people call what the table is about
    now: Situation  # how the project stands behind it

    @property
    def whole(self) -> bool:
        """Return whether the table holds all that was found, and every day's table is up to date."""
        return not self.joined.missing and not self.late


def join_project(project: Project, paths_for: str = "", kind: str | None = None) -> Outcome:
    """Join the day tables of the project into Results/joined.

    Raises RemoteTrackerError, with the old tables left as they are, where there is nothing to join, or a day's table
    cannot be read.
    """
    tables = find_day_tables(project.root / "Results", kind, project.day)
    if not tables:
        raise RemoteTrackerError(_nothing_to_join(project))
    lab = load_lab_table(project.root, {*names_of_ours(), *_features_of(tables, project.root)})
    made, changed = dict(_find_made(project)), frozenset(_find_changed(project))
    counts = [Count(Survey(stage)) for stage in project.tracker.stages]
    told: list[Beside] = []
    more = More(NAMES, lambda found, streams: told.append(write_tables(project, lab, paths_for, found, streams)))
    into, expected = project.root / JOINED, _expected(project, counts)
    joined = join(tables, into, expected, project.root, paths_for, made, changed, more, project.day)
    late = tuple(_find_late(project, counts))
    joins = (s.counts for s in project.tracker.stages_in("workspace") if _summarized(project, s))
    now = situation_of(
        project, Did.JOINED, "summarizer", [one.stand() for one in counts], unexplained=joined.unexplained
    )
    return Outcome(joined, told[0], late, next(joins, project.tracker.sources), now)


def _features_of(tables: Sequence[DayTable], root: Path) -> tuple[str, ...]:
    """Return the columns of the days' tables of features, each once. Raises TableError as join does."""
    return join_heads([(day.features, name_below(day.features, root)) for day in tables], ("file_id",)).columns


def _nothing_to_join(project: Project) -> str:
    """Return that there is no table to join, and what to type next."""
    if not project.tracker.stages_in("summarizer"):
        what = f"{project.tracker.name} makes no tables: there is nothing to join"
    else:
        what = "No day has a table yet"
    return f"{what}. Next:  {next_text(project, look_around(project, Did.JOINED))}"


def _find_late(project: Project, counts: list[Count]) -> Iterator[str]:
    for count in counts:
        stage = count.survey.stage
        for unit, decision in count.each(_examine(project, count)) if stage.folder == "summarizer" else ():
            if decision.state is not State.FINISHED:
                yield f"{unit.key} ({decision.reason or word_of(decision)})"


def _examine(project: Project, count: Count) -> Iterator[Examined]:
    return examine_stage(project, count.survey.stage, count.survey)


def _expected(project: Project, counts: list[Count]) -> Iterator[ExpectedVideo]:
    """Yield each video with the path of its result ("" for an invalid video) and why the result may be missing.

    The units of all stages in workspace are counted.
    """
    for count in counts:
        stage = count.survey.stage
        output = _summarized(project, stage)
        seen = _examine_all(project, count.survey, count.each) if stage.folder == "workspace" else iter(())
        for unit, decision in seen:
            if output is None:
                continue
            if (day := unit.key.partition("/")[0]) in OWN_FOLDERS and day != unit.key:
                writes = f"as the folder of Results where {OWN_FOLDERS[day]} writes"
                raise RemoteTrackerError(f'A day is called "{day}", {writes}: rename it.')
            path = output.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True)))
            word = "" if decision.state is State.FINISHED else decision.reason or word_of(decision)
            empty = stage.nothing_found if decision.is_empty else ""
            yield ExpectedVideo(unit.key, "" if decision.state is State.INVALID else path, word, empty)


def _examine_all(
    project: Project, survey: Survey, each: Callable[[Iterator[Examined]], Iterator[Examined]] = iter
) -> Iterator[Examined]:
    """Yield ``each`` unit of the stage, then each archived unit: its results are in the tables, too."""
    finished = 0
    for seen in each(examine_stage(project, survey.stage, survey)):
        finished += seen.decision.state is State.FINISHED
        yield seen
    yield from find_archived(project, survey.stage, finished)


def _find_made(project: Project) -> Iterator[tuple[str, str]]:
    """Yield each result that the summarizer reads, and what it was made with, for stages with several such sets."""
    for stage in project.tracker.stages_in("workspace"):
        output = _summarized(project, stage)
        if output is None or not (made := load_made_with(project, stage)):
            continue
        for unit, _ in _examine_all(project, Survey(stage)):
            yield output.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True))), made.get(unit.key, "")


def _find_changed(project: Project) -> Iterator[str]:
    """Yield each result that the summarizer reads and that changed since it was made."""
    for stage in project.tracker.stages_in("workspace"):
        if output := _summarized(project, stage):
            for unit, decision in examine_stage(project, stage, Survey(stage)):
                if is_changed(decision):
                    yield output.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True)))


def _summarized(project: Project, stage: Stage) -> Pattern | None:
    """Return the pattern of the stage's results that the summarizer reads, None where it reads no result of it."""
    wanted = [i.pattern for s in project.tracker.stages_in("summarizer") for i in s.inputs]
    return next((o.pattern for o in stage.outputs for w in wanted if feeds(o.pattern, w)), None)
