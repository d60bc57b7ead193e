"""List every video of the project that has no features in the joined table, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from .write import write_row

NO_TABLE = "its day has no table: run the summarizer"
OLD_TABLE = "its day's table is older: run the summarizer again"
NOT_GOOD = "is_good is False: the summarizer made no features of it"
NO_FEATURES = "the summarizer made no features of it: nothing passed its filters"


@dataclass(frozen=True)
class ExpectedVideo:
    """A video of the project, and the result that a day table should hold."""

    video: str
    result: str  # relative to the project
    reason: str  # in words why the result may be missing; '' where the video is finished


def write_missing(
    out: TextIO,
    expected: Iterable[ExpectedVideo],
    found: Mapping[str, object],
    featureless: Mapping[str, str],
    days: frozenset[str],
) -> dict[str, list[str]]:
    """Write video, result and reason of each expected video without features; return reason -> the videos' names.

    ``found`` holds all results of the tables, ``featureless`` maps results without features to the reason, ``days``
    holds the days that have a table.
    """
    reasons: dict[str, list[str]] = {}
    write_row(out, ("video", "result", "reason"))
    for video, result, reason in _missing(expected, found, featureless, days):
        write_row(out, (video, result, reason))
        reasons.setdefault(reason, []).append(video)
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
    """Yield the folders above ``path``, each with a slash: a result may be a folder in which a table names a file."""
    parts = path.split("/")
    return ("/".join(parts[:n]) + "/" for n in range(1, len(parts)))


def _as_found(result: str, found: Mapping[str, object]) -> str:
    """Return a result's name in the tables; ``*`` in it is a part that a program chose, as a colony's folder."""
    if "*" not in result or result in found:
        return result
    likely = re.compile(re.escape(result).replace(r"\*", "[^/]*"))
    return next(filter(likely.fullmatch, found), result)


def _day(result: str) -> str:
    """Return the first folder below Results (or MaskedVideos), '' for a result directly in Results."""
    parts = result.split("/")
    return parts[1] if len(parts) > 2 else ""
