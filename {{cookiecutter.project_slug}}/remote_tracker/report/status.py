"""The status of a project by day, with failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage, State
from ..survey import ARCHIVED, Examined, Survey
from ..survey.decision import remarks_of
from ..survey.running import Stalled, find_stalled, find_steps
from ..survey.sentences import STATE_WORDS
from ..survey.states import is_cancelled, word_of
from ..survey.triage import is_trouble
from ..text.visible import shown
from .next_step import next_text
from .standing import Situation
from .unread import unread_lines
from .words import NO_DAY, absent_lines, day_of, heading, number_of, odd_data, remark_lines


def status_text(
    project: Project,
    found: Sequence[tuple[Survey, Sequence[Examined]]],
    now: Situation,
    queued: Sequence[str] = (),
) -> str:
    """Return the status screen: each stage's table by day, the queue, the units that need a look, what to type next.

    Below a table stand archived videos and files that are not read.
    Running tasks whose log and results have not grown for long are named before the units that need a look.
    """
    lines = [heading(project)]
    surveys = [(survey.stage, seen) for survey, seen in found]
    for survey, seen in found:
        stage = survey.stage
        finished = [s for s in seen if s.decision.state is State.FINISHED]
        remarks = Counter(remark for s in finished for remark in remarks_of(s.decision))
        empty = [shown(s.unit.key) for s in finished if s.decision.is_empty]
        lines += ["", *_table(project, stage, seen), *remark_lines(project, stage, remarks, len(finished), empty)]
        lines += absent_lines(survey)
        lines += unread_lines(project, survey.unread)
    steps = [one for stage, seen in surveys for one in find_steps(project, stage, seen)]
    lines += ["", "How far:", *(f"  {shown(s.unit)}: {s.done} of {s.all} done" for s in steps)] if steps else []
    if queued:
        lines += ["", "In the queue:", *queued]
    if stalled := [one for stage, seen in surveys for one in find_stalled(project, stage, seen)]:
        lines += ["", "Running, but nothing of it grows:", *map(_stalled_line, stalled)]
    everything = [one for _, seen in surveys for one in seen]
    if ended := sum(is_cancelled(one.decision) for one in everything):
        lines += ["", f"Cancelled, and to do again: {number_of(ended, 'tasks')}"]
    troubled = [one for one in everything if is_trouble(one)]
    if troubled:
        lines += ["", "Needs a look:"]
        lines += [f"  {shown(s.unit.key)}: {shown(s.decision.reason) or word_of(s.decision)}" for s in troubled[:20]]
        lines += [f"  ... and {len(troubled) - 20} more"] if len(troubled) > 20 else []
    return "\n".join([*lines, "", f"Next:  {next_text(project, now)}"])


def _stalled_line(stalled: Stalled) -> str:
    record = stalled.record
    name, quiet = shown(record.unit), f"{stalled.seconds // 3600}:{stalled.seconds // 60 % 60:02d} h"
    return f"  {name}: no word and no byte for {quiet} (on {record.host}). Look:  ./rt logs {quote(name)}"


def _table(project: Project, stage: Stage, seen: Sequence[Examined]) -> Iterator[str]:
    days: dict[str, Counter[str]] = {}
    for unit, decision in seen:
        is_day = stage.folder != "workspace"
        day = unit.key.replace(".", NO_DAY, unit.key == ".") if is_day else day_of(unit.key, project.day)
        days.setdefault(day, Counter())[word_of(decision)] += 1
    total = sum(days.values(), Counter[str]())
    columns = [word for _, word in STATE_WORDS if total[word] or word in ("finished", "to do")]
    width = max([len("all"), *(len(shown(day)) for day in days)], default=3)
    yield f"{stage.name}: {number_of(sum(total.values()), stage.counts)}"
    yield f"  {'':{width}}  " + "  ".join(columns)
    for day, counts in [*sorted(days.items()), ("all", total)]:
        yield f"  {shown(day):{width}}  " + "  ".join(f"{counts[word]:>{len(word)}}" for word in columns)


def status_data(
    found: Sequence[tuple[Survey, Sequence[Examined]]],
) -> list[Mapping[str, Any]]:
    """Return the status as data for programs (--json)."""
    return [
        {
            "stage": survey.stage.name,
            "counts": {s.value: n for s, n in Counter(one.decision.state for one in seen).items()},
            "odd": [odd_data(s) for s in seen if s.decision.state is not State.FINISHED],
            **({"archived": archived} if (archived := survey.absent[ARCHIVED]) else {}),
        }
        for survey, seen in found
    ]
