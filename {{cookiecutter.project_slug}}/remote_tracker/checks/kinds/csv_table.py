"""csv: a table has its columns and rows, and its last line is whole; where possible only head and tail are read."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from ..clause import Fault, Files, Kind, Option
from ..places import examine_files, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..clause import Clause

_LONGEST_LINE = 4 * 1024 * 1024


def count_rows(path: str, options: Mapping[str, Any]) -> int:
    """Return how many lines below the header are not blank; raises Fault or OSError where the file is no table."""
    with open_file(path) as file:
        _read_header(file, options)
        return sum(1 for _ in _rows(file))


def count_values(path: str, column: str, options: Mapping[str, Any]) -> int:
    """Return how many different values a column holds; raises Fault or OSError, Fault where there is no such column."""
    with open_file(path) as file:
        header = _read_header(file, options)
        if column not in header:
            raise Fault(f'has no column "{column}"')
        place = header.index(column)
        rows = _split((line.decode("utf-8", "replace") for line in _rows(file)), options)
        return len({row[place] for row in rows if len(row) > place})


def _examine(check: Clause, files: Files) -> str:
    return examine_files(check, files, _judge)


def _judge(path: str, options: Mapping[str, Any]) -> str:
    with open_file(path) as file:
        header = _read_header(file, options)
        if reason := _header_differs(header, options.get("header", ())):
            return reason
        if reason := _too_few(file, options.get("rows", 0)):
            return reason
        file.seek(-1, os.SEEK_END)
        return "" if file.read(1) == b"\n" else "the last line is not whole: the file was cut"


def _read_header(file: BinaryIO, options: Mapping[str, Any]) -> list[str]:
    comment = str(options.get("comment", "")).encode()
    while line := file.readline(_LONGEST_LINE):
        if not (comment and line.startswith(comment)):
            break
    if b"\0" in line or len(line) == _LONGEST_LINE:
        raise Fault("is not a table of text")
    if not line.strip():
        raise Fault("has no header line")
    return next(_split([line.decode("utf-8-sig", "replace")], options))


def _split(lines: Sequence[str] | Iterator[str], options: Mapping[str, Any]) -> Iterator[list[str]]:
    import csv  # 0.5 ms of each task's check

    try:
        for row in csv.reader(lines, delimiter=options.get("delimiter", ",")):
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        raise Fault(f"is not a table of text: {error}") from None


def _header_differs(header: Sequence[str], wanted: Sequence[str]) -> str:
    for place, (found, name) in enumerate(zip(header, wanted, strict=False), 1):
        if found != name:
            return f'column {place} is "{found[:60]}", expected "{name}"'
    if len(header) < len(wanted):
        return f"has {len(header)} columns, expected {', '.join(wanted)}"
    return ""


def _too_few(file: BinaryIO, wanted: int) -> str:
    count = sum(1 for _ in islice(_rows(file), wanted))
    return f"has {count} rows, expected at least {wanted}" if count < wanted else ""


def _rows(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(_LONGEST_LINE):
        if line.strip():
            yield line


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    return "" if len(options.get("delimiter", ",")) == 1 else '"delimiter" must be one character, as "\\t"'


KIND = Kind(
    "csv",
    "deep",
    "output",
    "a table's last line is whole; it starts with these columns; it has enough rows",
    (
        Option("header", "the names its columns must start with, in order", kinds=("names",)),
        Option("rows", "how many rows it must have at least; blank lines do not count", kinds=("count",)),
        Option("comment", "what the lines above the header start with, as #"),
        Option("delimiter", 'what stands between columns, as "\\t" (default: a comma)'),
        Option("file", "the file in an output folder; each that matches must hold"),
    ),
    _examine,
    _refuse,
)
