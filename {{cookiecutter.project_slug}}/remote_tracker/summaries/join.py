"""Join the tables of all days: columns by name, file_ids from 0 on, missing videos by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from ..errors import RemoteTrackerError
from ..model import FIRST_FOLDER, DayFolders
from ..text.counted import number_of
from .columns import (
    CHANGED_SINCE,
    FEATURES,
    FILENAMES,
    MADE_WITH,
    TABLES,
    align,
    count_rows,
    join_heads,
    write_head,
)
from .find import SUMMARIZE, DayTable
from .found import NO_MORE, Found, More
from .missing import NO_FEATURES, NOT_GOOD, ExpectedVideo, write_missing
from .paths import Place, name_below, path_below, read_place
from .publish import new_tables, passing_file
from .read import FileRow, Lines, TableError, TableHead, damaged, open_table, read_cells, read_file_row
from .results import Results, find_folders
from .write import may_stay, write_row

_FILE_NEEDS = ("file_id", "filename", "is_good")
_ROW_NEEDS = ("file_id",)


@dataclass(frozen=True)
class Gap:
    """The columns that a day lacks and other days have; the day's cells in them are empty."""

    day: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Joined:
    """What a join wrote."""

    days: int
    files: int  # rows of the joined table of file names
    rows: int  # rows of the joined table of features
    missing: int  # videos without features, where that is to be mended
    reasons: Mapping[str, Sequence[str]]  # why videos have no features -> their names
    remarks: Mapping[str, int]  # why there was nothing to make features of -> how many such videos
    unexplained: int  # how many videos without features are finished
    gaps: tuple[Gap, ...]  # for each day that lacks columns
    mixed: tuple[str, ...] = ()  # parameters and versions that the results were made with, where ``made`` was given


@dataclass(frozen=True)
class _File:
    """A file of a day: its file_id in the joined tables, its result's path in the project, and its is_good."""

    number: int  # its file_id in the joined tables
    result: str
    is_good: bool
    rows: int | None  # how many rows of features it has; None where the day's table does not say


@dataclass
class _Run:
    """The state of a join on its way through the days: the heads, but neither rows nor the paths of all files."""

    tables: Sequence[DayTable]
    root: Path
    paths_for: str
    files: TableHead
    features: TableHead
    results: Results  # of the tables that were joined so far
    gaps: list[Gap] = field(default_factory=list)
    rows: int = 0
    # result -> the parameters and version that it was made with; empty unless results are mixed
    made: Mapping[str, str] = field(default_factory=dict)
    mixed: set[str] = field(default_factory=set)
    changed: Collection[str] = ()  # the results that changed since they were made


def join(
    tables: Iterable[DayTable],
    into: Path,
    expected: Iterable[ExpectedVideo],
    root: Path,
    paths_for: str = "",
    made: Mapping[str, str] | None = None,
    changed: Collection[str] = (),
    more: More = NO_MORE,
    day: DayFolders = FIRST_FOLDER,
) -> Joined:
    """Write the three joined tables into ``into``, all or none, and return what they hold.

    The columns are the union of the days' columns, in the order first seen; cells are copied as text. ``filename``
    becomes relative to ``root``, or a path below ``paths_for``. A single row of features is in memory at a time.
    ``expected`` are all videos: those without features go into the third table, with the reason. ``made`` maps
    results to the parameters and version that made them, ``changed`` holds the results that changed since they were
    made; the table of files has a column for each of both that is not empty. ``more`` are tables that are written with
    the three; ``day`` says which folders make a day. Raises TableError for a damaged table, NoSpace on a full disk.
    """
    days = list(tables)
    if not days:
        raise RemoteTrackerError(f"{root / 'Results'}: no day has a table yet; {SUMMARIZE}.")
    files, features = _heads_of(days, root, [n for n, told in ((MADE_WITH, made), (CHANGED_SINCE, changed)) if told])
    with (
        new_tables(into, (*TABLES, *more.names)) as (files_out, features_out, missing_out, *more_out),
        passing_file(files_out, "results") as file,
    ):
        results = Results(file, [table.day for table in days], day.depth)
        run = _Run(days, root, paths_for, files, features, results, made=made or {}, changed=changed)
        write_head(files_out, files, path_below(name_below(into / FEATURES, root), paths_for))
        write_head(features_out, features, path_below(name_below(into / FILENAMES, root), paths_for))
        for index in range(len(days)):
            _join_day(run, index, files_out, features_out)
        known = frozenset(table.day for table in days)
        reasons = write_missing(missing_out, expected, results, known, day)
        if more_out:
            more.write(_found_by(run, reasons.missing, files_out, features_out), more_out)
    found = len(days), len(results), run.rows, sum(map(len, reasons.missing.values())), *reasons, tuple(run.gaps)
    return Joined(*found, mixed=tuple(sorted(run.mixed)))


def _heads_of(days: Sequence[DayTable], root: Path, added: Sequence[str]) -> tuple[TableHead, TableHead]:
    """Return the heads of the joined tables of file names, which has the columns ``added``, and of features."""
    files = join_heads([(day.filenames, name_below(day.filenames, root)) for day in days], _FILE_NEEDS)
    features = join_heads([(day.features, name_below(day.features, root)) for day in days], _ROW_NEEDS)
    columns = (*files.columns, *(name for name in added if name not in files.columns))
    return TableHead(files.comments, columns), features


