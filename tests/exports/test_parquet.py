"""Joined tables as Parquet: each column of the type that all its cells have, and no cell changed."""

from __future__ import annotations

import json
import os
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow", reason="pyarrow is not installed")

from pyarrow import parquet as arrow_parquet
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.exports import read_joined
from remote_tracker.exports.parquet import export_parquet, load_definitions, write_parquet
from remote_tracker.exports.read_joined import open_joined
from remote_tracker.model import Project

SMALL = 200  # bytes of a block: a table of a few lines has several


def write(tmp_path: Path, text: str | bytes, definitions: Any = None) -> Any:
    """Return a table, read back from Parquet, that was written as a joined table."""
    path, out = tmp_path / "videos.csv", tmp_path / "videos.parquet"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with open(out, "w+b") as stream:
        write_parquet(open_joined(path, path.name), stream, {"table": "videos"}, definitions or {})
    return arrow_parquet.read_table(out)


def column(tmp_path: Path, *cells: str) -> tuple[str, list[Any]]:
    """Return the type and the values that the cells of a column become."""
    table = write(tmp_path, "file_id,x\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells)))
    return str(table.schema.field("x").type), table.column("x").to_pylist()


@pytest.mark.parametrize(
    ("cells", "kind", "values"),
    [
        (["1", "-2", ""], "int64", [1, -2, None]),
        (["9223372036854775807", "1"], "int64", [9223372036854775807, 1]),
        (["1", "2.5", ""], "double", [1.0, 2.5, None]),
        (["1e-3", "nan", "-inf"], "double", None),
        (["1e300", "1e+20"], "double", [1e300, 1e20]),
        (["0012", "0013"], "string", ["0012", "0013"]),
        (["12", "0013"], "string", ["12", "0013"]),
        (["1.5", "007"], "string", ["1.5", "007"]),
        (["1.5", "-007"], "string", ["1.5", "-007"]),
        (["12345678901234567890", "1"], "string", ["12345678901234567890", "1"]),
        (["9007199254740993", "1.5"], "string", ["9007199254740993", "1.5"]),
        (["True", "false", ""], "bool", [True, False, None]),
        (["True", "1"], "string", ["True", "1"]),
        (["2026-01-31", ""], "date32[day]", [date(2026, 1, 31), None]),
        (["2026-02-31", "2026-01-01"], "string", ["2026-02-31", "2026-01-01"]),
        (["2026-01-31T10:00:00", "2026-01-31 10:00"], "timestamp[us]", [datetime(2026, 1, 31, 10)] * 2),
        (
            ["2026-01-31T10:00:00+0100", "2026-01-31T09:00:00Z"],
            "timestamp[us, tz=UTC]",
            [datetime(2026, 1, 31, 9, tzinfo=timezone.utc)] * 2,
        ),
        (["2026-01-31T10:00:00", "2026-01-31T09:00:00Z"], "string", None),
        (["1", "a"], "string", ["1", "a"]),
        (["NA", "1"], "string", ["NA", "1"]),
        (["'=1+1", "+5"], "string", ["'=1+1", "+5"]),
        (["", ""], "double", [None, None]),
        (['"a,b"', '"say ""x"""', '"two\nlines"', "#1"], "string", ["a,b", 'say "x"', "two\nlines", "#1"]),
    ],
)
def test_a_column_has_the_type_that_all_its_cells_have(
    tmp_path: Path, cells: list[str], kind: str, values: list[Any] | None
) -> None:
    """A column is a number, truth, date or time where each cell is, else text, and no cell loses a digit."""
    found = column(tmp_path, *cells)
    assert found[0] == kind
    assert values is None or found[1] == values


@pytest.mark.parametrize(
    ("early", "late", "kind"),
    [
        ("1", "2.5", "double"),
        ("1", "x", "string"),
        ("1.5", "x", "string"),
        ("1.5", "0012", "string"),
        ("1.5", "9007199254740993", "string"),
        ("", "7", "int64"),
        ("", "x", "string"),
        ("2026-01-31", "2026-02-31", "string"),
        ("True", "no", "string"),
    ],
)
def test_a_late_cell_decides_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, early: str, late: str, kind: str
) -> None:
    """A cell behind the first block, even the last of the table, decides on the type of its column."""
    monkeypatch.setattr(read_joined, "BLOCK", SMALL)
    cells = [early] * 300 + [late]
    found, values = column(tmp_path, *cells)
    assert (found, len(values)) == (kind, 301)
    if kind == "string":
        assert values == [cell or None for cell in cells]


@pytest.mark.parametrize("cut", range(4))
def test_a_cell_across_two_blocks_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int) -> None:
    """A number with leading zeros is text also where a block of the file ends within it."""
    before = "".join(f"{i},1.25\n" for i in range(200))
    monkeypatch.setattr(read_joined, "BLOCK", len(before) + len("200") + cut)
    table = write(tmp_path, f"file_id,x\n{before}200,0012\n201,1.25\n")
    assert table.column("x").to_pylist()[199:] == ["1.25", "0012", "1.25"]


@pytest.mark.parametrize("name", ["day", "sub", "ses", "version", "batch", "parameters", "sha256_video"])
def test_columns_that_are_names_stay_text(tmp_path: Path, name: str) -> None:
    """A day called 20260101, a version 1.10 and a digest 12e45678 are text, a file_id is an integer."""
    table = write(tmp_path, f"file_id,{name}\n0,20260101\n1,1.10\n2,12e45678\n")
    assert table.column(name).to_pylist() == ["20260101", "1.10", "12e45678"]
    assert table.column("file_id").to_pylist() == [0, 1, 2]


