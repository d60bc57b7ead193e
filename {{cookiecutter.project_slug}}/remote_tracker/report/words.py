"""What every screen shares: its first line, numbers and names as people read them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from ..model import Cause, Project
from ..survey import ARCHIVED, VANISHED, Examined, Survey
from .next_step import rt_line

NO_DAY = "(no day)"
REMARKS = {
    Cause.MADE_ELSEWHERE: "were made elsewhere: what can be checked here holds.",
    Cause.DESPITE_FAILURE: "have a whole result although their task failed.",
    Cause.OTHER_PARAMETERS: "were made with other parameters than those of now. To make them again:  {again}",
    Cause.OTHER_VERSION: (
        "were made with another version of the tracker than the youngest. To make them again:  {again}"
    ),
}


def heading(project: Project) -> str:
    """Return the first line of every screen: which project, which machine, which scheduler."""
    scheduler = project.cluster.scheduler
    kind = "no scheduler" if scheduler.is_local else scheduler.name
    return f"{project.root.name} on {project.cluster.name} ({os.uname().nodename}, {kind})"


def number_of(count: int, what: str) -> str:
    """Return "6 videos", "1 video"."""
    return f"{count} {what.removesuffix('s') if count == 1 else what}"


def shown(name: str) -> str:
    """Return a name as it can be printed on one line of a terminal, whatever it holds."""
    if name.isprintable():
        return name
    return (
        name.encode("utf-8", "backslashreplace" if _is_text(name) else "surrogateescape")
        .decode("utf-8", "backslashreplace")
        .translate({c: f"\\x{c:02x}" for c in (*range(32), 127)})
    )


def _is_text(name: str) -> bool:
    return not any(0xDC80 <= ord(c) <= 0xDCFF for c in name)


def odd_data(seen: Examined) -> dict[str, str]:
    """Return one unit for programs: its reason is for people, its cause is a word that stays."""
    decision = seen.decision
    told = {"name": shown(seen.unit.key), "state": decision.state.value, "reason": shown(decision.reason)}
    return {**told, "cause": decision.cause.value if decision.cause else ""}


def day_of(key: str) -> str:
    """Return the day a unit belongs to: its first folder, or (no day) where it lies in none."""
    return key.split("/", 1)[0] if "/" in key else NO_DAY


def remark_lines(project: Project, remarks: Mapping[Cause, int], finished: int) -> Iterator[str]:
    """Yield what is to be said of finished ones, of how many each."""
    for remark, words in REMARKS.items():
        if count := remarks.get(remark, 0):
            yield f"{count} of {finished} finished {words.format(again=rt_line(project, 'redo --stale'))}"


def absent_lines(survey: Survey) -> Iterator[str]:
    """Yield how many that finished once are not found any more, with their results and without."""
    if count := survey.absent[ARCHIVED]:
        yield f"{count} more finished, and their videos are no longer here: their results are whole."
    if count := survey.absent[VANISHED]:
        yield f"{count} finished once; neither their videos nor whole results are here now."
