"""csv: a table has its columns, each row has a cell for each of them, and there are as many rows as were recorded."""

from __future__ import annotations

import codecs
import os
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from ...text.counted import number_of
from ..clause import Fault, Files, Kind, Option
from ..places import examine_files, shown_name
from ..regular_file import open_file
from ..table import Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..clause import Clause

_TOGETHER = ("rows_by", "rows_in", "rows_column")


def count_rows(path: str, options: Mapping[str, Any]) -> int:
    """Return how many rows stand below the header; raises Fault or OSError where the file is no table."""
    with open_file(path) as file:
        return Table(file, options).count_rows()


def count_values(path: str, column: str, options: Mapping[str, Any]) -> int:
    """Return how many different values a column holds; raises Fault or OSError, Fault where there is no such column."""
    with open_file(path) as file:
        return len(set(Table(file, options).columns(column)))


def has_no_rows(check: Clause, files: Files) -> bool:
    """Return whether every table of the clause has no row; of a table that cannot be read nothing is said."""
    return not examine_files(check, files, _require_no_rows)


def _require_no_rows(path: str, options: Mapping[str, Any]) -> str:
    with open_file(path) as file:
        return "has rows" if Table(file, options).has_rows(1) else ""


def _examine(check: Clause, files: Files) -> str:
    reason = examine_files(check, files, partial(_judge, files.depth))
    return reason or ("" if "rows_in" not in check.options else _compare_counts(check, files))


def _judge(depth: int, path: str, options: Mapping[str, Any]) -> str:
    with open_file(path) as file:
        table = Table(file, options)
        if reason := _header_differs(table.header, options.get("header", ())):
            return reason
        if (count := table.has_rows(options.get("rows", 0))) < options.get("rows", 0):
            return f"has {number_of(count, 'rows')}, expected at least {options['rows']}"
        file.seek(-1, os.SEEK_END)
        if file.read(1) != b"\n":
            return "the last line is not whole: the file was cut"
        return table.find_fault(depth)


def _header_differs(header: Sequence[str], wanted: Sequence[str]) -> str:
    for place, (found, name) in enumerate(zip(header, wanted, strict=False), 1):
        if found != name:
            return f'column {place} is "{found[:60]}", expected "{name}"'
    if len(header) < len(wanted):
        return f"has {number_of(len(header), 'columns')}, expected {', '.join(wanted)}"
    return ""


def _compare_counts(check: Clause, files: Files) -> str:
    """Return which value has another number of rows than the other table says; both are read whole."""
    tables, others = files.outputs.get(check.subject, ()), files.outputs.get(check.options["rows_in"], ())
    if len(tables) != len(others):  # of several, which belong together cannot be told
        return ""
    for table, other in zip(sorted(tables), sorted(others), strict=True):
        judged = other
        try:
            wanted = _recorded(os.path.join(files.root, other), check.options)
            judged = table
            reason = "" if wanted is None else _count_differs(os.path.join(files.root, table), wanted, check.options)
        except (Fault, OSError) as error:
            reason = str(error)
        if reason:
            return f"{shown_name(judged)}: {reason}"
    return ""


def _recorded(path: str, options: Mapping[str, Any]) -> dict[str, str] | None:
    """Return value -> number of rows, as the other table says it; None where it says none and need not."""
    with open_file(path) as file:
        table = Table(file, options)
        if options.get("optional") and options["rows_column"] not in table.header:
            return None
        return {row[0]: row[1] for row in table.columns(options["rows_by"], options["rows_column"])}


def _count_differs(path: str, wanted: Mapping[str, str], options: Mapping[str, Any]) -> str:
    column = options["rows_by"]
    with open_file(path) as file:
        found = Counter(value for (value,) in Table(file, options).columns(column))
    for value in {**wanted, **found}:
        if str(found[value]) != wanted.get(value, "0"):
            rows, recorded = number_of(found[value], "rows"), wanted.get(value, "0")
            return f"has {rows} of {column} {value}, {recorded} {'was' if recorded == '1' else 'were'} recorded"
    return ""


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    if len(options.get("delimiter", ",")) != 1:
        return '"delimiter" must be one character, as "\\t"'
    if "encoding" in options and not _holds_ascii(options["encoding"]):
        return '"encoding" must be one that Python knows and in which a comma is one byte, as latin-1'
    said = [name for name in _TOGETHER if name in options]
    if said and len(said) < len(_TOGETHER):
        return f'"{said[0]}" needs {" and ".join(name for name in _TOGETHER if name not in said)} beside it'
    return "" if said or "optional" not in options else '"optional" needs rows_in: what need not be there'


def _holds_ascii(encoding: str) -> bool:
    try:
        return ",\n".encode(encoding) == b",\n" and codecs.lookup(encoding).name != "utf-8-sig"
    except (LookupError, UnicodeError):
        return False


KIND = Kind(
    "csv",
    "deep",
    "output",
    "a table is whole: it starts with these columns, each row has as many cells as its header, none is cut",
    (
        Option("header", "the names its columns must start with, in order", kinds=("names",)),
        Option("rows", "how many rows it must have at least; blank lines do not count", kinds=("count",)),
        Option("no_rows", "what is said of a whole table without rows, as no animal was found", kinds=("text",)),
        Option("comment", "what the lines above the header start with, as #"),
        Option("delimiter", 'what stands between columns, as "\\t" (default: a comma)'),
        Option("encoding", "what its text is written in, as latin-1 (default: utf-8)"),
        Option("ragged", "its rows may have fewer or more cells than its header", kinds=("flag",)),
        Option("rows_by", "a column, as file_id: its rows are counted for each value in it", kinds=("text",)),
        Option("rows_in", "an output, a table with the same column: it says how many there must be", kinds=("output",)),
        Option("rows_column", "the column of that table in which the number of rows stands"),
        Option("optional", "nothing is wrong where that table has no such column", kinds=("flag",)),
        Option("file", "the file in an output folder; each that matches must hold"),
    ),
    _examine,
    _refuse,
)
