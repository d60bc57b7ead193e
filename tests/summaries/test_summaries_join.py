"""The joined table: columns by name, ids from 0, cells as text, whatever the days' tables look like."""

from __future__ import annotations

from pathlib import Path

import pytest
from project_of_days import (
    joined,
    make_day,
    make_files,
    run_join,
    two_days,
)
from remote_tracker.summaries.join import Gap
from remote_tracker.summaries.missing import ExpectedVideo

HOSTILE = [
    "a 0",
    'a"=0"',
    "a'; echo foo",
    "$(touch x)",
    "-rf",
    "fly,two",
    'two, "flies", one',
    "plate#3",
    "ünïcode·果蝇",
    "\udce9latin1",
    "x" * 240,
    "back\\slash",
    "C: drive",
    "NA",
]


def test_columns_are_aligned_by_name(tmp_path: Path) -> None:
    """Days whose columns come in another order end up under the right names, ids counted on from 0."""
    two_days(tmp_path)
    done = run_join(tmp_path)
    assert [(r["file_id"], r["speed"], r["length"], r["area"]) for r in joined(tmp_path, "features_summary")] == [
        ("0", "1.50", "9", ""),
        ("1", "2.0", "8", ""),
        ("3", "3e-05", "7", "0.1"),
        ("2", "4", "6", ""),
    ]
    assert (done.days, done.files, done.rows, done.missing) == (2, 4, 4, 0)


def test_a_column_that_a_day_lacks_is_reported(tmp_path: Path) -> None:
    """The days that lack a column are named, with the columns."""
    two_days(tmp_path)
    assert run_join(tmp_path).gaps == (Gap("d1", ("area",)),)


@pytest.mark.parametrize("cell", ["1.50", "1e400", "0.30000000000000004", "nan", "-0", "007", " 1", "é"])
def test_cells_are_copied_as_text(tmp_path: Path, cell: str) -> None:
    """No number is read and printed again: what the summarizer wrote is what stands there."""
    make_day(tmp_path, "d1", make_files("d1", "a"), f"file_id,x,y\n0,{cell},2\n")
    make_day(tmp_path, "d2", make_files("d2", "a"), f"file_id,y,x\n0,2,{cell}\n")
    run_join(tmp_path)
    assert [row["x"] for row in joined(tmp_path, "features_summary")] == [cell, cell]


def test_quoted_cells_of_features_stay_whole(tmp_path: Path) -> None:
    """A well's name with commas and quotes stays one cell, also where columns move."""
    make_day(tmp_path, "d1", make_files("d1", "a"), 'file_id,x,"well, name"\n0,1,"A1, ""left"""\n')
    make_day(tmp_path, "d2", make_files("d2", "a"), 'file_id,"well, name",x\n0,"A1, ""left""",1\n')
    run_join(tmp_path)
    assert [row["well, name"] for row in joined(tmp_path, "features_summary")] == ['A1, "left"'] * 2


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_survive(tmp_path: Path, name: str) -> None:
    """A path with commas, quotes or bytes that are no UTF-8, unquoted in the day's table, is one cell afterwards."""
    make_day(tmp_path, "d1", make_files("d1", "plain", name), "file_id,x\n1,5\n")
    result = f"Results/d1/{name}_featuresN.hdf5"
    done = run_join(tmp_path, ExpectedVideo("RawVideos/d1/v.mp4", result, ""))
    assert [row["filename"] for row in joined(tmp_path, "filenames_summary")][1] == result
    assert done.missing == 0


def test_properly_quoted_paths_are_read_too(tmp_path: Path) -> None:
    """A summarizer that quotes its paths as CSV says is understood as well as one that does not."""
    make_day(tmp_path, "d1", 'file_id,filename,is_good\n0,"Results/d1/a, ""b"".csv",True\n', "file_id,x\n0,1\n")
    run_join(tmp_path)
    assert joined(tmp_path, "filenames_summary")[0]["filename"] == 'Results/d1/a, "b".csv'


