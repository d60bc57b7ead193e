"""The screen that a person watches while tasks run: how far, how fast, and what failed last stand first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime

from ..model import Project
from ..records.times import when_ended
from ..survey import Examined
from ..survey.running import find_steps
from ..survey.states import word_of
from ..survey.triage import is_trouble
from ..text.counted import number_of
from ..text.tones import BAD, BUSY, FAINT, toned
from ..text.visible import shown
from .day_table import WORD_TONES, count_days, summary_line, table_lines
from .next_step import rt_line
from .queue import queue_lines
from .rate import find_rate, is_in_flight, tell_rate
from .status import Found, stalled_lines
from .words import heading

MOST_FAILURES = 5


def live_lines(project: Project, found: Found, now: datetime) -> list[str]:
    """Return the lines of the live screen; empty lines between its parts may be left out."""
    days = [(survey.stage, count_days(project, survey.stage, seen)) for survey, seen in found]
    lines = [heading(project), *(summary_line(project, stage, counts) for stage, counts in days)]
    lines += [*_rate_lines(project, found, now), *_failure_lines(project, found, now), *stalled_lines(project, found)]
    tables = [(stage, counts) for stage, counts in days if stage.folder == "workspace"]
    for stage, counts in tables:
        table = list(table_lines(project, stage, counts, fold=True))
        lines += ["", *(table if len(tables) > 1 else table[1:])]  # the title of the only table stands above
    steps = [one for survey, seen in found for one in find_steps(project, survey.stage, seen)]
    lines += ["", *(f"{shown(step.unit)}: {step.done} of {step.all} done" for step in steps)] if steps else []
    queued = [line for survey, _ in found for line in queue_lines(survey.stage, survey.queue)]
    return lines + (["", "In the queue:", *queued] if queued else [])


def _rate_lines(project: Project, found: Found, now: datetime) -> Iterator[str]:
    if rate := find_rate(project, found, now):
        yield toned(tell_rate(rate), BUSY)
    elif any(is_in_flight(one) for _, seen in found for one in seen):
        yield toned("too few have ended lately to tell when all will be done", FAINT)


def _failure_lines(project: Project, found: Found, now: datetime) -> Iterator[str]:
    """Yield what needs a look: the last failures with their times and reasons, then how many more there are."""
    troubled = [one for _, seen in found for one in seen if is_trouble(one)]
    if not troubled:
        return
    need = "1 needs" if len(troubled) == 1 else f"{len(troubled)} need"
    yield from ("", toned(f"{need} a look, the last first:", BAD))
    for one in sorted(troubled, key=_when, reverse=True)[:MOST_FAILURES]:
        told, why = _time_of(one, now), shown(one.decision.reason) or word_of(one.decision)
        yield f"  {told}{toned(shown(one.unit.key), WORD_TONES.get(word_of(one.decision), BAD))}: {why}"
    if len(troubled) > MOST_FAILURES:
        yield f"  ... and {len(troubled) - MOST_FAILURES} more:  {rt_line(project, 'status --failures')}"


def _when(seen: Examined) -> float:
    """Return when a unit failed, in seconds since 1970; 0 where no task of it did, or no time is known."""
    ended = when_ended(seen.decision.last) if seen.decision.last else None
    return ended.timestamp() if ended else 0.0


def _time_of(seen: Examined, now: datetime) -> str:
    """Return the time at which a unit failed, the day where it is another; "" where it is not known."""
    if not (at := _when(seen)):
        return ""
    ended = datetime.fromtimestamp(at, now.tzinfo)
    return f"{ended:%H:%M}  " if ended.date() == now.date() else f"{ended:%Y-%m-%d}  "


def fold(text: str, width: int, height: int) -> list[str]:
    """Return a text in lines for a window of this size, of which it takes half at most; no line for no text. Pure."""
    most, narrowest = max(1, height // 2), 4
    return textwrap.wrap(text, max(narrowest, width), max_lines=most, placeholder=" ...", break_on_hyphens=False)


def fit(lines: Sequence[str], footer: str, height: int) -> list[str]:
    """Return the lines that a window of this height shows, the footer last: the first lines, then how many are left.

    Where they do not fit, empty lines go first. Pure.
    """
    room = max(1, height - 1)
    kept = list(lines) if len(lines) <= room else [line for line in lines if line]
    if len(kept) > room:
        left = number_of(len(kept) - room + 1, "more lines")
        kept = [*kept[: room - 1], f"... {left}:  ./rt status, or a higher window"]
    return [*kept, *[""] * (room - len(kept)), footer][-max(1, height) :]
