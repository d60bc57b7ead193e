"""Tables as Parquet, opened by the real pandas, polars and DuckDB; a kill or a full disk leaves the old files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from lab import REPOSITORY, Lab, Ran, wait_for

VIDEOS = """\
# FILENAMES SUMMARY FILE,Results/joined/filenames_summary.csv
file_id,day,video,genotype,fps,frames,proven_at,dosed
0,20260101,20260101/a.avi,0012,29.97,100,2026-01-01T10:00:00+01:00,True
1,20260102,20260102/a.avi,0013,,,,False
"""
FILE = "videos.parquet"
LOOKS = {
    "pandas": """
import pandas
table = pandas.read_parquet(sys.argv[1])
kinds = [str(table[c].dtype) for c in ("file_id", "fps", "proven_at", "dosed")]
rows = [[int(r.file_id), r.day, r.genotype, None if pandas.isna(r.fps) else r.fps,
         None if pandas.isna(r.proven_at) else r.proven_at.isoformat()] for r in table.itertuples()]
""",
    "polars": """
import polars
table = polars.read_parquet(sys.argv[1])
kinds = [str(table[c].dtype) for c in ("file_id", "fps", "proven_at", "dosed")]
rows = [[r["file_id"], r["day"], r["genotype"], r["fps"], r["proven_at"] and r["proven_at"].isoformat()]
        for r in table.iter_rows(named=True)]
""",
    "duckdb": """
import duckdb
duckdb.sql("set timezone = 'UTC'")
table = duckdb.sql(f"select file_id, fps, proven_at, dosed from '{sys.argv[1]}'")
kinds = [str(kind) for kind in table.types]
query = f"select file_id, day, genotype, fps, cast(proven_at as varchar) from '{sys.argv[1]}' order by file_id"
rows = [list(row) for row in duckdb.sql(query).fetchall()]
""",
}
KINDS = {
    "pandas": ["int64", "float64", "datetime64[us, UTC]", "bool"],
    "polars": ["Int64", "Float64", "Datetime(time_unit='us', time_zone='UTC')", "Boolean"],
    "duckdb": ["BIGINT", "DOUBLE", "TIMESTAMP WITH TIME ZONE", "BOOLEAN"],
}


def join(lab: Lab, **tables: str) -> None:
    """Put joined tables there, as ./rt join leaves them."""
    lab.result("joined").mkdir(parents=True, exist_ok=True)
    for name, text in tables.items():
        lab.result(f"joined/{name}.csv").write_text(text)


def export(lab: Lab, parquet: Path, *words: str, **more: Any) -> Ran:
    """Run the export in the Python of pyarrow."""
    return lab.rt("export", "parquet", *words, REMOTE_TRACKER_PYTHON=str(parquet / "python"), **more)


def test_every_behaviour_with_this_pyarrow(parquet: Path) -> None:
    """The tests of tests/exports hold with the installed pyarrow."""
    argv = [parquet / "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/exports/test_parquet.py"]
    done = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("program", LOOKS)
def test_programs_load_what_the_table_holds(lab: Lab, parquet: Path, program: str) -> None:
    """A day and a genotype 0012 are text, a number is a number, an empty cell is none, a time has its zone."""
    join(lab, videos=VIDEOS)
    ran = export(lab, parquet)
    assert ran.code == 0, ran
    text = f"import json, sys\n{LOOKS[program]}\nprint(json.dumps([kinds, rows], default=str))"
    path = lab.result(f"joined/parquet/{FILE}")
    done = subprocess.run([parquet / "python", "-c", text, path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    kinds, rows = json.loads(done.stdout)
    assert kinds == KINDS[program]
    time = "2026-01-01 09:00:00+00" if program == "duckdb" else "2026-01-01T09:00:00+00:00"
    assert rows == [[0, "20260101", "0012", 29.97, time], [1, "20260102", "0013", None, None]]


def test_the_screen_says_what_was_written(lab: Lab, parquet: Path) -> None:
    """Each file is named with its rows and columns, then the line that loads the first."""
    join(lab, videos=VIDEOS, features_summary="file_id,speed\n0,1.5\n")
    said = export(lab, parquet).out.splitlines()[1:]
    assert said == [
        "2 tables are written in Results/joined/parquet",
        "  videos.parquet            2 rows, 8 columns",
        "  features_summary.parquet  1 row, 2 columns",
        "In Python:  pandas.read_parquet('Results/joined/parquet/videos.parquet')",
    ]


def test_a_kill_leaves_the_old_or_the_new(lab: Lab, parquet: Path) -> None:
    """An export that is killed while it writes leaves the files of the export before, whole, and the next one works."""
    join(lab, features_summary="file_id,speed\n" + "".join(f"{i},{i}.5\n" for i in range(200_000)))
    assert export(lab, parquet).code == 0
    folder = lab.result("joined/parquet")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    join(lab, features_summary="file_id,speed\n" + "".join(f"{i},{i}.25\n" for i in range(3_000_000)))
    process = subprocess.Popen(
        [str(lab.root / "rt"), "export", "parquet"],
        env=lab.environment(REMOTE_TRACKER_PYTHON=str(parquet / "python")),
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    begun = wait_for(lambda: [p for p in folder.glob(".new-*/*.parquet") if p.stat().st_size], "a file is begun")
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, f"it was through before it was killed: {begun}"
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert export(lab, parquet).code == 0
    assert (folder / "features_summary.parquet").read_bytes() != before["features_summary.parquet"]


def test_a_full_disk_leaves_the_old_files(lab: Lab, parquet: Path, other_disk: Path) -> None:
    """Where the disk is full the line says so, and the files of the export before stay."""
    join(lab, features_summary="file_id,speed\n0,1.5\n")
    assert export(lab, parquet, "--into", str(other_disk / "out")).code == 0
    before = (other_disk / "out/features_summary.parquet").read_bytes()
    join(lab, features_summary="file_id,speed\n" + "".join(f"{i},{i * 0.7}\n" for i in range(200_000)))
    ran = export(lab, parquet, "--into", str(other_disk / "out"))
    assert ran.code == 1
    assert "the disk or your quota is full" in ran.err
    assert os.listdir(other_disk / "out") == ["features_summary.parquet"]
    assert (other_disk / "out/features_summary.parquet").read_bytes() == before


def test_without_pyarrow_the_line_to_type_is_said(lab: Lab) -> None:
    """In a Python without pyarrow the export says in one line how it is installed."""
    join(lab, videos=VIDEOS)
    ran = lab.rt("export", "parquet")
    if ran.code == 0:
        pytest.skip("this Python has pyarrow")
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "export parquet needs pyarrow" in ran.err
    assert "parquet.requirements.txt" in ran.err
