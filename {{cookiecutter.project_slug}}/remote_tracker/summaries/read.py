"""Read a day table as text: comments, columns, then line by line; refuse a table that is not whole."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple
from ..text.counted import number_of
from .find import SUMMARIZE

LONGEST_LINE = 1 << 26  # 3,000 features take 60 kB; a file without line ends must not fill the memory
Lines = Iterator[tuple[int, str]]
GOOD = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}


class TableError(RemoteTrackerError):
    """A day table cannot be joined; the message names the table, the line and what to do."""


def damaged(name: str, what: str) -> TableError:
    """Return the error for table ``name``: what is wrong, and that its day must be summarized again."""
    return TableError(f"{name}: {what}; remove it and {SUMMARIZE}.")


@dataclass(frozen=True)
class TableHead:
    """The lines above a table's rows: its ``#`` lines unchanged, and the names of its columns."""

    comments: tuple[str, ...]
    columns: tuple[str, ...]


class FileRow(NamedTuple):
    """A row of a filenames table: all its cells, unquoted, and the three that every such table has."""

    cells: list[str]
    file_id: str
    filename: str
    is_good: bool


@contextmanager
def open_table(path: Path, name: str, needs: tuple[str, ...]) -> Iterator[tuple[TableHead, Lines]]:
    """Give the head of a table and its rows as (line number, text without line end), without blank lines.

    ``name`` is the table's name in messages; ``needs`` the columns that it must have. Bytes that are not UTF-8 pass
    through. Raises TableError for a table that is unreadable, empty, cut off or lacks a column.
    """
    with _open(path, name) as stream:
        lines = _whole_lines(stream, name)
        yield _read_head(lines, name, needs), lines


def _open(path: Path, name: str) -> TextIO:
    try:
        return open(path, encoding="utf-8-sig", errors="surrogateescape", newline="\n")
    except OSError as error:
        raise damaged(name, f"cannot be read ({error.strerror})") from None


def _whole_lines(stream: TextIO, name: str) -> Lines:
    number = 0
    while line := _next_line(stream, name):
        number += 1
        if not line.endswith("\n"):
            raise damaged(name, f"line {number} is cut off")
        if "\0" in line:
            raise damaged(name, f"line {number} holds zero bytes")
        text = line.rstrip("\r\n")
        if text:
            yield number, text


def _next_line(stream: TextIO, name: str) -> str:
    try:
        return stream.readline(LONGEST_LINE)
    except OSError as error:
        raise damaged(name, f"cannot be read ({error.strerror})") from None


def _read_head(lines: Lines, name: str, needs: tuple[str, ...]) -> TableHead:
    comments = []
    for number, line in lines:
        if line.startswith("#"):
            comments.append(line)
            continue
        columns = read_cells(line, name, number)
        _refuse_columns(columns, name, needs)
        return TableHead(tuple(comments), tuple(columns))
    raise damaged(name, "has no header line")


def _refuse_columns(columns: list[str], name: str, needs: tuple[str, ...]) -> None:
    lacking = [column for column in needs if column not in columns]
    if lacking:
        raise damaged(name, f"its header names no column {lacking[0]}")
    if len(set(columns)) != len(columns):
        twice = next(column for i, column in enumerate(columns) if column in columns[:i])
        raise damaged(name, f"its header names the column {twice} twice")


def read_cells(line: str, name: str, number: int) -> list[str]:
    """Return the cells of a line, unquoted. Raises TableError where a quoted cell has no end."""
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        raise damaged(name, f"line {number} has a quote without its partner") from None


def read_file_row(line: str, columns: tuple[str, ...], name: str, number: int) -> FileRow:
    """Return a row of a filenames table, also where commas in its path are not quoted: Tierpsy writes it so.

    Raises TableError where cells are missing, or is_good is neither True nor False.
    """
    cells = _read_loose_cells(line, columns, name, number)
    row = dict(zip(columns, cells, strict=True))
    good = GOOD.get(row["is_good"].strip().lower())
    if good is None:
        raise damaged(name, f'line {number}: is_good is "{row["is_good"]}", neither True nor False')
    if not row["file_id"] or not row["filename"]:
        raise damaged(name, f"line {number} has no {'filename' if row['file_id'] else 'file_id'}")
    return FileRow(cells, row["file_id"], row["filename"], good)


def _read_loose_cells(line: str, columns: tuple[str, ...], name: str, number: int) -> list[str]:
    try:
        cells = read_cells(line, name, number)
    except TableError:  # a path may hold a single quote mark; only the neighbouring cells tell where it ends
        cells = []
    if len(cells) == len(columns):
        return cells
    cells = line.split(",")
    surplus = len(cells) - len(columns)
    if surplus < 0:
        raise damaged(name, f"line {number} has {number_of(len(cells), 'cells')}, the header names {len(columns)}")
    at = columns.index("filename")
    return [*cells[:at], ",".join(cells[at : at + surplus + 1]), *cells[at + surplus + 1 :]]
