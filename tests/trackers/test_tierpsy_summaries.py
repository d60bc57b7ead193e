"""Tierpsy's tables of features: the user's file calculate_feat_summaries.py on a stand-in of its summarizer."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from lab import REPOSITORY, TEMPLATE
from remote_tracker.checks import KINDS, Files
from remote_tracker.model import Check
from remote_tracker.summaries.find import find_day_tables
from remote_tracker.summaries.join import join

pytest.importorskip("h5py", reason="h5py is not installed")

import h5py

STANDIN = REPOSITORY / "tests" / "standins" / "trackers" / "tierpsy"
PROGRAM = TEMPLATE / "remote_tracker" / "trackers" / "tierpsy" / "calculate_feat_summaries.py"
REAL = REPOSITORY.parent / "shared" / "data" / "tierpsy" / "summaries"
Table = list[dict[str, str]]


class Days:
    """A project's Results, and its own copy of the program."""

    def __init__(self, root: Path) -> None:
        self.root, self.results = root, root / "Results"
        self.program = root / "calculate_feat_summaries.py"
        shutil.copy(PROGRAM, self.program)

    def edit(self, old: str, new: str) -> None:
        """Change a setting, as its user would with an editor."""
        text = self.program.read_text()
        assert old in text
        self.program.write_text(text.replace(old, new, 1))

    def add(self, name: str, speed: float = 1.0, **told: object) -> Path:
        """Add Results/<name>_featuresN.hdf5."""
        path = self.results / f"{name}_featuresN.hdf5"
        path.parent.mkdir(parents=True, exist_ok=True)
        with h5py.File(path, "w") as file:
            file.attrs.update({"speed": speed, **told})
        return path

    def summarize(self, day: str = "d1", **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the program on a day, as a task does."""
        words = [sys.executable, str(self.program), day, "--results", str(self.results)]
        told = {**os.environ, "PYTHONPATH": str(STANDIN), **environment}
        told.pop("PYTHONHASHSEED", None)
        into = ["--into", str(self.results / day)]
        return subprocess.run([*words, *into], env=told, capture_output=True, text=True, timeout=60)

    def tables(self, day: str = "d1", kind: str = "tierpsy_plate", **environment: str) -> tuple[Table, Table]:
        """Return both tables of a day, after a run that must succeed."""
        ran = self.summarize(day, **environment)
        assert ran.returncode == 0, ran.stderr
        return self.read(day, "filenames", kind), self.read(day, "features", kind)

    def read(self, day: str, table: str, kind: str = "tierpsy_plate") -> Table:
        """Return one table's rows, its comments left out."""
        lines = (self.results / day / f"{table}_summary_{kind}.csv").read_text().splitlines()
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))

    def names(self, day: str = "d1") -> list[str]:
        """Return the names of the tables in a day's folder."""
        return sorted(path.name for path in (self.results / day).glob("*.csv*"))


@pytest.fixture
def days(tmp_path: Path) -> Days:
    """An empty project."""
    return Days(tmp_path)


@pytest.mark.parametrize("new", ["", "yes"])
def test_both_signatures(days: Days, new: str) -> None:
    """Old and later versions are called by the keywords that they have; a later one never takes all cores."""
    first, second = days.add("d1/a", 1), days.add("d1/deep/b", 2)
    files, features = days.tables(TIERPSY_NEW=new)
    assert [(row["file_id"], row["filename"], row["is_good"]) for row in files] == [
        ("0", str(first), "True"),
        ("1", str(second), "True"),
    ]
    assert [(row["file_id"], float(row["speed"])) for row in features] == [("0", 1), ("1", 2)]


def test_a_setting_that_this_version_has_not(days: Days) -> None:
    """A keyword that only later versions know is refused by name where it would matter, and left out where not."""
    days.add("d1/a")
    days.edit("N_PARALLEL = 1", "N_PARALLEL = 4")
    ran = days.summarize()
    assert ran.returncode == 2
    assert "N_PARALLEL: this version of Tierpsy knows no n_parallel" in ran.stderr


def test_the_order_of_columns_is_one(days: Days) -> None:
    """Each run writes its columns in one order, though Tierpsy's own is another one in each process."""
    heads = set()
    for day in ("d1", "d2", "d3", "d4"):
        days.add(f"{day}/a")
        heads.add(tuple(days.tables(day)[1][0]))
    assert len(heads) == 1


