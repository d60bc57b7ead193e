"""List every video of the project that has no features in the joined table, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TextIO

from ..model import FIRST_FOLDER, DayFolders
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
    found: Mapping[str, object],
    featureless: Mapping[str, str],
    days: frozenset[str],
    day: DayFolders = FIRST_FOLDER,
) -> Reasons:
    """Write video, result and reason of each expected video without features; return the reasons.

    ``found`` holds all results of the tables, ``featureless`` maps results without features to the reason, ``days``
    holds the days that have a table, ``day`` says which folders make a day.
    """
    missing: dict[str, list[str]] = {}
    remarks, unexplained = Counter[str](), 0
    write_row(out, ("video", "result", "reason"))
    for one, reason in _missing(expected, found, featureless, partial(_why_no_table, days, day)):
        write_row(out, (one.video, one.result, reason))
        is_remark = reason in (one.empty, NO_FEATURES)
        if is_remark:
            remarks[reason] += 1
        else:
            missing.setdefault(reason, []).append(one.video)
        unexplained += not (is_remark or one.reason)
    return Reasons(missing, remarks, unexplained)


def _missing(
    expected: Iterable[ExpectedVideo],
    found: Mapping[str, object],
    featureless: Mapping[str, str],
    why: Callable[[str], str],
) -> Iterator[tuple[ExpectedVideo, str]]:
    inside: dict[str, str] = {}
    for one in expected:
        if one.result.endswith("/") and not inside:
            inside = {folder: path for path in found for folder in find_folders(path)}
        result = inside.get(one.result) or _as_found(one.result, found)
        if result in featureless:
            yield one, one.empty or featureless[result]
        elif result not in found:
            yield one, one.reason or why(one.result)


def find_folders(path: str) -> Iterator[str]:
    """Yield the folders above ``path``, each with a slash: a result may be a folder in which a table names a file."""
    parts = path.split("/")
    return ("/".join(parts[:n]) + "/" for n in range(1, len(parts)))


def _as_found(result: str, found: Mapping[str, object]) -> str:
    """Return a result's name in the tables; ``*`` in it is a part that a program chose, as a colony's folder."""
    if "*" not in result or result in found:
        return result
    likely = re.compile(re.escape(result).replace(r"\*", "[^/]*"))
    return next(filter(likely.fullmatch, found), result)


def _why_no_table(days: frozenset[str], day: DayFolders, result: str) -> str:
    """Return why a whole result is in no table of the ``days``, from its path below Results (or MaskedVideos)."""
    its = day.day_of(result.partition("/")[2].rpartition("/")[0])
    if day.text and not its:
        return f"it lies in no day: project.yml says day: {day.text}"
    return OLD_TABLE if its in days else NO_TABLE
