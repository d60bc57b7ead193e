"""Every video of the project that has no features in the joined table, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from .read import quote_cell

NO_TABLE = "its day has no table: run the summarizer"
OLD_TABLE = "its day's table is older: run the summarizer again"
NOT_GOOD = "is_good is False: the summarizer made no features of it"
NO_FEATURES = "the summarizer made no features of it: nothing passed its filters"


@dataclass(frozen=True)
class ExpectedVideo:
    """A video of the project and the result that should stand in a table.

    ``result`` is relative to the project; ``reason`` says in words why it may not be there, '' if it
    is finished.
    """

    video: str
    result: str
    reason: str


def write_missing(
    out: TextIO,
    expected: Iterable[ExpectedVideo],
    found: Mapping[str, object],
    featureless: Mapping[str, str],
    days: frozenset[str],
) -> Counter[str]:
    """Write video, result and reason of each that has no features; return how many for each reason.

    ``found`` holds all results of the tables, ``featureless`` those without features and why, ``days``
    the days that have a table.
    """
    reasons: Counter[str] = Counter()
    out.write("video,result,reason\n")
    for video, result, reason in _missing(expected, found, featureless, days):
        out.write(",".join(map(quote_cell, (video, result, reason))) + "\n")
        reasons[reason] += 1
    return reasons


def _missing(
    expected: Iterable[ExpectedVideo], found: Mapping[str, object], featureless: Mapping[str, str], days: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    inside: dict[str, str] = {}
    for one in expected:
        if one.result.endswith("/") and not inside:
            inside = {folder: path for path in found for folder in find_folders(path)}
        result = inside.get(one.result) or _as_found(one.result, found)
        if result in featureless:
            yield one.video, one.result, featureless[result]
        elif result not in found:
            late = OLD_TABLE if _day(one.result) in days else NO_TABLE
            yield one.video, one.result, one.reason or late


def find_folders(path: str) -> Iterator[str]:
    """Yield the folders that a path lies in, each with its slash: a result may be one, a table name a file in it."""
    parts = path.split("/")
    return ("/".join(parts[:n]) + "/" for n in range(1, len(parts)))


def _as_found(result: str, found: Mapping[str, object]) -> str:
    """Return a result's name in the tables, also where its program chose a part of it (*), as a colony's folder."""
    if "*" not in result or result in found:
        return result
    likely = re.compile(re.escape(result).replace(r"\*", "[^/]*"))
    return next(filter(likely.fullmatch, found), result)


def _day(result: str) -> str:
    """Return the first folder below Results (or MaskedVideos), '' for a result right under it."""
    parts = result.split("/")
    return parts[1] if len(parts) > 2 else ""