@pytest.mark.parametrize("harm", ["truncated", "explode", "kill", "not HDF5"])
def test_a_file_that_breaks_the_summarizer_is_named_and_left_out(days: Days, harm: str) -> None:
    """One file that Tierpsy falls over, or dies of, is not good and is named; the day's others have their rows."""
    for name in "abd":
        days.add(f"d1/{name}", ord(name))
    bad = days.add("d1/c", **({harm: 1} if harm in ("explode", "kill") else {}))
    if harm == "truncated":
        bad.write_bytes(bad.read_bytes()[: bad.stat().st_size // 2])
    if harm == "not HDF5":
        bad.write_text("junk")
    files, features = days.tables()
    assert [row["is_good"] for row in files] == ["True", "True", "False", "True"]
    assert [(row["file_id"], float(row["speed"])) for row in features] == [("0", 97), ("1", 98), ("3", 100)]
    assert f"{bad}: " in days.summarize().stderr


def test_a_plate_without_worms(days: Days) -> None:
    """An empty plate is in the table of names, not good, and has no row; a day of only such has tables all the same."""
    days.add("d1/a", worms=0)
    files, features = days.tables()
    assert [row["is_good"] for row in files] == ["False"]
    assert features == []


def test_reruns_replace(days: Days) -> None:
    """A second run leaves the same two files, with what is there now."""
    days.add("d1/a", 1)
    days.tables()
    days.add("d1/b", 2)
    assert len(days.tables()[0]) == 2
    assert days.names() == ["features_summary_tierpsy_plate.csv", "filenames_summary_tierpsy_plate.csv"]


def test_kinds_and_windows(days: Days) -> None:
    """Several types and windows make a pair of tables each, found as kinds by the join."""
    days.add("d1/a", 1)
    days.edit('SUMMARY_TYPES = ["plate"]', 'SUMMARY_TYPES = ["plate", "trajectory", "plate_augmented"]')
    days.edit('TIME_WINDOWS = "0:end"', 'TIME_WINDOWS = "0:60,60:120"')
    days.edit('SELECT_FEAT = "all"', 'SELECT_FEAT = "tierpsy_16"')
    kinds = [f"tierpsy_16_tierpsy_{t}_window_{w}" for t in ("plate", "plate_augmented", "trajectory") for w in (0, 1)]
    _, features = days.tables(kind=kinds[1])
    assert float(features[0]["speed"]) == 2
    assert days.names() == sorted(f"{table}_summary_{k}.csv" for table in ("features", "filenames") for k in kinds)
    assert [row["worm_index"] for row in days.read("d1", "features", kinds[4])] == ["0", "1"]
    assert len(days.read("d1", "features", kinds[2])) == 5
    assert len(find_day_tables(days.results, kinds[0])) == 1


(LENGTH_MIN,) = [
    at
    for at, line in enumerate(PROGRAM.read_text("utf-8").splitlines(), 1)
    if line.startswith('    "filter_length_min":')
]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('TIME_WINDOWS = "0:end"', 'TIME_WINDOWS = "all"', "Invalid format of time windows"),
        ('SUMMARY_TYPES = ["plate"]', 'SUMMARY_TYPES = ["palte"]', "palte invalid summary_type"),
        ('    "filter_width_max": 200,\n', "", "FILTERS: Tierpsy wants all 8 of them or none, not 7"),
        (
            '"filter_distance_units": "microns"',
            '"filter_distance_units": "pixels"',
            f"line {LENGTH_MIN}: filter_length_min is still 700 microns",
        ),
    ],
)
def test_wrong_settings(days: Days, old: str, new: str, words: str) -> None:
    """A setting that Tierpsy refuses fails with its words, and writes nothing."""
    days.add("d1/a")
    days.edit(old, new)
    ran = days.summarize()
    assert ran.returncode != 0
    assert words in ran.stderr
    assert "Traceback" not in ran.stderr
    assert days.names() == []


def test_no_filters(days: Days) -> None:
    """Without filters none is passed."""
    days.add("d1/a")
    text = days.program.read_text()
    start = text.index("\nFILTERS = {") + 1
    days.program.write_text(text[:start] + "FILTERS = {}\n" + text[text.index("\n}\n", start) + 3 :])
    assert len(days.tables()[1]) == 1


