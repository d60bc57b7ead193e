"""The days' tables of a project -> one table, with every video that is in none named, and the reason."""

from __future__ import annotations

from collections.abc import Iterator

from .errors import RemoteTrackerError
from .model import Project, Stage, State
from .pattern import Pattern, feeds
from .state import word_of
from .summaries import Expected, Joined, find_day_tables, join
from .survey import Survey, examine_stage

JOINED = "Results/joined"


def join_project(project: Project, paths_for: str = "", kind: str | None = None) -> Joined:
    """Join the day tables of the project into Results/joined.

    Raises RemoteTrackerError, with the old tables left as they are, where a day's table cannot be read.
    """
    tables = find_day_tables(project.root / "Results", kind)
    if not tables:
        raise RemoteTrackerError("No day has a table yet. Next:  cd summarizer && bash get_cmd2process.sh")
    return join(tables, project.root / JOINED, _expected(project), project.root, paths_for)


def _expected(project: Project) -> Iterator[Expected]:
    """Yield each video, where its result should be, and why it may not be there."""
    for stage in project.tracker.stages_in("workspace"):
        output = _summarized(project, stage)
        if output is None:
            continue
        for unit, decision in examine_stage(project, stage, Survey(stage)):
            path = output.fill(dict(zip(stage.unit_wildcards, unit.values, strict=True)))
            word = "" if decision.state is State.FINISHED else decision.reason or word_of(decision)
            yield Expected(unit.key, path, word)


def _summarized(project: Project, stage: Stage) -> Pattern | None:
    """Return the pattern of the stage's results that the summarizer reads, None where it reads none."""
    wanted = [i.pattern for s in project.tracker.stages_in("summarizer") for i in s.inputs]
    return next((o.pattern for o in stage.outputs for w in wanted if feeds(o.pattern, w)), None)


def joined_text(joined: Joined) -> str:
    """Return what was joined, in the words of people."""
    lines = [f"{joined.files} videos with {joined.rows} rows are joined in {JOINED}/features_summary.csv"]
    for gap in joined.gaps:
        lines.append(f"{gap.day or 'no day'} lacks {len(gap.columns)} columns, as {gap.columns[0]}: left empty.")
    if joined.missing:
        what = "1 video is" if joined.missing == 1 else f"{joined.missing} videos are"
        lines += [f"{what} in no table: {JOINED}/missing.csv names {'it' if joined.missing == 1 else 'them'}."]
        lines += [f"  {count} {reason}" for reason, count in sorted(joined.reasons.items(), key=lambda pair: -pair[1])]
    return "\n".join([*lines, f"Next:  look at {JOINED}/features_summary.csv"])
