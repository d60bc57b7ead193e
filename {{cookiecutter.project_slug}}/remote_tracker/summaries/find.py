"""Find the day tables in Results: by their two plain names, and by Tierpsy's names with or without time stamp."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..disk.litter import is_bin
from ..errors import RemoteTrackerError, unknown_word
from ..model import FIRST_FOLDER, DayFolders
from ..model.result_folders import OWN_FOLDERS
from ..text.counted import number_of

LAB_TABLE = "AuxiliaryFiles/videos.csv"  # the lab's own table of videos or days, below the project
SUMMARIZE = "summarize the day again (bash get_cmd2process.sh in summarizer/)"
# Reruns of Tierpsy pile up, each with its time stamp; the number of a time window stands before or behind the stamp.
_NAME = re.compile(
    r"(?P<table>filenames|features)_summary"
    r"(?:_(?P<kind>.+?)(?P<early>_window_\d+)?_(?P<stamp>\d{8}_\d{6})(?P<late>_window_\d+)?)?\.csv"
)
# Tables that are replaced by each run have no stamp; their kind must then be a kind of Tierpsy's, not any text.
_FIXED = re.compile(
    r"(?P<table>filenames|features)_summary"
    r"_(?P<kind>(?:\w+_)?(?:tierpsy|openworm)_(?:plate|trajectory|plate_augmented)(?:_manual)?)"
    r"(?P<early>_window_\d+)?(?P<stamp>)(?P<late>)\.csv"
)


@dataclass(frozen=True)
class DayTable:
    """The two tables of a day; ``day`` is the folder's path below Results, '' for Results itself."""

    day: str
    filenames: Path
    features: Path


def find_day_tables(results: Path, kind: str | None = None, day: DayFolders = FIRST_FOLDER) -> list[DayTable]:
    """Return the day tables of ``kind``, by day; '' is the kind with plain names, others as ``tierpsy_plate_window_0``.

    Without ``kind``, the only kind is taken, or the plain kind where every day has it. Raises
    RemoteTrackerError where the choice is open, a table's partner is gone or a folder cannot be read.
    """
    sets = find_table_sets(results, day)
    if kind is not None:
        if kind not in sets:
            raise RemoteTrackerError(f"{results.name}: {unknown_word('kind of table', kind, sets)}")
        return sets[kind]
    if len(sets) > 1 and not _plain_in_every_day(sets):
        listed = ", ".join(f"{name or 'plain'} ({number_of(len(days), 'days')})" for name, days in sets.items())
        raise RemoteTrackerError(f"{results.name} holds several kinds of day tables: {listed}; say which one to join.")
    return sets[""] if "" in sets else next(iter(sets.values()), [])


def find_table_sets(results: Path, day: DayFolders = FIRST_FOLDER) -> dict[str, list[DayTable]]:
    """Return kind -> day tables below ``results``, by day; the folders ``joined`` and ``report`` are no days.

    ``day`` says which folders make a day; where project.yml says it, Results itself is none. Among reruns, the pair
    without a stamp is taken, else the newest pair. Raises RemoteTrackerError as find_day_tables does.
    """
    sets: dict[str, list[DayTable]] = defaultdict(list)
    for name, folder in _day_folders(results, day):
        for kind, pairs in sorted(_pairs(folder).items()):
            sets[kind].append(_newest(results, name, pairs))
    return dict(sorted(sets.items()))


def _plain_in_every_day(sets: dict[str, list[DayTable]]) -> bool:
    plain = {table.day for table in sets.get("", ())}
    return all(table.day in plain for tables in sets.values() for table in tables)


def _day_folders(results: Path, day: DayFolders) -> Iterator[tuple[str, Path]]:
    if not day.text:
        yield "", results
    found = [""]
    for _ in range(day.depth):
        found = [f"{above}/{name}".lstrip("/") for above in found for name in _folders(results / above)]
    days = (name for name in found if day.day_of(name) == name and name.partition("/")[0] not in OWN_FOLDERS)
    yield from ((name, results / name) for name in days)


def _folders(folder: Path) -> Iterator[str]:
    for name in _names(folder):
        if not name.startswith(".") and not is_bin(name) and os.path.isdir(folder / name):
            yield name


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError as error:
        raise RemoteTrackerError(f"{folder}: the folder cannot be read ({error.strerror}).") from None


def _pairs(folder: Path) -> dict[str, dict[str, dict[str, Path]]]:
    """Return kind -> stamp -> {filenames, features} -> path of the tables in ``folder``."""
    found: dict[str, dict[str, dict[str, Path]]] = defaultdict(lambda: defaultdict(dict))
    for name in _names(folder):
        match = _NAME.fullmatch(name) or _FIXED.fullmatch(name)
        if match and os.path.isfile(folder / name):
            kind = f"{match['kind'] or ''}{match['early'] or match['late'] or ''}"
            found[kind][match["stamp"] or ""][match["table"]] = folder / name
    return found


def _newest(results: Path, day: str, pairs: dict[str, dict[str, Path]]) -> DayTable:
    whole = [stamp for stamp, pair in pairs.items() if len(pair) == 2]
    if not whole:
        (table, path), *_ = pairs[max(pairs)].items()
        other = "features" if table == "filenames" else "filenames"
        partner = path.name.replace(table, other, 1)
        where = "/".join(part for part in (results.name, day, path.name) if part)
        raise RemoteTrackerError(f"{where}: {partner} is not beside it; {SUMMARIZE}.")
    newest = pairs["" if "" in whole else max(whole)]
    return DayTable(day, newest["filenames"], newest["features"])