@pytest.mark.parametrize("name", ['a "b", c', "größe 測試", "-x", "[1]*?"])
def test_hostile_names(days: Days, name: str) -> None:
    """Days and videos may be called anything; paths are quoted as CSV wants it, and are the real ones."""
    path = days.add(f"{name}/{name}")
    assert [row["filename"] for row in days.tables(name)[0]] == [str(path)]


def test_videos_of_no_day(days: Days) -> None:
    """Day '' has the files right in Results, and no deeper ones."""
    days.add("top")
    days.add("d1/a")
    assert len(days.tables("")[0]) == 1


def test_the_tables_say_where_the_other_lies(days: Days) -> None:
    """The comments name the tables as they lie in the project, not where Tierpsy wrote them."""
    days.add("d1/a")
    days.tables()
    for table, other in (("features", "filenames"), ("filenames", "features")):
        text = (days.results / "d1" / f"{table}_summary_tierpsy_plate.csv").read_text()
        assert (
            f"SUMMARY FILE,{days.results}/d1/{other}_" in text or f"SUMMARIES FILE,{days.results}/d1/{other}_" in text
        )
    assert "# SUMMARY_TYPE,tierpsy_plate" in text


def test_the_join_of_real_tables_is_tierpsytools_own(tmp_path: Path) -> None:
    """Two days of real tables, joined by us, hold what tierpsytools joined: ids, names of files, every cell."""
    if not REAL.is_dir():
        pytest.skip(f"{REAL} is not here")
    for day in ("20260101", "20260102"):
        for path in sorted((REAL / day).glob("*plate*")):
            (tmp_path / "Results" / day).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / "Results" / day)
    join(find_day_tables(tmp_path / "Results"), tmp_path / "joined", [], tmp_path)
    for ours, theirs in (("features_summary", "joined_features"), ("filenames_summary", "joined_filenames")):
        tables = []
        for path in (tmp_path / "joined" / f"{ours}.csv", REAL / f"{theirs}.csv"):
            lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
            tables.append(list(csv.DictReader(lines)))
        mine, real = tables
        assert len(mine) == len(real)
        for row, wanted in zip(mine, real, strict=True):
            assert row.keys() == wanted.keys()
            for name, cell in wanted.items():
                assert same(row[name], cell), (name, row[name], cell)


def same(mine: str, real: str) -> bool:
    """Tell whether two cells say the same: a path below its day, a number to its last digits, a text."""
    if real.endswith(".hdf5"):
        return real.endswith(mine.partition("/")[2])
    try:
        return float(mine) == pytest.approx(float(real), rel=1e-9)
    except ValueError:
        return mine == real


def clause_reasons(days: Days, *kinds: str) -> list[str]:
    """Return what the tracker's clauses on a day's tables say of the tables of these kinds."""
    tracker = yaml.safe_load((PROGRAM.parent / "tracker.yml").read_text())
    clauses = next(stage["check"] for stage in tracker["stages"] if stage["name"] == "summarize")
    outputs = {
        table: tuple(f"Results/d1/{table}_summary_{kind}.csv" for kind in kinds) for table in ("filenames", "features")
    }
    checks = [Check("csv", clause.pop("csv"), clause) for clause in clauses]
    return [KINDS["csv"].examine(check, Files(days.root, outputs=outputs)) for check in checks]


def test_a_table_that_lost_rows_is_no_result(days: Days) -> None:
    """The stage's check counts the rows of each file; tables of Tierpsy's own, which count none, hold."""
    days.add("d1/a", 1)
    days.add("d1/b", 2)
    assert [row["feature_rows"] for row in days.tables()[0]] == ["1", "1"]
    assert clause_reasons(days, "tierpsy_plate") == ["", ""]
    features, files = (days.results / f"d1/{table}_summary_tierpsy_plate.csv" for table in ("features", "filenames"))
    features.write_text("".join(features.read_text().splitlines(keepends=True)[:-1]))
    told = "features_summary_tierpsy_plate.csv: has 0 rows of file_id 1, 1 was recorded"
    assert clause_reasons(days, "tierpsy_plate") == ["", told]
    files.write_text("file_id,filename,is_good\n0,/lab/a, b.hdf5,True\n1,/lab/c.hdf5,True\n")
    assert clause_reasons(days, "tierpsy_plate") == ["", ""]
