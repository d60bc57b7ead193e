"""Join the columns of many tables: each name once, in the order first seen, with cells put in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TextIO

from .read import FileRow, TableError, TableHead, damaged, open_table
from .write import write_row

FILENAMES, FEATURES, MISSING = TABLES = ("filenames_summary.csv", "features_summary.csv", "missing.csv")
POINTERS = ("# FEATURE SUMMARIES FILE,", "# FILENAMES SUMMARY FILE,")  # they name the path of a day's other table
MADE_WITH = "made_with"  # parameters' fingerprint and tracker's version: a column where a table mixes several
CHANGED_SINCE = "changed_since"  # yes: the result is not as it was made; a column where a table has such a result
FEATURE_ROWS = "feature_rows"  # how many rows of features a file has: a column of a day's table of file names
_TYPE = "# SUMMARY_TYPE,"


def join_heads(tables: Iterable[tuple[Path, str]], needs: tuple[str, ...]) -> TableHead:
    """Return the union of the tables' comments and columns, in the order first seen; tables are (path, name).

    A comment that names the path of a day's other table is cut to its key. Raises TableError where a
    table lacks a column of ``needs``, or two tables are summaries of different types.
    """
    comments: dict[str, str] = {}
    columns: dict[str, None] = {}
    for path, name in tables:
        with open_table(path, name, needs) as (head, _):
            columns.update(dict.fromkeys(head.columns))
            for line in head.comments:
                comments.setdefault(next((key for key in POINTERS if line.startswith(key)), line), name)
    _refuse_types(comments)
    return TableHead(tuple(comments), tuple(columns))


def _refuse_types(comments: Mapping[str, str]) -> None:
    types = [(name, line.removeprefix(_TYPE)) for line, name in comments.items() if line.startswith(_TYPE)]
    if len(types) > 1:
        (one, its), (other, others) = types[:2]
        raise TableError(f"{one} is of the type {its}, {other} of {others}: make the days' tables of one type.")


def write_head(out: TextIO, head: TableHead, partner: str) -> None:
    """Write the comments and columns of ``head``; ``partner`` is the path of the other table."""
    out.writelines(f"{line}{partner}\n" if line in POINTERS else f"{line}\n" for line in head.comments)
    write_row(out, head.columns)


def align(columns: Sequence[str], wanted: Sequence[str], name: str) -> Callable[[list[str]], Sequence[str]]:
    """Return a function that puts a row's cells in the order ``wanted``, with "" for columns that the table lacks.

    Raises TableError where ``wanted`` lacks a column of the table: the file changed since its head was read.
    """
    at = {column: index for index, column in enumerate(columns)}
    if not at.keys() <= set(wanted):
        raise TableError(f"{name}: was written anew while it was joined; join again.")
    if list(columns) == list(wanted):
        return lambda cells: cells
    pick = itemgetter(*(at.get(column, len(columns)) for column in wanted))
    return lambda cells: pick([*cells, ""])


def count_rows(row: FileRow, columns: Sequence[str], name: str, number: int) -> int | None:
    """Return how many rows of features the file has, as its row says; None where the table has no such column.

    Raises TableError where it says no number.
    """
    if FEATURE_ROWS not in columns:
        return None
    told = row.cells[columns.index(FEATURE_ROWS)].strip()
    if not told.isdecimal():
        raise damaged(name, f'line {number}: {FEATURE_ROWS} is "{told}", no number')
    return int(told)
