"""Say what needs a person, each time with the line to type in the project's folder, and list the failures by cause."""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote
from typing import Any

from ..model import Project, Stage, State
from ..report.copy_again import TYPED, copy_lines, is_to_copy
from ..report.failures import next_of
from ..report.next_step import rt_line
from ..report.unread import COUNTED
from ..survey import Survey
from ..survey.running import find_stalled
from ..survey.states import is_changed
from ..survey.triage import Group, triage
from ..text.counted import number_of
from ..text.visible import shown
from .look import Seen


def find_groups(seen: Seen) -> list[tuple[Stage, Group]]:
    """Return the groups of failures of each stage, the largest of a stage first."""
    return [(stage, group) for stage, units in seen.surveys for group in triage(seen.project, stage, units)]


def failures_of(project: Project, groups: list[tuple[Stage, Group]]) -> list[dict[str, Any]]:
    """Return the groups of failures as the page's data, each with what to do and the command."""
    here = str(project.root)
    return [
        {
            "stage": stage.name,
            "title": shown(group.title),
            "count": len(group.seen),
            "node": shown(group.node),
            "advice": "\n".join(filter(None, (group.advice, *_copy_again(project, group, here, is_typed=False)))),
            "first": list(_copy_again(project, group, here, is_typed=True)),
            "command": next_of(project, stage, group, here).command,
            "names": [one.unit.key for one in group.seen],
        }
        for stage, group in groups
    ]


def _copy_again(project: Project, group: Group, here: str, is_typed: bool) -> Iterator[str]:
    """Yield the lines that are typed to copy the files of a group again, or the words around these lines."""
    for line in copy_lines(project, group, here) if is_to_copy(group) else ():
        if line.startswith(TYPED) == is_typed:
            yield line.strip()


def find_needs(seen: Seen, groups: list[tuple[Stage, Group]]) -> list[dict[str, str]]:
    """Return what needs a person, each as a text and the command to type in the project's folder."""
    needs = [_need_of_group(seen.project, stage, group) for stage, group in groups]
    return needs + [need for survey, _ in seen.found for need in _needs_of_stage(seen, survey)]


def _need_of_group(project: Project, stage: Stage, group: Group) -> dict[str, str]:
    text = f"{number_of(len(group.seen), stage.counts)}: {shown(group.title)}"
    if is_to_copy(group):  # the line for that stands with the failures
        text += f". Copy {'it' if len(group.seen) == 1 else 'them'} again, then:"
    return {"text": text, "command": next_of(project, stage, group, str(project.root)).command}


def _needs_of_stage(seen: Seen, survey: Survey) -> Iterator[dict[str, str]]:
    project, stage, here = seen.project, survey.stage, str(seen.project.root)
    units = next(units for one, units in seen.found if one is survey)
    batch, node, why = survey.halt
    if batch:
        text = f"batch {batch} halted itself on {shown(node)}: {shown(why)}"
        yield {"text": text, "command": rt_line(project, "status --failures", here)}
    for stalled in find_stalled(project, stage, [one for one in units if one.decision.state is State.RUNNING]):
        name, minutes = shown(stalled.record.unit), stalled.seconds // 60
        text = f"{name} runs on {shown(stalled.record.host)}, and nothing of it has grown for {minutes} min"
        yield {"text": text, "command": rt_line(project, f"logs {quote(name)}", here)}
    if changed := sum(is_changed(one.decision) for one in units):
        made = "it was made; its checks hold" if changed == 1 else "they were made; their checks hold"
        text = f"{number_of(changed, 'results')} changed since {made}"
        yield {"text": text, "command": rt_line(project, "accept --changed", here)}
    if unread := sum(one.kind in COUNTED for one in survey.unread):
        text = f"{number_of(unread, 'files')} among the {stage.sources} {'is' if unread == 1 else 'are'} not read"
        yield {"text": text, "command": rt_line(project, "status --ignored", here)}
