"""Joins the tables of a project's days into one table, and names each video that is in no table, with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import RemoteTrackerError
from ..model import Project, Stage, State
from ..model.pattern import Pattern, feeds
from ..report.next_step import JOINED, next_text
from ..report.situation import Count, look_around, situation_of
from ..report.standing import Did, Situation
from ..report.words import number_of
from ..summaries.find import find_day_tables
from ..summaries.join import Joined, join
from ..summaries.missing import ExpectedVideo
from ..survey import Examined, Survey, examine_stage, load_made_with
from ..survey.archived import find_archived
from ..survey.states import is_changed, word_of
from ..text.visible import shown

SHOWN = 5  # names of videos for each reason
REASONS = 5


@dataclass(frozen=True)
class Outcome:
    """What a join came to."""

    joined: Joined  # the joined table, and the videos that it lacks
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
    made, changed = dict(_find_made(project)), frozenset(_find_changed(project))
    counts = [Count(Survey(stage)) for stage in project.tracker.stages]
    expected = _expected(project, counts)
    joined = join(tables, project.root / JOINED, expected, project.root, paths_for, made, changed, project.day)
    late = tuple(_find_late(project, counts))
    joins = (s.counts for s in project.tracker.stages_in("workspace") if _summarized(project, s))
    now = situation_of(
        project, Did.JOINED, "summarizer", [one.stand() for one in counts], unexplained=joined.unexplained
    )
    return Outcome(joined, late, next(joins, project.tracker.sources), now)


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
            if unit.key.startswith("joined/"):
                raise RemoteTrackerError('A day is called "joined", as the folder of the joined table: rename it.')
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


def joined_text(outcome: Outcome) -> str:
    """Return the lines that tell people what was joined, what is missing, and in which videos nothing was found."""
    joined = outcome.joined
    counted = f"{number_of(joined.files, outcome.counts)} with {number_of(joined.rows, 'rows')}"
    lines = [f"{counted} {'is' if joined.files == 1 else 'are'} joined in {JOINED}/features_summary.csv"]
    for gap in joined.gaps:
        table = f"The table of {gap.day or '(no day)'}"
        lines.append(f"{table} lacks {len(gap.columns)} columns, as {gap.columns[0]}: left empty.")
    if len(joined.mixed) > 1:
        lines.append(f"The results were made with {len(joined.mixed)} sets of parameters and versions, mixed here:")
        lines.append(
            f"the column made_with of {JOINED}/filenames_summary.csv says which.  ./rt redo --stale evens them"
        )
    for remark, count in sorted(joined.remarks.items()):
        names = f"{JOINED}/missing.csv names {'it' if count == 1 else 'them'}"
        lines.append(f"{remark[:1].upper()}{remark[1:]} in {number_of(count, outcome.counts)}: {names}.")
    if joined.missing:
        what = f"{number_of(joined.missing, outcome.counts)} {'is' if joined.missing == 1 else 'are'}"
        lines += [f"{what} in no table: {JOINED}/missing.csv names {'it' if joined.missing == 1 else 'them'}."]
        reasons = sorted(joined.reasons.items(), key=lambda pair: -len(pair[1]))
        lines += [f"  {len(names)} {reason}: {_named(names)}" for reason, names in reasons[:REASONS]]
        lines += [f"  ... and {len(reasons) - REASONS} other reasons"] if len(reasons) > REASONS else []
    return "\n".join([*lines, *(f"Not up to date: {day}." for day in outcome.late)])


def _named(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(map(shown, names[:SHOWN]))}{more}"