def test_comments_and_definitions_come_along(tmp_path: Path) -> None:
    """Lines of # are no rows and are kept beside the table; a column carries its unit and meaning."""
    (tmp_path / "columns.csv").write_text('table,column,unit,meaning\nvideos,x,mm,"how far, at most"\nother,x,s,no\n')
    definitions = load_definitions(tmp_path / "columns.csv")
    table = write(tmp_path, "# TYPE,a\n# MORE,b\nfile_id,x\n0,1.5\n", definitions)
    assert table.num_rows == 1
    assert table.schema.metadata[b"comments"] == b"# TYPE,a\n# MORE,b"
    assert table.schema.field("x").metadata == {b"unit": b"mm", b"meaning": b"how far, at most"}


def test_bytes_that_are_no_text_are_written_out(tmp_path: Path) -> None:
    """A name in Latin-1 is kept readable, and all other names as they are."""
    table = write(tmp_path, "file_id,video\n0,d/\xe9.avi\n".encode("latin-1") + "1,d/果蝇 é.avi\n".encode())
    assert table.column("video").to_pylist() == ["d/\\xe9.avi", "d/果蝇 é.avi"]


def test_a_table_without_rows_is_a_table(tmp_path: Path) -> None:
    """A header alone gives a table of no rows."""
    table = write(tmp_path, "file_id,x\n")
    assert (table.num_rows, table.column_names) == (0, ["file_id", "x"])


def test_rows_come_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table is written in groups of so many rows, and never held whole."""
    monkeypatch.setattr(read_joined, "GROUP", 200)
    write(tmp_path, "file_id,x\n" + "".join(f"{i},{i}.5\n" for i in range(250)))
    told = arrow_parquet.ParquetFile(tmp_path / "videos.parquet").metadata
    assert [told.row_group(i).num_rows for i in range(told.num_row_groups)] == [100, 100, 50]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "has no header line"),
        (b"file_id,x\n0,1\n1,2", "its last line is cut off"),
        (b"file_id,x\n0,1\n1\n", "cannot be read as a table"),
        (b"file_id,x,x\n0,1,2\n", "names the column x twice"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path: Path, text: bytes, said: str) -> None:
    """A table that is empty, cut off or ragged is named in one line, with what to type."""
    with pytest.raises(RemoteTrackerError) as told:
        write(tmp_path, text)
    assert said in str(told.value)
    assert str(told.value).startswith("videos.csv: ")
    assert str(told.value).endswith("Join again:  ./rt join")
    assert "\n" not in str(told.value)


def project(tmp_path: Path, **tables: str) -> Project:
    """Return a project with joined tables."""
    joined = tmp_path / "Results" / "joined"
    joined.mkdir(parents=True)
    for name, text in tables.items():
        (joined / f"{name}.csv").write_text(text)
    return Project(tmp_path, "tiny", None, None)  # type: ignore[arg-type]


def test_each_table_becomes_a_file(tmp_path: Path) -> None:
    """Every joined table that is there becomes a file of its name, beside files that are somebody else's."""
    made = project(tmp_path, features_summary="file_id,x\n0,1.5\n", videos="file_id,day\n0,20260101\n")
    into = tmp_path / "out"
    into.mkdir()
    (into / "mine.parquet").write_text("mine")
    written = export_parquet(made, into)
    assert [(w.file, w.rows, w.columns) for w in written] == [
        ("videos.parquet", 1, 2),
        ("features_summary.parquet", 1, 2),
    ]
    assert sorted(os.listdir(into)) == ["features_summary.parquet", "mine.parquet", "videos.parquet"]


def test_a_column_that_is_defined_as_a_number_is_no_integer(tmp_path: Path) -> None:
    """A speed that is even in every row is a number in this table as in others; a count stays an integer."""
    made = project(tmp_path, animals="day,speed,frames,code\nd1,3,100,12\n")
    fields = [{"name": "speed", "type": "number"}, {"name": "frames", "type": "integer"}]
    package = {"resources": [{"name": "animals", "schema": {"fields": fields}}]}
    (tmp_path / "Results/joined/datapackage.json").write_text(json.dumps(package))
    export_parquet(made, tmp_path / "out")
    told = arrow_parquet.read_schema(tmp_path / "out/animals.parquet")
    assert [str(told.field(name).type) for name in ("speed", "frames", "code")] == ["double", "int64", "int64"]


@pytest.mark.parametrize("text", ["", "[]", '{"resources": [{"name": "animals"}]}', "[" * 100_000])
def test_a_package_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """A datapackage.json that somebody cut is named in one line."""
    made = project(tmp_path, animals="day,speed\nd1,3\n")
    (tmp_path / "Results/joined/datapackage.json").write_text(text)
    with pytest.raises(RemoteTrackerError, match=r"^Results/joined/datapackage.json: .*\./rt join$"):
        export_parquet(made, tmp_path / "out")


def test_without_a_joined_table_it_is_said_what_to_type(tmp_path: Path) -> None:
    """A project that was never joined is told so."""
    with pytest.raises(RemoteTrackerError, match=r"Results/joined holds no table yet\..*  \./rt join"):
        export_parquet(project(tmp_path), tmp_path / "out")


def test_an_export_that_fails_leaves_the_old_files(tmp_path: Path) -> None:
    """A second table that is damaged leaves all files of the export before."""
    made = project(tmp_path, features_summary="file_id,x\n0,1.5\n", videos="file_id,day\n0,20260101\n")
    export_parquet(made, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    (tmp_path / "Results" / "joined" / "videos.csv").write_text("file_id,day\n0,20260102\n")
    (tmp_path / "Results" / "joined" / "features_summary.csv").write_text("file_id,x\n0\n")
    with pytest.raises(RemoteTrackerError):
        export_parquet(made, tmp_path / "out")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before
