"""The status of a project by day, with failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage, State
from ..survey import ARCHIVED, Examined, Survey
from ..survey.running import Stalled, find_stalled, find_steps
from ..survey.sentences import STATE_WORDS
from ..survey.states import is_cancelled, word_of
from ..survey.triage import is_trouble
from ..text.visible import shown
from .next_step import rt_line, scan_line
from .unread import unread_lines
from .words import NO_DAY, absent_lines, day_of, heading, number_of, odd_data, remark_lines


def status_text(
    project: Project,
    surveys: Sequence[tuple[Stage, Sequence[Examined]]],
    queued: Sequence[str] = (),
    found: Sequence[Survey] = (),
) -> str:
    """Return the status screen: each stage's table by day, the queue, the units that need a look, the next command.

    Below a table stands what ``found``, the surveys themselves, say besides: archived videos, files that are not read.
    Running tasks whose log and results have not grown for long are named before the units that need a look.
    """
    lines = [heading(project)]
    besides = {one.stage.name: [*absent_lines(one), *unread_lines(project, one.unread)] for one in found}
    for stage, seen in surveys:
        causes = [s.decision.cause for s in seen if s.decision.state is State.FINISHED]
        remarks = Counter(cause for cause in causes if cause)
        lines += ["", *_table(stage, seen), *remark_lines(project, remarks, len(causes))]
        lines += besides.get(stage.name, ())
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
    return "\n".join([*lines, "", f"Next:  {next_of(project, surveys)}"])


def _stalled_line(stalled: Stalled) -> str:
    record = stalled.record
    name, quiet = shown(record.unit), f"{stalled.seconds // 3600}:{stalled.seconds // 60 % 60:02d} h"
    return f"  {name}: no word and no byte for {quiet} (on {record.host}). Look:  ./rt logs {quote(name)}"


def _table(stage: Stage, seen: Sequence[Examined]) -> Iterator[str]:
    days: dict[str, Counter[str]] = {}
    for unit, decision in seen:
        day = day_of(unit.key) if stage.folder == "workspace" else unit.key.replace(".", NO_DAY, unit.key == ".")
        days.setdefault(day, Counter())[word_of(decision)] += 1
    total = sum(days.values(), Counter[str]())
    columns = [word for _, word in STATE_WORDS if total[word] or word in ("finished", "to do")]
    width = max([len("all"), *(len(shown(day)) for day in days)], default=3)
    yield f"{stage.name}: {number_of(sum(total.values()), stage.counts)}"
    yield f"  {'':{width}}  " + "  ".join(columns)
    for day, counts in [*sorted(days.items()), ("all", total)]:
        yield f"  {shown(day):{width}}  " + "  ".join(f"{counts[word]:>{len(word)}}" for word in columns)


def next_of(project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]]) -> str:
    """Return the command to type next, given the state of every stage's units."""
    for stage, seen in surveys:
        counts = Counter(s.decision.state for s in seen)
        if counts[State.MOVED]:
            return rt_line(project, "moved")
        if to_do := counts[State.UNPROCESSED] + counts[State.INCOMPLETE]:
            failed = sum(s.decision.failed for s in seen)
            queued = not project.cluster.scheduler.is_local
            if queued and failed == to_do:
                return rt_line(project, "retry" if len(project.tracker.stages) == 1 else f"retry {stage.name}")
            return scan_line(project, stage.folder)
        if counts[State.QUEUED] + counts[State.RUNNING]:
            return rt_line(project, "status") + "   (again, in a while)"
        if counts[State.SET_ASIDE]:
            first = next(s for s in seen if s.decision.state is State.SET_ASIDE)
            return rt_line(project, f"why {quote(shown(first.unit.key))}")
        if counts[State.GONE]:
            return rt_line(project, "redo --gone")
    return rt_line(project, "join") if project.tracker.stages_in("summarizer") else "look at Results"


def status_data(
    surveys: Sequence[tuple[Stage, Sequence[Examined]]], found: Sequence[Survey] = ()
) -> list[Mapping[str, Any]]:
    """Return the status as data for programs (--json); ``found`` is as in :func:`status_text`."""
    besides = {one.stage.name: one for one in found}
    return [
        {
            "stage": stage.name,
            "counts": {s.value: n for s, n in Counter(one.decision.state for one in seen).items()},
            "odd": [odd_data(s) for s in seen if s.decision.state is not State.FINISHED],
            **({"archived": count} if (count := _count_archived(besides.get(stage.name))) else {}),
        }
        for stage, seen in surveys
    ]


def _count_archived(survey: Survey | None) -> int:
    return survey.absent[ARCHIVED] if survey else 0
