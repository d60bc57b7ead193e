"""The parts that screens share: the first line, numbers, names, remarks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from ..model import Cause, DayFolders, Project, Stage
from ..survey import ARCHIVED, FREED, VANISHED, Examined, Survey
from ..survey.decision import Decision
from ..survey.states import describe_state
from ..text.counted import number_of
from ..text.visible import shown
from .next_step import rt_line

NO_DAY = "(no day)"
FEW = 3  # so many names fit on a line
REMARKS = {
    Cause.MADE_ELSEWHERE: "were made elsewhere: what can be checked here holds.",
    Cause.DESPITE_FAILURE: "have a whole result although their task failed.",
    Cause.CHANGED_SINCE: (
        "changed since they were made; their checks hold. To take them as they are:  {accept}   "
        "To make them again:  {changed}"
    ),
    Cause.OTHER_PARAMETERS: "were made with other parameters than those of now. To make them again:  {again}",
    Cause.FREED: "were freed: proven at home.",
    Cause.OTHER_VERSION: (
        "were made with another version of the tracker than the youngest. To make them again:  {again}"
    ),
}
REMARKS_OF_ONE = {
    Cause.MADE_ELSEWHERE: "was made elsewhere: what can be checked here holds.",
    Cause.DESPITE_FAILURE: "has a whole result although its task failed.",
    Cause.CHANGED_SINCE: (
        "changed since it was made; its checks hold. To take it as it is:  {accept}   To make it again:  {changed}"
    ),
    Cause.OTHER_PARAMETERS: "was made with other parameters than those of now. To make it again:  {again}",
    Cause.FREED: "was freed: proven at home.",
    Cause.OTHER_VERSION: "was made with another version of the tracker than the youngest. To make it again:  {again}",
}
VERBS = {"are": "is", "have": "has", "need": "needs", "run": "runs", "were": "was"}


def heading(project: Project) -> str:
    """Return the first line of every screen: the project, the cluster, the machine and the scheduler."""
    scheduler = project.cluster.scheduler
    kind = "no scheduler" if scheduler.is_local else scheduler.name
    return f"{shown(project.root.name)} on {project.cluster.name} ({os.uname().nodename}, {kind})"


def verb_of(count: int, several: str, total: int = 0) -> str:
    """Return the verb that goes with a count, of so many in ``total``; ``several`` is the verb of several, as "are"."""
    return VERBS[several] if 1 in (count, total) else several


def either(project: Project) -> str:
    """Return what can be named in a project, as "videos or days"."""
    return " or ".join(project.tracker.named)


def odd_data(seen: Examined) -> dict[str, str]:
    """Return a unit as data for programs; its reason is a text for people, its cause a word that does not change."""
    decision = seen.decision
    told = {"name": shown(seen.unit.key), "state": decision.state.value, "reason": shown(decision.reason)}
    return {**told, "cause": decision.cause.value if decision.cause else ""}


def state_text(stage: Stage, decision: Decision) -> str:
    """Return the word for a unit's state, then the reason, and that nothing was found in it where that is so."""
    return shown(describe_state(decision)) + (f"; {stage.nothing_found}" if decision.is_empty else "")


def day_of(key: str, day: DayFolders) -> str:
    """Return the day that a unit belongs to, or "(no day)" where it lies in no day's folder."""
    return day.day_of(key.rpartition("/")[0]) or NO_DAY


def remark_lines(
    project: Project, stage: Stage, remarks: Mapping[Cause, int], finished: int, empty: Sequence[str] = ()
) -> Iterator[str]:
    """Yield a line for each remark on finished units, with how many of the ``finished`` units have it.

    ``empty`` are the names of the units in which nothing was found, where they are known.
    """
    if count := remarks.get(Cause.NOTHING_FOUND, 0):
        named = f": {', '.join(empty[:FEW])}{f' and {count - FEW} more' if count > FEW else ''}" if empty else ""
        said = stage.nothing_found
        yield f"{said[:1].upper()}{said[1:]} in {number_of(count, stage.counts)}{named}."
    verbs = {
        "again": rt_line(project, "redo --stale"),
        "accept": rt_line(project, "accept --changed"),
        "changed": rt_line(project, "redo --changed"),
    }
    for remark in REMARKS:
        if count := remarks.get(remark, 0):
            words = (REMARKS_OF_ONE if count == 1 else REMARKS)[remark]
            yield f"{count} of {finished} finished {words.format(**verbs)}"


def absent_lines(survey: Survey) -> Iterator[str]:
    """Yield lines on units that finished once and whose videos are gone: how many with, how many without results."""
    sources = survey.stage.sources
    if count := survey.absent[ARCHIVED]:
        what = f"its {sources.removesuffix('s')} is" if count == 1 else f"their {sources} are"
        results = "its results are" if count == 1 else "their results are"
        yield f"{count} archived: finished, and {what} no longer here; {results} whole."
    if count := survey.absent[FREED]:
        what = f"its {sources.removesuffix('s')}" if count == 1 else f"their {sources}"
        yield f"{count} more finished, and {verb_of(count, 'were')} freed with {what}: proven at home."
    if count := survey.absent[VANISHED]:
        what = f"its {sources.removesuffix('s')}" if count == 1 else f"their {sources}"
        results = "a whole result is" if count == 1 else "whole results are"
        yield f"{count} finished once; neither {what} nor {results} here now."
