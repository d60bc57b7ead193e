"""Read a joined table in groups of rows, never the whole table: pyarrow's own reader, told what each column is."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Condition
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple
from .cell_kinds import UNKEPT

BLOCK = 4 << 20  # bytes that are read at once
GROUP = 3_000_000  # cells of a group of rows: 24 MB of numbers
MOST_HELD = 6  # batches; of 3,000 columns each batch takes 2 MB beside its numbers
MOST_AHEAD = 6  # blocks that are read before they are needed
PATIENCE_S = 1.0  # a block may hold no row
_REACH = 32  # bytes; longer than the beginning of a cell that UNKEPT looks for


class JoinedTable(NamedTuple):
    """A joined table's file: the lines of # at its head, its columns, and where its rows begin."""

    path: Path
    name: str  # in messages, as Results/joined/animals.csv
    comments: tuple[str, ...]
    columns: tuple[str, ...]
    start: int  # bytes
    quoted: bool  # it holds quotes: cells may hold line breaks
    numbers: frozenset[str] = frozenset()  # columns that are defined as numbers, also where all cells are integers

    @property
    def group(self) -> int:
        """Return how many rows a group has at most."""
        return max(1, GROUP // len(self.columns))


class UnkeptCell(Exception):
    """The table holds a cell that looks like a number, and that no floating point number keeps."""


def damaged(name: str, what: str) -> RemoteTrackerError:
    """Return the error for a joined table: what is wrong, and that it must be joined again."""
    return RemoteTrackerError(f"{name}: {what}. Join again:  ./rt join")


def open_joined(path: Path, name: str) -> JoinedTable:
    """Return the table at ``path``; raises RemoteTrackerError for a file that is unreadable, empty or cut off."""
    try:
        with open(path, "rb") as file:
            comments, header = _read_head(file)
            columns = _read_columns(header, name)
            start = file.tell()
            quoted = _holds_quote(file)
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                raise damaged(name, "its last line is cut off")
    except OSError as error:
        raise damaged(name, f"cannot be read ({error.strerror})") from None
    return JoinedTable(path, name, tuple(comments), columns, start, quoted)


def _read_head(file: BinaryIO) -> tuple[list[str], bytes]:
    comments: list[str] = []
    while (line := file.readline()).startswith(b"#"):
        comments.append(_decoded(line.rstrip(b"\r\n")))
    return comments, line


def _read_columns(header: bytes, name: str) -> tuple[str, ...]:
    columns = next(csv.reader([_decoded(header.rstrip(b"\r\n"))]), [])
    if not header.endswith(b"\n") or not columns:
        raise damaged(name, "has no header line")
    if twice := next((column for i, column in enumerate(columns) if column in columns[:i]), ""):
        raise damaged(name, f"its header names the column {twice} twice")
    return tuple(columns)


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _holds_quote(file: BinaryIO) -> bool:
    return any(b'"' in block for block in iter(lambda: file.read(BLOCK), b""))


class _Rows:
    """A table's file from its first row on, as pyarrow reads it: a few blocks before they are needed, not 32 of them.

    Looks, with ``watch``, through all that is read for cells that UNKEPT fits.
    """

    def __init__(self, file: BinaryIO, watch: bool = False) -> None:
        self._file, self._watch, self._before = file, watch, b"\n"
        self._ahead, self._moved = 0, Condition()
        self.closed = False
        self.unkept = False

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes; waits while enough blocks are read, unless none is taken for PATIENCE_S."""
        with self._moved:
            self._moved.wait_for(lambda: self._ahead < MOST_AHEAD or self.closed, PATIENCE_S)
            self._ahead += 1
        raw = b"" if self.closed else self._file.read(size)
        if self._watch and not self.unkept:
            seen = pa.array([self._before + raw], pa.large_binary())
            self.unkept = pc.match_substring_regex(seen, UNKEPT)[0].as_py()
            self._before = raw[-_REACH:]
        return raw

    def take(self) -> None:
        """Let another block be read."""
        with self._moved:
            self._ahead -= 1
            self._moved.notify_all()

    def close(self) -> None:
        """Let no thread of pyarrow's wait any more."""
        with self._moved:
            self.closed = True
            self._moved.notify_all()


@contextmanager
def _open_rows(table: JoinedTable, watch: bool = False) -> Iterator[_Rows]:
    with open(table.path, "rb") as file:
        file.seek(table.start)
        rows = _Rows(file, watch)
        try:
            yield rows
        finally:
            rows.close()


def read_groups(table: JoinedTable, types: Mapping[str, Any], watch: bool = False) -> Iterator[Any]:
    """Yield the table's rows as pyarrow tables of at most ``table.group`` rows, an empty cell as null.

    Columns that ``types`` lacks are read as bytes. Raises pyarrow.ArrowInvalid where a cell is not of its column's
    type; UnkeptCell, with ``watch``, for a cell that UNKEPT fits; RemoteTrackerError for a row with other columns.
    """
    with _open_rows(table, watch) as rows:
        for group in _in_groups(_read_batches(table, rows, types), table.group):
            if rows.unkept:
                raise UnkeptCell
            yield group


def read_start(table: JoinedTable) -> tuple[Any, bool]:
    """Return the first rows, all cells as bytes, and whether the table has no others."""
    with _open_rows(table) as rows:
        block = BLOCK // 4
        first = pa.Table.from_batches([*islice(_read_batches(table, rows, {}, block), 1)], _schema(table, {}))
        return first, os.path.getsize(table.path) - table.start < block


def _schema(table: JoinedTable, types: Mapping[str, Any]) -> Any:
    return pa.schema([(column, types.get(column, pa.binary())) for column in table.columns])


def _read_batches(table: JoinedTable, rows: _Rows, types: Mapping[str, Any], start: int = 0) -> Iterator[Any]:
    """Yield the rows in batches, read ahead; with ``start`` the rows of so many bytes, and nothing is read ahead."""
    schema = _schema(table, types)
    block = max(start or BLOCK, 8 * sum(map(len, table.columns)))  # a row must fit
    reading = arrow_csv.ReadOptions(block_size=block, column_names=list(table.columns), use_threads=not start)
    parsing = arrow_csv.ParseOptions(newlines_in_values=table.quoted)
    converting = arrow_csv.ConvertOptions(
        column_types=schema, null_values=[""], strings_can_be_null=True, true_values=[], false_values=[]
    )
    if os.path.getsize(table.path) == table.start:  # pyarrow refuses a file without rows
        return
    try:
        reader = arrow_csv.open_csv(pa.PythonFile(rows, mode="r"), reading, parsing, converting)
        for batch in reader:
            rows.take()
            yield batch
    except pa.ArrowInvalid as error:
        if "conversion error" in str(error):
            raise
        raise damaged(table.name, f"cannot be read as a table ({str(error).splitlines()[0]})") from None
    finally:
        rows.close()  # before the reader goes, which waits for its threads


def _in_groups(batches: Iterator[Any], rows: int) -> Iterator[Any]:
    """Yield the rows in tables of at most so many rows, a batch never cut: a slice would hold the whole in memory."""
    held: list[Any] = []
    count = 0
    for batch in batches:
        if held and count + batch.num_rows > rows:
            whole, held, count = _combined(held), [], 0
            yield whole
            del whole
        held.append(batch)
        count += batch.num_rows
        if len(held) == MOST_HELD:
            held = _combined(held).to_batches()
    if held:
        yield _combined(held)


def _combined(batches: list[Any]) -> Any:
    return pa.Table.from_batches(batches).combine_chunks()