def _found_by(run: _Run, missing: Mapping[str, Sequence[str]], files: TextIO, features: TextIO) -> Found:
    files.flush()
    features.flush()
    reasons = {video: reason for reason, videos in missing.items() for video in videos}
    return Found([table.day for table in run.tables], run.results, reasons, Path(files.name), Path(features.name))


def _join_day(run: _Run, index: int, files_out: TextIO, features_out: TextIO) -> None:
    table = run.tables[index]
    files = _join_files(run, index, files_out)
    with open_table(table.features, name_below(table.features, run.root), _ROW_NEEDS) as (head, lines):
        _note_gap(run, table.day, head)
        found = _copy_rows(run, table, head, lines, files, features_out)
    _refuse_lost_rows(run, table, files, found)
    for file_id, file in files.items():
        if file_id not in found:
            run.results.note(file.number, NO_FEATURES if file.is_good else NOT_GOOD)


def _refuse_lost_rows(run: _Run, table: DayTable, files: Mapping[str, _File], found: Mapping[str, int]) -> None:
    """Raise TableError where a file has not as many rows of features as the day's table of file names says."""
    for file_id, file in files.items():
        rows = found.get(file_id, 0)
        if file.rows is not None and rows != file.rows:
            recorded = f"{file.rows} {'was' if file.rows == 1 else 'were'} recorded"
            what = f"{file.result} (file_id {file_id}) has {number_of(rows, 'rows')}, {recorded}"
            raise damaged(name_below(table.features, run.root), what)


def _note_gap(run: _Run, day: str, head: TableHead) -> None:
    lacking = tuple(column for column in run.features.columns if column not in set(head.columns))
    if lacking:
        run.gaps.append(Gap(day, lacking))


def _join_files(run: _Run, index: int, out: TextIO) -> dict[str, _File]:
    """Write a day's files under their new file_ids; return file_id in the day -> file."""
    path = run.tables[index].filenames
    name = name_below(path, run.root)
    files: dict[str, _File] = {}
    run.results.begin_table()
    with open_table(path, name, _FILE_NEEDS) as (head, lines):
        place = read_place(run.tables[index], head.comments, run.root)
        aligned = align(head.columns, run.files.columns, name)
        for number, line in lines:
            row = read_file_row(line, head.columns, name, number)
            if row.file_id in files:
                raise damaged(name, f"line {number}: the file_id {row.file_id} stands there twice")
            file = files[row.file_id] = _claim(run, index, place, row, count_rows(row, head.columns, name, number))
            renamed = {"file_id": str(file.number), "filename": path_below(file.result, run.paths_for)}
            cells = [renamed.get(column, cell) for column, cell in zip(head.columns, row.cells, strict=True)]
            write_row(out, _with_origin(run, file, aligned(cells)))
    return files


def _with_origin(run: _Run, file: _File, cells: Sequence[str]) -> Sequence[str]:
    """Return a file's cells: also what its result was made with, and whether it changed, where results differ so."""
    if not (run.made or run.changed):
        return cells
    told, paths = dict(zip(run.files.columns, cells, strict=True)), (file.result, *find_folders(file.result))
    if run.made:
        told[MADE_WITH] = next((run.made[path] for path in paths if path in run.made), "")
        run.mixed.add(told[MADE_WITH])
    if run.changed:
        told[CHANGED_SINCE] = "yes" if any(path in run.changed for path in paths) else ""
    return list(told.values())


def _claim(run: _Run, index: int, place: Place, row: FileRow, rows: int | None) -> _File:
    """Return the row as a file of the joined table. Raises TableError where a table already holds its result."""
    file = _File(len(run.results), place.project_path(row.filename), row.is_good, rows)
    first = run.results.add(file.result)
    if first is not None:
        a, b = (name_below(run.tables[i].filenames, run.root) for i in (first, index))
        where = f"twice in {a}" if a == b else f"in two tables, {a} and {b}"
        raise TableError(f"{file.result} stands {where}: it can count once only. Remove the one that is wrong.")
    return file


def _copy_rows(
    run: _Run, table: DayTable, head: TableHead, lines: Lines, files: Mapping[str, _File], out: TextIO
) -> Counter[str]:
    """Write a day's features under the new file_ids; return file_id in the day -> number of rows."""
    name = name_below(table.features, run.root)
    aligned = align(head.columns, run.features.columns, name)
    key, width = head.columns.index("file_id"), len(head.columns)
    found: Counter[str] = Counter()
    for number, line in lines:
        cells = read_cells(line, name, number)
        if len(cells) != width:
            raise damaged(name, f"line {number} has {number_of(len(cells), 'cells')}, the header names {width}")
        file = files.get(cells[key])
        if file is None:
            raise _stranger(run, table, number, cells[key])
        found[cells[key]] += 1
        cells[key] = str(file.number)
        if may_stay(line):  # nearly all: thousands of numbers
            out.write(",".join(aligned(cells)) + "\n")
        else:
            write_row(out, aligned(cells))
        run.rows += 1
    return found


def _stranger(run: _Run, table: DayTable, number: int, file_id: str) -> TableError:
    files, features = (name_below(path, run.root) for path in (table.filenames, table.features))
    return TableError(
        f"{features}, line {number}: the file_id {file_id} is not in {files}; remove both and {SUMMARIZE}."
    )