def test_a_number_sign_in_a_path_is_no_comment(tmp_path: Path) -> None:
    """Readers of this field cut lines at #, unless it stands in quotes; so it does."""
    make_day(tmp_path, "d1", make_files("d1", "plate#3"), "file_id,x\n0,1\n")
    run_join(tmp_path)
    text = (tmp_path / "Results/joined/filenames_summary.csv").read_text()
    assert '0,"Results/d1/plate#3_featuresN.hdf5",True\n' in text


def test_further_columns_of_filenames_are_kept(tmp_path: Path) -> None:
    """A lab's own columns beside file_id, filename and is_good are aligned like features."""
    files = "file_id,rig,filename,is_good,who\n0,r1,Results/d1/a,b.csv,True,me\n"
    make_day(tmp_path, "d1", files, "file_id,x\n0,1\n")
    make_day(tmp_path, "d2", make_files("d2", "a"), "file_id,x\n0,1\n")
    run_join(tmp_path)
    rows = joined(tmp_path, "filenames_summary")
    assert rows[0] == {"file_id": "0", "rig": "r1", "filename": "Results/d1/a,b.csv", "is_good": "True", "who": "me"}
    assert (rows[1]["rig"], rows[1]["who"]) == ("", "")


def test_days_without_rows_are_fine(tmp_path: Path) -> None:
    """A day with headers only counts as a day and adds nothing."""
    make_day(tmp_path, "d0", "file_id,filename,is_good\n", "file_id,x\n")
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n0,1\n")
    done = run_join(tmp_path)
    assert (done.days, done.files, done.rows) == (2, 1, 1)


def test_several_rows_a_file_are_kept(tmp_path: Path) -> None:
    """One row an animal: all rows of a file get its new file_id, in the day's order."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,animal,x\n0,1,5\n")
    make_day(tmp_path, "d2", make_files("d2", "a"), "file_id,animal,x\n0,2,6\n0,1,7\n")
    run_join(tmp_path)
    assert [tuple(row.values()) for row in joined(tmp_path, "features_summary")] == [
        ("0", "1", "5"),
        ("1", "2", "6"),
        ("1", "1", "7"),
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    """A table that went through a spreadsheet program joins like any other."""
    files = "\ufeff" + make_files("d1", "a").replace("\n", "\r\n")
    make_day(tmp_path, "d1", files, "\ufefffile_id,x\r\n0,1\r\n\r\n")
    run_join(tmp_path)
    assert joined(tmp_path, "features_summary") == [{"file_id": "0", "x": "1"}]


def test_comments_point_to_the_joined_tables(tmp_path: Path) -> None:
    """The # lines of the days stand above once, and each table names the other where it will be read."""
    for day in ("d1", "d2"):
        files = f"# FEATURE SUMMARIES FILE,/old/{day}/f.csv\n# TIERPSY_VERSION,1.5.2\n" + make_files(day, "a")
        make_day(tmp_path, day, files, f"# FILENAMES SUMMARY FILE,/old/{day}/n.csv\nfile_id,x\n0,1\n")
    run_join(tmp_path, paths_for="/Volumes/lab/p")
    into = tmp_path / "Results/joined"
    head = (into / "filenames_summary.csv").read_text().splitlines()[:3]
    assert head[:2] == [
        "# FEATURE SUMMARIES FILE,/Volumes/lab/p/Results/joined/features_summary.csv",
        "# TIERPSY_VERSION,1.5.2",
    ]
    assert head[2] == "file_id,filename,is_good"
    first = (into / "features_summary.csv").read_text().splitlines()[0]
    assert first == "# FILENAMES SUMMARY FILE,/Volumes/lab/p/Results/joined/filenames_summary.csv"


def test_days_of_before_join_with_days_that_count_their_rows(tmp_path: Path) -> None:
    """A day whose table says how many rows each video has joins with one whose table does not."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n0,1\n")
    counted = "file_id,filename,is_good,feature_rows\n0,Results/d2/a,True,2\n1,Results/d2/b,False,0\n"
    make_day(tmp_path, "d2", counted, "file_id,x\n0,1\n0,2\n")
    done = run_join(tmp_path)
    assert (done.files, done.rows) == (3, 3)
    assert [row["feature_rows"] for row in joined(tmp_path, "filenames_summary")] == ["", "2", "0"]
