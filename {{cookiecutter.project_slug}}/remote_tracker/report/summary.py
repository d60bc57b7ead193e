"""The summary of a scan, as the ancestor printed it: its lines add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Cause, State
from ..named_tuple import NamedTuple
from ..survey import Survey
from ..text.tones import BUSY, FAINT, STRONG, toned
from .day_table import TONES

RULE = "*" * 45
# "incompleted" and "succesfully" are misspelt, and stay: programs of labs read these lines, as Tierpsy's scripts wrote
# them.
ANCESTOR = (
    (State.UNPROCESSED, "Unprocessed files."),
    (State.INCOMPLETE, "Files whose analysis is incompleted."),
    (State.INVALID, "Invalid source files."),
    (State.FINISHED, "Files that were succesfully finished."),
)


class Row(NamedTuple):
    """A line of the summary that counts units, and its tone where it counts any."""

    units: int
    words: str
    tone: str = ""


def summary_lines(survey: Survey) -> list[str]:
    """Return the summary as programs and files have it: the units by state, between rules."""
    return _between_rules(survey, lambda row: f"{row.units}\t{row.words}")


def toned_summary(survey: Survey) -> list[str]:
    """Return the summary as a terminal shows it: with the tone of each state; what counts no unit is faint."""
    return _between_rules(survey, lambda row: toned(f"{row.units}\t{row.words}", row.tone if row.units else FAINT))


def _between_rules(survey: Survey, write: Callable[[Row], str]) -> list[str]:
    lines = [RULE, "Analysis Summary", RULE]
    lines += [write(Row(survey.counts[state], words, TONES.get(state, ""))) for state, words in ANCESTOR]
    if others := [write(row) for row in _other_rows(survey) if row.units]:
        lines += [RULE, *others]
    return [*lines, RULE, write(Row(survey.waiting_list, "Total files to be processed.", STRONG)), RULE]


def _other_rows(survey: Survey) -> Iterator[Row]:
    counts = survey.counts
    yield Row(counts[State.QUEUED] + counts[State.RUNNING], "Queued or running: not listed again.", BUSY)
    aside = "Set aside: failed too often, or cannot succeed.   ./rt status --failures"
    gone = "Gone: finished once, results missing now.   ./rt redo --gone makes them again"
    moved = "Moved or renamed: their results lie under the old names.   ./rt moved"
    for state, words in (
        (State.WAITING, "Waiting for an earlier stage."),
        (State.NOT_READY, f"Not ready: {_why_not_ready(survey)}."),
        (State.SET_ASIDE, aside),
        (State.GONE, gone),
        (State.MOVED, moved),
    ):
        yield Row(counts[state], words, TONES[state])


def _why_not_ready(survey: Survey) -> str:
    causes = {s.decision.cause for s in survey.odd if s.decision.state is State.NOT_READY}
    copied = "being copied, or a copy was broken off" if Cause.COPY_BROKEN_OFF in causes else ""
    arriving = causes - {Cause.BEING_MOVED, Cause.NOT_LOOKED_AT}
    copied = copied or ("still being copied (look again in 2 min)" if arriving else "")
    moved = "old results are not all moved yet" if Cause.BEING_MOVED in causes else ""
    blind = "a folder cannot be looked into" if Cause.NOT_LOOKED_AT in causes else ""
    return ", or ".join(filter(None, (copied, moved, blind)))
