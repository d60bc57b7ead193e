"""The status of a project: what needs a look, then each stage by day, the queue, what to type next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from shlex import quote
from typing import Any

from ..model import Project, State
from ..survey import ARCHIVED, Examined, Survey
from ..survey.decision import remarks_of
from ..survey.running import find_stalled, find_steps
from ..survey.stage_survey import place_in_scan
from ..survey.states import is_being_copied, is_cancelled, word_of
from ..survey.triage import is_trouble
from ..text.counted import number_of
from ..text.tones import BAD, BUSY, toned
from ..text.visible import shown
from .alike import join_alike, name_alike
from .day_table import MOST_DAYS, WORD_TONES, count_days, table_lines
from .next_step import next_text, next_word, rt_line
from .queue import never_lines
from .rate import find_rate, tell_rate
from .standing import Situation
from .unread import unread_lines
from .words import absent_lines, heading, odd_data, remark_lines

MOST_LOOKS = 6  # units that need a look are named; ./rt status --failures has all
HIGH = 23  # lines: a terminal has at least 24, one of them for what is typed; a longer screen folds its days
Found = Sequence[tuple[Survey, Sequence[Examined]]]


def status_text(
    project: Project, found: Found, now: Situation, queued: Sequence[str] = (), all_days: bool = False
) -> str:
    """Return the status screen: what needs a look, each stage by day, the queue, what to type next.

    What needs a look are units, and running tasks whose log and results have not grown for long. Below a table stand
    archived videos and files that are not read. Days that are all in one state fold where a table has many, or the
    screen would be long, unless ``all_days``. Of units that only a survey counts nothing else is shown.
    """
    days = [count_days(project, survey.stage, seen, survey.by_folder) for survey, seen in found]
    below = [list(_lines_below(project, survey, seen)) for survey, seen in found]
    before, after = list(look_lines(project, found)), list(_lines_of_tasks(project, found, queued))

    def screen(fold: bool) -> list[str]:
        lines = [heading(project), *before]
        for (survey, _), counts, rest in zip(found, days, below, strict=True):
            lines += ["", *table_lines(project, survey.stage, counts, fold), *rest]
        return [*lines, *after, "", next_line(project, now)]

    lines = screen(False)
    is_long = len(lines) > HIGH or any(len(counts) > MOST_DAYS for counts in days)
    return "\n".join(screen(True) if is_long and not all_days else lines)


def next_line(project: Project, now: Situation) -> str:
    """Return the last line of a screen: what to type next."""
    return f"{next_word()}  {next_text(project, now)}"


def look_lines(project: Project, found: Found) -> Iterator[str]:
    """Yield, under a title, the units that need a look, and the running tasks whose files do not grow."""
    troubled = [one for _, seen in found for one in seen if is_trouble(one)]
    if troubled:
        yield from ("", toned("Needs a look:", BAD))
        named = join_alike(troubled)[:MOST_LOOKS]
        for units in named:
            decision = units[0].decision
            why = shown(decision.reason) or word_of(decision)
            yield f"  {toned(name_alike(units), WORD_TONES.get(word_of(decision), BAD))}: {why}"
        if more := len(troubled) - sum(map(len, named)):
            yield f"  ... and {more} more:  {rt_line(project, 'status --failures')}"
    yield from stalled_lines(project, found)


def stalled_lines(project: Project, found: Found) -> Iterator[str]:
    """Yield, under a title, the running tasks whose files have not grown for long; nothing where there is none."""
    stalled = [one for survey, seen in found for one in find_stalled(project, survey.stage, seen)]
    if stalled:
        yield from ("", toned("Running, but nothing of it grows:", BAD))
    for one in stalled:
        name, quiet = shown(one.record.unit), f"{one.seconds // 3600}:{one.seconds // 60 % 60:02d} h"
        yield f"  {name}: no word and no byte for {quiet} (on {one.record.host}). Look:  ./rt logs {quote(name)}"


def _lines_below(project: Project, survey: Survey, seen: Sequence[Examined]) -> Iterator[str]:
    """Yield what stands below a stage's table: remarks on results, archived videos, files that are not read."""
    finished = [s for s in seen if s.decision.state is State.FINISHED]
    remarks = Counter(remark for s in finished for remark in remarks_of(s.decision))
    empty = sorted([*survey.empty, *(s.unit.key for s in finished if s.decision.is_empty)], key=place_in_scan)
    total = survey.counts[State.FINISHED] + len(finished)
    yield from remark_lines(project, survey.stage, remarks + survey.remarks, total, [*map(shown, empty)])
    yield from absent_lines(survey)
    yield from unread_lines(project, survey.unread)
    if survey.unlooked:
        were = "was" if survey.unlooked == 1 else "were"
        yield f"{survey.unlooked} of what is to do {were} not looked into here: a scan looks into what it lists."


def _lines_of_tasks(project: Project, found: Found, queued: Sequence[str]) -> Iterator[str]:
    """Yield what is under way: how far tasks are, how fast they end, the queue, what was cancelled, what arrives."""
    steps = [one for survey, seen in found for one in find_steps(project, survey.stage, seen)]
    if steps:
        yield from ("", "How far:", *(f"  {shown(s.unit)}: {s.done} of {s.all} done" for s in steps))
    if rate := find_rate(project, found, datetime.now().astimezone()):
        yield from ("", f"How fast: {toned(tell_rate(rate), BUSY)}")
    if queued:
        yield from ("", "In the queue:", *queued)
    for survey, _ in found:
        yield from never_lines(project, survey.queue)
    if ended := sum(is_cancelled(one.decision) for _, seen in found for one in seen):
        yield from ("", f"Cancelled, and to do again: {number_of(ended, 'tasks')}")
    if copied := [shown(one.unit.key) for _, seen in found for one in seen if is_being_copied(one.decision)]:
        more = f" and {len(copied) - MOST_LOOKS} more" if len(copied) > MOST_LOOKS else ""
        yield from ("", f"Being copied, look again in 2 min: {', '.join(copied[:MOST_LOOKS])}{more}")


def status_data(
    found: Sequence[tuple[Survey, Sequence[Examined]]],
) -> list[Mapping[str, Any]]:
    """Return the status as data for programs (--json)."""
    return [
        {
            "stage": survey.stage.name,
            "counts": {s.value: n for s, n in Counter(one.decision.state for one in seen).items()},
            "odd": [odd_data(s) for s in seen if s.decision.state is not State.FINISHED],
            **({"not_looked_into": survey.unlooked} if survey.unlooked else {}),
            **({"archived": archived} if (archived := survey.absent[ARCHIVED]) else {}),
        }
        for survey, seen in found
    ]
