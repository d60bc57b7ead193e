"""Write the joined tables as Parquet: a file a table, each column of one type, nothing of a table lost."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
from pyarrow import parquet as arrow_parquet

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project
from ..named_tuple import NamedTuple
from ..report.next_step import JOINED
from ..summaries.publish import new_tables
from ..text.counted import number_of
from ..text.visible import shown
from .cell_kinds import NUMBER, TEXT
from .column_types import Guessed, WrongGuess, find_kinds, guess_kinds, read_typed
from .read_joined import JoinedTable, damaged, open_joined

TABLES = ("videos", "animals", "features_summary", "filenames_summary", "parameters")
COLUMNS = "columns.csv"  # says what the columns of the joined tables mean
PACKAGE = "datapackage.json"  # says which types the columns have
Definitions = Mapping[tuple[str, str], Mapping[str, str]]  # (table, column) -> unit, meaning and the like


class Written(NamedTuple):
    """A table that was written."""

    file: str
    rows: int
    columns: int


def export_parquet(project: Project, into: Path) -> list[Written]:
    """Write a Parquet file for each joined table into the folder ``into``, all or none, and return what they hold.

    A few megabytes of a table are in memory at a time. Raises RemoteTrackerError where no table is joined, a table
    cannot be read or is joined anew meanwhile; NoSpace on a full disk.
    """
    joined = project.root / JOINED
    names = [name for name in TABLES if (joined / f"{name}.csv").is_file()]
    if not names:
        raise RemoteTrackerError(f"{JOINED} holds no table yet. Join the days' tables first:  ./rt join")
    numbers = load_numbers(joined / PACKAGE)
    tables = [
        open_joined(joined / f"{name}.csv", f"{JOINED}/{name}.csv")._replace(numbers=numbers.get(name, frozenset()))
        for name in names
    ]
    before = _stamp(tables)
    definitions = load_definitions(joined / COLUMNS)
    files = tuple(f"{name}.parquet" for name in names)
    with new_tables(into, files) as streams:
        rows = [
            write_parquet(table, stream.buffer, _told_of(project, name), definitions)
            for name, table, stream in zip(names, tables, streams, strict=True)
        ]
        if _stamp(tables) != before:
            raise RemoteTrackerError(f"{JOINED} was joined anew meanwhile; the old files stand. Export again.")
    return [Written(f, n, len(t.columns)) for f, n, t in zip(files, rows, tables, strict=True)]


def _stamp(tables: Iterable[JoinedTable]) -> list[tuple[int, int, int]]:
    """Return what tells the tables from tables that were joined later; [] where a table is gone."""
    try:
        return [(s.st_ino, s.st_size, s.st_mtime_ns) for s in (os.stat(table.path) for table in tables)]
    except FileNotFoundError:
        return []


def _told_of(project: Project, name: str) -> dict[str, str]:
    return {"table": name, "project": project.name, "made_by": f"remote-tracker {__version__}"}


def load_definitions(path: Path) -> Definitions:
    """Return what the file at ``path`` says about columns, nothing where there is no such file."""
    try:
        with open(path, encoding="utf-8", errors="backslashreplace", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row.get("table") and row.get("column")]
    except FileNotFoundError:
        return {}
    except (OSError, csv.Error) as error:
        raise damaged(f"{JOINED}/{path.name}", f"cannot be read ({error})") from None
    return {(row["table"], row["column"]): _defined(row) for row in rows}


def load_numbers(path: Path) -> Mapping[str, frozenset[str]]:
    """Return table -> its columns that the Data Package at ``path`` defines as numbers; {} where there is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8", errors="surrogateescape"))
        fields = {one["name"]: one["schema"]["fields"] for one in told["resources"]}
        return {name: frozenset(f["name"] for f in all_ if f["type"] == "number") for name, all_ in fields.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        raise damaged(f"{JOINED}/{path.name}", "cannot be read as a Data Package") from None


def _defined(row: Mapping[str | None, Any]) -> dict[str, str]:
    return {key: told for key, told in row.items() if key and told and key not in ("table", "column")}


def write_parquet(table: JoinedTable, out: BinaryIO, told: Mapping[str, str], definitions: Definitions) -> int:
    """Write a table, and return how many rows it has.

    The first rows tell the types; where a later cell is of another kind the table is written again, with the types
    that all of its cells tell.
    """
    guessed = guess_kinds(table)
    try:
        return _write(table, guessed, out, told, definitions)
    except WrongGuess:
        out.seek(0)
        out.truncate()
        return _write(table, Guessed(find_kinds(table), sure=True), out, told, definitions)


def _write(
    table: JoinedTable, guessed: Guessed, out: BinaryIO, told: Mapping[str, str], definitions: Definitions
) -> int:
    schema = _schema_of(table, guessed, told, definitions)
    kinds, rows = guessed.kinds, 0
    # Most numbers differ: a dictionary would be begun for each group of rows, and given up. The smallest and largest
    # number of each group would fill the memory until the end, and no reader could skip a group by them.
    texts = [column for column in table.columns if kinds[column] is TEXT] or False
    marked = [column for column in table.columns if kinds[column] is not NUMBER] or False
    with arrow_parquet.ParquetWriter(out, schema, use_dictionary=texts, write_statistics=marked) as writer:
        for values in read_typed(table, guessed):
            group = pa.Table.from_arrays(values, schema=schema)
            writer.write_table(group, row_group_size=table.group)
            rows += group.num_rows
    return rows


def _schema_of(table: JoinedTable, guessed: Guessed, told: Mapping[str, str], definitions: Definitions) -> Any:
    name, comments = told["table"], "\n".join(table.comments)
    fields = [
        pa.field(column, guessed.kinds[column].type, metadata=definitions.get((name, column)))
        for column in table.columns
    ]
    return pa.schema(fields, metadata={**told, **({"comments": comments} if comments else {})})


def exported_text(written: Sequence[Written], into: str) -> str:
    """Return the lines that tell people what was written, and how it is loaded."""
    count = number_of(len(written), "tables")
    width = max(len(table.file) for table in written)
    lines = [f"  {t.file:{width}}  {_counted(t.rows, 'row')}, {_counted(t.columns, 'column')}" for t in written]
    title = f"{count} {'is' if len(written) == 1 else 'are'} written in {shown(into)}"
    return "\n".join([title, *lines, f"In Python:  pandas.read_parquet({shown(f'{into}/{written[0].file}')!r})"])


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
