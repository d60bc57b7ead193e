"""Failures as people read them: by cause, most first, with what to do and the command that does just those again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import Any

from ..model import Project, Stage
from ..next_step import rt_line, scan_line
from ..schedulers import scheduler_of
from ..state import word_of
from ..survey import Seen
from ..triage import Group, is_trouble, triage
from .words import heading, number_of, shown

MOST = 10


def failures_text(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]], after: str) -> str:
    """Return what failed or cannot be processed, by cause; ``after`` is the next command."""
    lines = [heading(project)]
    for stage, seen in surveys:
        troubled = sum(map(is_trouble, seen))
        lines.append(f"{stage.name}: {troubled} of {number_of(len(seen), stage.counts)} need a look")
        for group in triage(project, stage, seen):
            lines += ["", *_group_lines(project, stage, group)]
        lines += [""] if troubled else []
    return "\n".join([*lines, f"Next:  {after}"])


def _group_lines(project: Project, stage: Stage, group: Group) -> Iterator[str]:
    where = f", mostly on {group.node}" if group.node else ""
    yield f"{len(group.seen)} x {shown(group.cause)}{where}"
    yield from (f"    {shown(one.unit.key)}: {told(one)}" for one in group.seen[:MOST])
    if len(group.seen) > MOST:
        yield f"    ... and {len(group.seen) - MOST} more (./rt status --failures --json has all)"
    if group.advice:
        yield f"  {group.advice}"
    yield from _again(project, stage, group)


def _again(project: Project, stage: Stage, group: Group) -> Iterator[str]:
    """Yield the command that does these again, where that would help; without a queue, with all that is to do."""
    if group.again == "no" or not any(one.decision.last for one in group.seen):
        return
    if scheduler_of(project.cluster.scheduler).RUNS_HERE:
        yield f"  Again, with all that is to do:  {scan_line(project, stage.folder)} --all"
        return
    name = "" if len(project.tracker.stages) == 1 else f"{stage.name} "
    more = {"more_memory": " --more-memory 2x", "more_time": " --more-time 2x"}.get(group.again, "")
    yield f"  Just these again:  {rt_line(project, f'retry {name}--cause {quote(group.cause)}{more}')}"


def told(seen: Seen) -> str:
    """Return what a video is and why, the word once."""
    word, reason = word_of(seen.decision), shown(seen.decision.reason)
    return reason if reason.startswith(word) else f"{word}: {reason}"


def failures_data(project: Project, surveys: Sequence[tuple[Stage, Sequence[Seen]]]) -> list[dict[str, Any]]:
    """Return the failures for programs."""
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
