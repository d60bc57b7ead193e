"""Tables that cannot be joined: one line that names the table, and nothing changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from project_of_days import (
    FEATURES,
    FILES,
    TABLES,
    make_day,
    make_files,
    run_join,
    two_days,
)
from remote_tracker.errors import RemoteTrackerError


def refusal(root: Path) -> str:
    """Join, and return the one line of the refusal, after looking that the old tables stand as they were."""
    into = root / "Results" / "joined"
    into.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        (into / name).write_text("old\n")
    with pytest.raises(RemoteTrackerError) as caught:
        run_join(root)
    assert {path.name: path.read_text() for path in into.iterdir()} == dict.fromkeys(TABLES, "old\n")
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("files", "features", "words"),
    [
        (FILES[:-1], FEATURES, ["Results/d2/filenames_summary.csv", "line 3 is cut off", "summarize"]),
        (FILES, FEATURES[:-1], ["Results/d2/features_summary.csv", "line 3 is cut off"]),
        (FILES, FEATURES[:-3] + "\n", ["features_summary.csv", "line 3 has 2 cells", "names 3"]),
        (FILES, FEATURES + "0,1,2,3\n", ["line 4 has 4 cells", "names 3"]),
        (FILES, "", ["features_summary.csv", "no header line"]),
        ("# only a comment\n", FEATURES, ["filenames_summary.csv", "no header line"]),
        (FILES, FEATURES.replace("3,4", "\0\0\0"), ["line 3 holds zero bytes"]),
        (FILES, "id,x\n0,1\n", ["no column file_id"]),
        (FILES.replace(",", ";"), FEATURES, ["filenames_summary.csv", "no column file_id"]),
        ("file_id,filename\n0,a\n", FEATURES, ["no column is_good"]),
        (FILES, FEATURES.replace("x,y", "x,x"), ["the column x twice"]),
        (FILES.replace("1,Results", "0,Results"), FEATURES, ["line 3", "file_id 0 stands there twice"]),
        (FILES, FEATURES.replace("1,3", "7,3"), ["line 3", "file_id 7 is not in Results/d2/filenames_summary.csv"]),
        (FILES.replace("b,True", "b,Tr"), FEATURES, ['is_good is "Tr"']),
        (FILES.replace("1,Results/d2/b,True", "1"), FEATURES, ["line 3 has 1 cell"]),
        (FILES.replace("/d2/b", "/d2/a"), FEATURES, ["Results/d2/a stands twice in Results/d2/filenames_summary.csv"]),
        (FILES, FEATURES.replace("3,4", '"3,4'), ["line 3", "quote"]),
    ],
)
def test_a_damaged_table_is_refused_by_name(tmp_path: Path, files: str, features: str, words: Sequence[str]) -> None:
    """Nothing is joined from a table that is cut off, empty, torn or contradicts itself; the line says which."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x,y\n0,1,2\n")
    make_day(tmp_path, "d2", files, features)
    message = refusal(tmp_path)
    assert all(word in message for word in words), message


COUNTED = "file_id,filename,is_good,feature_rows\n0,Results/d2/a,True,1\n1,Results/d2/b,True,1\n"


@pytest.mark.parametrize(
    ("files", "features", "words"),
    [
        (COUNTED, "file_id,x,y\n0,1,2\n", "Results/d2/b (file_id 1) has 0 rows, 1 was recorded"),
        (COUNTED, "file_id,x,y\n", "Results/d2/a (file_id 0) has 0 rows, 1 was recorded"),
        (COUNTED, FEATURES + "1,5,6\n", "Results/d2/b (file_id 1) has 2 rows, 1 was recorded"),
        (COUNTED.replace("b,True,1", "b,False,0"), FEATURES, "Results/d2/b (file_id 1) has 1 row, 0 were recorded"),
        (COUNTED.replace("b,True,1", "b,True,x"), FEATURES, 'line 3: feature_rows is "x", no number'),
        (COUNTED.replace("b,True,1", "b,True,"), FEATURES, 'line 3: feature_rows is "", no number'),
    ],
)
def test_a_table_that_lost_rows_is_refused_by_name(tmp_path: Path, files: str, features: str, words: str) -> None:
    """The joined table cannot shrink in silence: the day's own table says how many rows each video has."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x,y\n0,1,2\n")
    make_day(tmp_path, "d2", files, features)
    message = refusal(tmp_path)
    assert words in message
    assert message.startswith("Results/d2/")
    assert "summarize the day again" in message


def test_a_result_in_two_tables_is_refused_naming_both(tmp_path: Path) -> None:
    """The same result in the tables of two days would count twice."""
    for day in ("d1", "d2"):
        make_day(tmp_path, day, make_files("d1", "a"), "file_id,x\n0,1\n")
    assert "in two tables, Results/d1/filenames_summary.csv and Results/d2/filenames_summary.csv" in refusal(tmp_path)


def test_days_of_two_types_are_refused(tmp_path: Path) -> None:
    """Rows a plate and rows a trajectory do not belong into one table."""
    for day, kind in (("d1", "tierpsy_plate"), ("d2", "tierpsy_trajectory")):
        make_day(tmp_path, day, f"# SUMMARY_TYPE,{kind}\n" + make_files(day, "a"), "file_id,x\n0,1\n")
    message = refusal(tmp_path)
    assert "d1/filenames_summary.csv is of the type tierpsy_plate" in message
    assert "d2/filenames_summary.csv of tierpsy_trajectory" in message


def test_no_day_table_at_all_is_said(tmp_path: Path) -> None:
    """Without any table the line says what to run."""
    (tmp_path / "Results").mkdir()
    assert "no day has a table yet" in refusal(tmp_path)


def test_a_folder_in_the_way_is_refused(tmp_path: Path) -> None:
    """A folder named as one of the tables stops the join before any of the three is replaced."""
    two_days(tmp_path)
    into = tmp_path / "Results/joined"
    (into / "missing.csv").mkdir(parents=True)
    with pytest.raises(RemoteTrackerError, match="a folder stands where the table belongs"):
        run_join(tmp_path)
    assert [path.name for path in into.iterdir()] == ["missing.csv"]
