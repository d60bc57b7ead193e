"""Real Tierpsy days beside the field's own join, and any days at all."""

from __future__ import annotations

import csv
import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import one_in
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from project_of_days import (
    joined,
    load_rows,
    make_day,
    run_join,
)
from remote_tracker.summaries.find import find_day_tables, find_table_sets
from remote_tracker.summaries.join import join
from remote_tracker.summaries.missing import ExpectedVideo

REAL = Path(__file__).parents[2] / "../shared/data/tierpsy/summaries"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason=f"real Tierpsy tables are not at {REAL}")


@needs_real
def test_real_days_join_as_the_fields_tool_joins_them(tmp_path: Path) -> None:
    """Real Tierpsy days give what tierpsytools made of them: the same columns, rows, ids and paths."""
    for day, stamp in (("20260101", "20261120_153733"), ("20260102", "20261120_153738")):
        for table in ("filenames", "features"):
            name = f"{day}/{table}_summary_tierpsy_plate_{stamp}.csv"
            (tmp_path / "Results" / day).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(REAL / name, tmp_path / "Results" / name)
    run_join(tmp_path, paths_for="/new")
    files = joined(tmp_path, "filenames_summary")
    theirs = load_rows(REAL / "joined_filenames.csv")
    old, new = "/mnt/storage/home/lab/summ_proj/", "/new/Results/"
    assert files == [{**row, "filename": row["filename"].replace(old, new)} for row in theirs]
    mine, theirs = joined(tmp_path, "features_summary"), load_rows(REAL / "joined_features.csv")
    assert [list(row) for row in mine] == [list(row) for row in theirs]
    assert len(mine[0]) == 3018
    for ours, other in zip(mine, theirs, strict=True):
        assert all(same_cell(ours[column], other[column]) for column in ours)


def same_cell(one: str, other: str) -> bool:
    """Return whether two cells hold the same number; the field's tool rounds to 15 digits."""
    return one == other or bool(one and other and math.isclose(float(one), float(other), rel_tol=1e-12, abs_tol=1e-12))


@needs_real
@pytest.mark.parametrize("kind", ["tierpsy_plate", "tierpsy_trajectory"])
def test_every_real_folder_of_tables_is_found(kind: str) -> None:
    """Real folders with reruns of both types give the newest pair of the type asked for."""
    first = find_table_sets(REAL)[kind][0]
    newest = {"tierpsy_plate": "20261120_153744", "tierpsy_trajectory": "20261120_153750"}[kind]
    assert first.day == "20260101"
    assert newest in first.filenames.name
    assert newest in first.features.name


@needs_real
def test_real_tables_open_in_the_fields_reader(tmp_path: Path) -> None:
    """The joined tables open as tierpsytools opens them: pandas with # as comment, ids as integers, good as truth."""
    pandas = pytest.importorskip("pandas")
    into = tmp_path / "joined"
    expected = [ExpectedVideo("RawVideos/with_blank/blank.avi", "with_blank/blank_featuresN.hdf5", "")]
    tables = [t for t in find_day_tables(REAL, "tierpsy_plate") if t.day != "v153"]
    join(tables, into, expected, REAL)
    files = pandas.read_csv(into / "filenames_summary.csv", comment="#")
    features = pandas.read_csv(into / "features_summary.csv", comment="#")
    assert list(files["file_id"]) == list(range(8))
    assert list(files["is_good"]) == [True] * 5 + [False, True, True]
    assert set(features["file_id"]) == {0, 1, 2, 3, 4, 6, 7}
    assert load_rows(into / "missing.csv")[0]["reason"].startswith("is_good is False")


NAMES = st.text(st.characters(exclude_characters="/\n\r\0", exclude_categories=["Cs"]), min_size=1, max_size=8)
CELLS = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), max_size=6)


@st.composite
def days_of_tables(draw: st.DrawFn) -> dict[str, tuple[list[str], list[str], list[list[str]]]]:
    """Draw days: the names of the files, the columns, and rows (index of the file, then cells)."""
    pool = draw(st.lists(NAMES.filter(lambda n: n not in ("file_id",)), min_size=1, max_size=5, unique=True))
    days = {}
    for number in range(draw(st.integers(1, 4))):
        files = draw(st.lists(NAMES.filter(lambda n: n not in (".", "..")), max_size=4, unique=True))
        columns = draw(st.permutations(pool))[: draw(st.integers(1, len(pool)))]
        ids = draw(st.lists(st.integers(0, len(files) - 1), max_size=6)) if files else []
        days[f"d{number}"] = (files, columns, [[str(i), *(draw(CELLS) for _ in columns)] for i in ids])
    return days


def write_csv(path: Path, rows: Iterator[list[str]]) -> None:
    """Write rows as the csv module does."""
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def told(cell: str) -> str:
    """Return a cell as a joined table tells it: behind a ' where a spreadsheet would run it as a formula."""
    number = re.fullmatch(r"[-+]([0-9.]*(e[-+]?[0-9.]*|inf|infinity|nan)?)", cell, re.IGNORECASE)
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not number else cell


@one_in(4, HealthCheck.function_scoped_fixture)  # a whole project, written and joined, for each example
@given(days=days_of_tables())
def test_split_by_day_the_join_gives_back_each_day(
    tmp_path: Path, days: dict[str, tuple[list[str], list[str], list[list[str]]]]
) -> None:
    """Whatever stands in the cells, the joined rows of a day are that day's, under their names; none is a formula."""
    root = tmp_path / "p"
    shutil.rmtree(root, ignore_errors=True)
    for day, (files, columns, rows) in days.items():
        table = make_day(root, day, "", "")
        head = ["file_id", "filename", "is_good"]
        numbered = ([str(i), f"Results/{day}/{name}", "True"] for i, name in enumerate(files))
        write_csv(table.filenames, iter([head, *numbered]))
        write_csv(table.features, iter([["file_id", *columns], *rows]))
    run_join(root)
    with open(root / "Results/joined/filenames_summary.csv", encoding="utf-8", newline="") as stream:
        by_id = {row["file_id"]: row["filename"] for row in csv.DictReader(stream)}
    with open(root / "Results/joined/features_summary.csv", encoding="utf-8", newline="") as stream:
        found = list(csv.DictReader(stream))
    assert list(by_id) == [str(i) for i in range(len(by_id))]
    assert list(by_id.values()) == [f"Results/{d}/{name}" for d, (files, _, _) in days.items() for name in files]
    for day, (files, columns, rows) in days.items():
        mine = [row for row in found if by_id[row["file_id"]].startswith(f"Results/{day}/")]
        assert [[by_id[r["file_id"]], *(r[told(c)] for c in columns)] for r in mine] == [
            [f"Results/{day}/{files[int(i)]}", *map(told, cells)] for i, *cells in rows
        ]
