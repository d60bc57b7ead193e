"""Failures by cause, the most frequent first, with what to do and the command that runs just these units again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage, State
from ..named_tuple import NamedTuple
from ..survey import Examined
from ..survey.states import describe_decision
from ..survey.triage import FEWER, Group, is_trouble, triage
from ..text.counted import number_of
from ..text.tones import BAD, FAINT, STRONG, toned
from ..text.visible import shown
from .alike import join_alike, name_alike
from .copy_again import copy_lines, is_to_copy
from .fold import fold
from .next_step import next_text, next_word, rt_line, scan_line
from .standing import Situation
from .words import heading, verb_of

MOST_NAMES = 10
MORE = {"more_memory": " --more-memory 2x", "more_time": " --more-time 2x"}


def failures_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]], now: Situation) -> str:
    """Return the screen of the units that failed or cannot be processed, by cause, and what to type next."""
    lines = [heading(project)]
    for stage, seen in surveys:
        troubled = sum(map(is_trouble, seen))
        what = number_of(len(seen), stage.counts)
        told = f"{stage.name}: {troubled} of {what} {verb_of(troubled, 'need', len(seen))} a look"
        lines.append(toned(told, BAD if troubled else ""))
        for group in triage(project, stage, seen):
            lines += ["", *_group_lines(project, stage, group)]
        lines += [""] if troubled else []
    return "\n".join([*lines, f"{next_word()}  {next_text(project, now)}"])


def _group_lines(project: Project, stage: Stage, group: Group) -> Iterator[str]:
    where = f", mostly on {group.node}" if group.node else ""
    yield toned(fold(f"{len(group.seen)} x {shown(group.title)}{where}", 4), BAD)
    named = join_alike(group.seen)[:MOST_NAMES]
    yield from (fold(f"    {name_alike(units)}: {shown(describe_decision(units[0].decision))}", 6) for units in named)
    if more := len(group.seen) - sum(map(len, named)):
        yield toned(f"    ... and {more} more (./rt status --failures --json has all)", FAINT)
    if group.advice:
        yield toned(fold(f"  {group.advice}", 2), STRONG)
    if is_to_copy(group):
        yield from copy_lines(project, group)
    purpose, command = next_of(project, stage, group)
    yield f"  {purpose}:  {command}"


class ToType(NamedTuple):
    """What a person types about a group of failures, and what it is good for."""

    purpose: str
    command: str


def next_of(project: Project, stage: Stage, group: Group, here: str = "") -> ToType:
    """Return the command that runs the group's units again, or makes a scan list them again.

    It is typed in the folder ``here`` ("": the current).
    """
    states = {one.decision.state for one in group.seen}
    if states == {State.MOVED}:
        return ToType("To take their results along", rt_line(project, "moved", here))
    if states == {State.GONE}:
        return ToType("To make them again", rt_line(project, "redo --gone", here))
    if is_to_copy(group) or not any(one.decision.failed or one.decision.last for one in group.seen):
        return ToType("When that is done", scan_line(project, stage.folder, here))
    name = "" if len(project.tracker.stages) == 1 else f"{stage.name} "
    larger = {} if project.cluster.scheduler.is_local else MORE
    more = larger.get(group.again, "")
    by_hand = ("no", "never") if project.per_gpu > 1 else ("no", "never", FEWER)  # with one on a GPU nothing is fewer
    purpose = "When that is done" if group.again in by_hand else "Just these again"
    return ToType(purpose, rt_line(project, f"retry {name}--cause {quote(shown(group.title))}{more}", here))


def failures_data(project: Project, surveys: Sequence[tuple[Stage, Sequence[Examined]]]) -> list[dict[str, Any]]:
    """Return the groups of failures as data for programs (--json)."""
    return [
        {
            "stage": stage.name,
            "cause": group.cause,
            "title": shown(group.title),
            "count": len(group.seen),
            "node": group.node,
            "advice": group.advice,
            "again": group.again,
            "names": [shown(one.unit.key) for one in group.seen],
        }
        for stage, seen in surveys
        for group in triage(project, stage, seen)
    ]
