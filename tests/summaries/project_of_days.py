"""Small projects with day tables, for the tests of the join."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import remote_tracker
from remote_tracker.summaries.find import DayTable, find_day_tables
from remote_tracker.summaries.join import Joined, join
from remote_tracker.summaries.missing import ExpectedVideo

FILES = "file_id,filename,is_good\n0,Results/d2/a,True\n1,Results/d2/b,True\n"
FEATURES = "file_id,x,y\n0,1,2\n1,3,4\n"


TABLES = ("filenames_summary.csv", "features_summary.csv", "missing.csv")


def make_day(root: Path, day: str, files: str, features: str, stamp: str = "") -> DayTable:
    """Write both tables of a day as text."""
    folder = root / "Results" / day
    folder.mkdir(parents=True, exist_ok=True)
    table = DayTable(day, folder / f"filenames_summary{stamp}.csv", folder / f"features_summary{stamp}.csv")
    for path, text in ((table.filenames, files), (table.features, features)):
        path.write_text(text, encoding="utf-8", errors="surrogateescape")
    return table


def make_files(day: str, *names: str) -> str:
    """Return the text of a filenames table, unquoted, as Tierpsy writes it."""
    rows = (f"{i},/home/lab/p/Results/{day}/{name}_featuresN.hdf5,True\n" for i, name in enumerate(names))
    return "file_id,filename,is_good\n" + "".join(rows)


def load_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table by column, as any CSV reader of this field does, skipping comments."""
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def run_join(root: Path, *expected: ExpectedVideo, paths_for: str = "") -> Joined:
    """Join all day tables of the project into its usual place."""
    return join(find_day_tables(root / "Results"), root / "Results" / "joined", expected, root, paths_for)


def joined(root: Path, name: str) -> list[dict[str, str]]:
    """Return the rows of one of the joined tables."""
    return load_rows(root / "Results" / "joined" / f"{name}.csv")


def two_days(root: Path) -> None:
    """Make two days with two files each, of which d2 has other columns in another order."""
    make_day(root, "d1", make_files("d1", "a", "b"), "file_id,speed,length\n0,1.50,9\n1,2.0,8\n")
    make_day(root, "d2", make_files("d2", "a", "c"), "file_id,length,area,speed\n1,7,0.1,3e-05\n0,6,,4\n")


def run_python(code: str, *argv: object) -> subprocess.CompletedProcess[str]:
    """Run code that can import the package, in a process of its own."""
    package = Path(remote_tracker.__file__).parents[1]
    env = {**os.environ, "PYTHONPATH": os.fspath(package), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, argv)]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


JOIN_ONCE = """
import sys
from pathlib import Path
from remote_tracker.summaries.find import find_day_tables
from remote_tracker.summaries.join import join
root = Path(sys.argv[1])
def run():
    join(find_day_tables(root / "Results"), root / "Results" / "joined", [], root)
"""
