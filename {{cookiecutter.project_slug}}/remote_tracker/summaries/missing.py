"""List every video of the project that has no features in the joined table, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TextIO

from ..model import FIRST_FOLDER, DayFolders
from ..named_tuple import NamedTuple
from .results import Results
from .write import write_row

NO_TABLE = "its day has no table: run the summarizer"
OLD_TABLE = "its day's table is older: run the summarizer again"
NOT_GOOD = "is_good is False: the summarizer made no features of it"
NO_FEATURES = "nothing passed the summarizer's filters"


@dataclass(frozen=True)
class ExpectedVideo:
    """A video of the project, and the result that a day table should hold."""

    video: str
    result: str  # relative to the project
    reason: str  # in words why the result may be missing; '' where the video is finished
    empty: str = ""  # in words what its whole result lacks, as "no animal was found"; '' where it lacks nothing


class Reasons(NamedTuple):
    """Why videos have no features."""

    missing: dict[str, list[str]]  # something is to be done: each reason with the names of such videos
    remarks: Counter[str]  # nothing is, there was nothing to make features of: each reason with the number of videos
    unexplained: int  # how many of the missing videos are finished


def write_missing(
    out: TextIO,
    expected: Iterable[ExpectedVideo],
    found: Results,
    days: frozenset[str],
    day: DayFolders = FIRST_FOLDER,
) -> Reasons:
    """Write video, result and reason of each expected video without features; return the reasons.

    ``found`` are all results of the tables, ``days`` the days that have a table, ``day`` says which folders make a day.
    """
    missing: dict[str, list[str]] = {}
    remarks, unexplained = Counter[str](), 0
    write_row(out, ("video", "result", "reason"))
    for one, reason in _missing(expected, found, partial(_why_no_table, days, day)):
        write_row(out, (one.video, one.result, reason))
        is_remark = reason in (one.empty, NO_FEATURES)
        if is_remark:
            remarks[reason] += 1
        else:
            missing.setdefault(reason, []).append(one.video)
        unexplained += not (is_remark or one.reason)
    return Reasons(missing, remarks, unexplained)


def _missing(
    expected: Iterable[ExpectedVideo], found: Results, why: Callable[[str], str]
) -> Iterator[tuple[ExpectedVideo, str]]:
    for one in expected:
        number = _find(one.result, found)
        if number is None:
            yield one, one.reason or why(one.result)
        elif featureless := found.why(number):
            yield one, one.empty or featureless


def _find(result: str, found: Results) -> int | None:
    """Return the number of a result in the tables; ``*`` in it is a part that a program chose, as a colony's folder.

    A result may be a folder, in which a table names a file: of several the last file counts.
    """
    inside = found.numbers(result)
    return inside[-1] if inside else found.find_like(result) if "*" in result else None


def _why_no_table(days: frozenset[str], day: DayFolders, result: str) -> str:
    """Return why a whole result is in no table of the ``days``, from its path below Results (or MaskedVideos)."""
    its = day.day_of(result.partition("/")[2].rpartition("/")[0])
    if day.text and not its:
        return f"it lies in no day: project.yml says day: {day.text}"
    return OLD_TABLE if its in days else NO_TABLE
