"""The table of a stage by day: a row a day, days that are all in one state folded where there are many. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from ..model import Project, Stage, State
from ..survey import Examined
from ..survey.decision import Decision
from ..survey.sentences import STATE_WORDS
from ..survey.states import word_of
from ..survey.upstream import find_awaited
from ..text.counted import number_of
from ..text.tones import BAD, BUSY, CARE, FAINT, GOOD, toned
from ..text.visible import shown
from .next_step import rt_line
from .words import FEW, NO_DAY, day_of, state_text

MOST_DAYS = 10  # a table with more days is folded
TONES = {
    **dict.fromkeys((State.SET_ASIDE, State.GONE, State.INVALID, State.INCOMPLETE), BAD),
    **dict.fromkeys((State.WAITING, State.NOT_READY, State.MOVED), CARE),
    **dict.fromkeys((State.RUNNING, State.QUEUED), BUSY),
    State.FINISHED: GOOD,
}
WORD_TONES = {word: TONES.get(state, "") for state, word in STATE_WORDS}
WAITING = dict(STATE_WORDS)[State.WAITING]
Days = Mapping[str, Counter[str]]
Folders = Mapping[str, Counter[State]]
NO_FOLDERS: Folders = MappingProxyType({})


def count_days(project: Project, stage: Stage, seen: Sequence[Examined], by_folder: Folders = NO_FOLDERS) -> Days:
    """Return, by day in order, how many of a stage's units are in which state, by the words for states.

    ``by_folder`` counts the units that are not among ``seen``, as a survey does.
    """
    days: dict[str, Counter[str]] = {}
    for folder, counts in by_folder.items():
        for state, count in counts.items():
            if count:
                day = project.day.day_of(folder.rstrip("/")) or NO_DAY
                days.setdefault(day, Counter())[dict(STATE_WORDS)[state]] += count
    for unit, decision in seen:
        is_day = stage.folder != "workspace"
        day = unit.key.replace(".", NO_DAY, unit.key == ".") if is_day else day_of(unit.key, project.day)
        days.setdefault(day, Counter())[word_of(decision)] += 1
    return dict(sorted(days.items()))


def state_count(count: int, word: str) -> str:
    """Return how many units are in a state, as "3 running", in the state's tone."""
    return toned(f"{count} {word}", WORD_TONES.get(word, "") if count else FAINT)


def toned_state(stage: Stage, decision: Decision) -> str:
    """Return the word for a unit's state, then the reason, in the state's tone."""
    return toned(state_text(stage, decision), WORD_TONES.get(word_of(decision), ""))


def waited_for(project: Project, stage: Stage, word: str) -> str:
    """Return behind the word "waiting" which stages are waited for, as " for track"; "" behind another word."""
    awaited = find_awaited(project, stage) if word == WAITING else []
    return f" for {' and '.join(awaited)}" if awaited else ""


def summary_line(project: Project, stage: Stage, days: Days) -> str:
    """Return how far a stage is in a line, as "track: 96 videos: 48 finished, 3 running"."""
    total = sum(days.values(), Counter[str]())
    told = [state_count(total[word], word) + waited_for(project, stage, word) for word in _words(total) if total[word]]
    return f"{stage.name}: {number_of(sum(total.values()), stage.counts)}{': ' if told else ''}{', '.join(told)}"


def _words(total: Counter[str]) -> list[str]:
    return [word for _, word in STATE_WORDS if total[word] or word in ("finished", "to do")]


def table_lines(project: Project, stage: Stage, days: Days, fold: bool) -> Iterator[str]:
    """Yield the table of a stage; of a stage whose units are days, a line that names the unfinished days.

    With ``fold``, days that are all in the same state stand in one line, and of others the last MOST_DAYS have a row.
    """
    if stage.folder != "workspace":
        yield _line_of_days(project, stage, days)
        return
    total = sum(days.values(), Counter[str]())
    words = _words(total)
    rows, folded = (_fold(days), _find_alike(days)) if fold else (days, {})
    width = max([len("all"), *(len(shown(day)) for day in rows)], default=3)
    yield f"{stage.name}: {number_of(sum(total.values()), stage.counts)}"
    yield f"  {'':{width}}  " + "  ".join(toned(word, WORD_TONES[word] if total[word] else FAINT) for word in words)
    for word, alike in folded.items():
        units = number_of(sum(days[day][word] for day in alike), stage.counts)
        told = f"{len(alike)} days, all {word} ({shown(alike[0])} to {shown(alike[-1])}): {units}"
        yield f"  {toned(told, WORD_TONES[word])}"
    for day, counts in [*rows.items(), ("all", total)]:
        yield f"  {shown(day):{width}}  " + "  ".join(_cell(counts[word], word) for word in words)
    if fold and (folded or len(rows) < len(days)):
        yield f"  Each day:  {rt_line(project, 'status --all-days')}"


def _cell(count: int, word: str) -> str:
    return toned(f"{count:>{len(word)}}", WORD_TONES[word] if count else FAINT)


def _find_alike(days: Days) -> Mapping[str, Sequence[str]]:
    """Return, by the state's word, the days whose units are all in that state, where there are several."""
    alike = {word: [day for day, counts in days.items() if +counts and set(+counts) == {word}] for word in WORD_TONES}
    return {word: found for word, found in alike.items() if len(found) > 1}


def _fold(days: Days) -> Days:
    """Return the days that keep a row: what is not folded, its first days summed where there are too many."""
    folded = {day for found in _find_alike(days).values() for day in found}
    rows = {day: counts for day, counts in days.items() if day not in folded}
    if len(rows) <= MOST_DAYS:
        return rows
    before = [*rows][: 1 - MOST_DAYS]
    told = f"{len(before)} days before"
    return {told: sum((rows[day] for day in before), Counter[str]())} | {d: rows[d] for d in [*rows][1 - MOST_DAYS :]}


def _line_of_days(project: Project, stage: Stage, days: Days) -> str:
    """Return the line of a stage whose units are days: how many are in which state, and which are not finished."""
    told = []
    for _, word in STATE_WORDS:
        names = [shown(day) for day, counts in days.items() if counts[word]]
        if names:
            more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
            named = "" if word == "finished" else f": {', '.join(names[:FEW])}{more}"
            told.append(f"{state_count(len(names), word)}{waited_for(project, stage, word)}{named}")
    return f"{stage.name}: {number_of(len(days), stage.counts)}{': ' if told else ''}{'; '.join(told)}"
