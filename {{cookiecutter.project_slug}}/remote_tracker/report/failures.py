"""Failures by cause, the most frequent first, with what to do and the command that runs just these units again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage
from ..survey import Examined
from ..survey.states import describe_decision
from ..survey.triage import Group, is_trouble, triage
from ..text.visible import shown
from .next_step import next_text, rt_line
from .standing import Situation
from .words import heading, number_of

MOST_NAMES = 10
MORE = {"more_memory": " --more-memory 2x", "more_time": " --more-time 2x"}


def failures_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]], now: Situation) -> str:
    """Return the screen of the units that failed or cannot be processed, by cause, and what to type next."""
    lines = [heading(project)]
    for stage, seen in surveys:
        troubled = sum(map(is_trouble, seen))
        lines.append(f"{stage.name}: {troubled} of {number_of(len(seen), stage.counts)} need a look")
        for group in triage(project, stage, seen):
            lines += ["", *_group_lines(project, stage, group)]
        lines += [""] if troubled else []
    return "\n".join([*lines, f"Next:  {next_text(project, now)}"])


def _group_lines(project: Project, stage: Stage, group: Group) -> Iterator[str]:
    where = f", mostly on {group.node}" if group.node else ""
    yield f"{len(group.seen)} x {shown(group.cause)}{where}"
    yield from (
        f"    {shown(one.unit.key)}: {shown(describe_decision(one.decision))}" for one in group.seen[:MOST_NAMES]
    )
    if len(group.seen) > MOST_NAMES:
        yield f"    ... and {len(group.seen) - MOST_NAMES} more (./rt status --failures --json has all)"
    if group.advice:
        yield f"  {group.advice}"
    yield from _again(project, stage, group)


def _again(project: Project, stage: Stage, group: Group) -> Iterator[str]:
    """Yield the line with the command that runs the group's units again, where another try could help."""
    if group.again in ("no", "never") or not any(one.decision.last for one in group.seen):
        return
    name = "" if len(project.tracker.stages) == 1 else f"{stage.name} "
    larger = {} if project.cluster.scheduler.is_local else MORE
    more = larger.get(group.again, "")
    yield f"  Just these again:  {rt_line(project, f'retry {name}--cause {quote(shown(group.cause))}{more}')}"


def failures_data(project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]]) -> list[dict[str, Any]]:
    """Return the groups of failures as data for programs (--json)."""
    return [
        {
            "stage": stage.name,
            "cause": group.cause,
            "count": len(group.seen),
            "node": group.node,
            "advice": group.advice,
            "again": group.again,
            "names": [shown(one.unit.key) for one in group.seen],
        }
        for stage, seen in surveys
        for group in triage(project, stage, seen)
    ]
