"""Results that are kept in a file are found as if all of them were in memory."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from project_of_days import joined, make_day, run_join
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.summaries.missing import ExpectedVideo
from remote_tracker.summaries.results import KEPT, Results

DAYS = ["", *(f"d{n}" for n in range(3 * KEPT))]


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Results]:
    """Return the results of tables of DAYS, before any is added."""
    with open(tmp_path / "results", "x+b") as file:
        yield Results(file, DAYS, 1)


def add(results: Results, tables: Sequence[Sequence[str]]) -> None:
    """Add the results of each table."""
    for table in tables:
        results.begin_table()
        assert [results.add(name) for name in table] == [None] * len(table)


def draw_tables(seed: int) -> list[list[str]]:
    """Return the results of each table of DAYS, each once: most lie in the day's folder, some anywhere."""
    draw = random.Random(seed)
    tables: list[list[str]] = []
    for day in DAYS:
        found = []
        for number in range(draw.randint(0, 6)):
            other = draw.choice(DAYS) if draw.random() < 0.2 else day
            top = draw.choice(["Results", "MaskedVideos", "/quite/elsewhere"])
            parts = [top, other, draw.choice(["", "run.1", "run.2/a"]), f"\udce9{day}{number}.csv"]
            found.append("/".join(filter(None, parts)))
        tables.append(found)
    return tables


@pytest.mark.parametrize("turn", range(20))
def test_each_result_is_found_wherever_it_lies(empty: Results, turn: int) -> None:
    """A name, a folder and a pattern find the same numbers as a look through all results, in any order."""
    tables = draw_tables(turn)
    add(empty, tables)
    every = [name for table in tables for name in table]
    assert [*empty.each()] == [(name, at) for at, table in enumerate(tables) for name in table]
    for number in random.Random(turn).sample(range(len(every)), len(every)):
        name = every[number]
        assert (empty.find(name), tables[empty.table_of(number)].count(name)) == (number, 1)
        folder = name.rpartition("/")[0]
        for above in (folder, folder.partition("/")[0] or "/quite", "Results/d1", "nowhere"):
            assert empty.numbers(f"{above}/") == [n for n, one in enumerate(every) if one.startswith(f"{above}/")]
        for like in (f"{folder}/*.csv", re.sub(r"/[^/]*/", "/*/", name, count=1)):
            likely = re.compile(re.escape(like).replace(r"\*", "[^/]*"))
            assert empty.find_like(like) == next((n for n, one in enumerate(every) if likely.fullmatch(one)), None)


@pytest.mark.parametrize("first", range(len(DAYS)))
def test_a_result_that_a_table_holds_is_not_added_again(empty: Results, first: int) -> None:
    """Whichever table holds a result, whatever folder it lies in, the same result in a later table is refused."""
    for at in range(len(DAYS)):
        empty.begin_table()
        for folder in DAYS:
            name = f"Results/{folder}/a" if folder else "Results/a"
            assert empty.add(name) == (first if at > first else None) if at >= first else True
    assert len(empty) == len(DAYS)


def test_why_a_result_has_no_features_is_told_of_this_result(empty: Results) -> None:
    """A reason is noted of a single result."""
    add(empty, [["Results/a", "Results/b"], ["Results/d0/a"]])
    empty.note(1, "nothing passed")
    empty.note(2, "not good")
    assert [empty.why(number) for number in range(3)] == ["", "nothing passed", "not good"]


def test_what_was_kept_in_a_file_is_gone_afterwards(tmp_path: Path) -> None:
    """No file is left beside the joined tables, whether the join went well or not."""
    make_day(tmp_path, "d1", "file_id,filename,is_good\n0,Results/d1/a,True\n", "file_id,x\n0,1\n")
    run_join(tmp_path)
    three = ["features_summary.csv", "filenames_summary.csv", "missing.csv"]
    assert sorted(path.name for path in (tmp_path / "Results/joined").iterdir()) == three
    make_day(tmp_path, "d2", "file_id,filename,is_good\n0,Results/d1/a,True\n", "file_id,x\n0,1\n")
    with pytest.raises(RemoteTrackerError, match="in two tables"):
        run_join(tmp_path)
    assert sorted(path.name for path in (tmp_path / "Results/joined").iterdir()) == three


@pytest.mark.parametrize("later", [False, True])
def test_a_result_in_the_table_of_another_day_is_found(tmp_path: Path, later: bool) -> None:
    """A table may name a result that lies in another day's folder: it is in no second table, and not missing."""
    names = ("d1", "d2") if later else ("d2", "d1")
    features = "file_id,x\n0,1\n"
    make_day(tmp_path, names[0], f"file_id,filename,is_good\n0,Results/{names[1]}/a,True\n", features)
    make_day(tmp_path, names[1], f"file_id,filename,is_good\n0,Results/{names[1]}/b,True\n", features)
    expected = [ExpectedVideo(f"{names[1]}/{name}.avi", f"Results/{names[1]}/{name}", "") for name in "abc"]
    assert (run_join(tmp_path, *expected).missing, joined(tmp_path, "missing")[0]["video"]) == (1, f"{names[1]}/c.avi")
    make_day(tmp_path, names[1], f"file_id,filename,is_good\n0,Results/{names[1]}/a,True\n", features)
    told = "Results/d1/filenames_summary.csv and Results/d2/filenames_summary.csv"
    with pytest.raises(RemoteTrackerError, match=f"Results/{names[1]}/a stands in two tables, {told}"):
        run_join(tmp_path)
