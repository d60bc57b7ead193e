"""A join killed with -9: each joined table is the old or the new one, whole, and the next join brings all of them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from crashes import CrashLab, Prepared, prepare
from remote_tracker.summaries.columns import TABLES
from remote_tracker.tables.write_tables import NAMES

JOINED = (*TABLES, *NAMES)


def make_day(lab: CrashLab, day: str, rows: int) -> None:
    """Write both tables of a day of two videos."""
    folder = lab.root / "Results" / day
    folder.mkdir(parents=True)
    files = "".join(f"{n},Results/{day}/v{n}.txt,True\n" for n in (0, 1))
    (folder / "filenames_summary.csv").write_text(f"file_id,filename,is_good\n{files}")
    lines = "".join(f"{n % 2},{n},{n / 7:.6f}\n" for n in range(rows))
    (folder / "features_summary.csv").write_text(f"file_id,x,y\n{lines}")


def load_tables(root: Path) -> dict[str, bytes]:
    """Return the joined tables that are there, without the place of the project."""
    paths = [root / "Results/joined" / name for name in JOINED]
    return {path.name: path.read_bytes().replace(os.fsencode(root), b"ROOT") for path in paths if path.exists()}


@pytest.fixture(scope="module")
def prepared(fresh: CrashLab) -> Prepared:
    """A project of two days that were joined, and a third one, with many rows, that came since."""
    for day, rows in (("d1", 10), ("d2", 20)):
        make_day(fresh, day, rows)
    assert fresh.rt("join").code == 0
    make_day(fresh, "d3", 9000)
    return prepare(fresh, "./rt", "join", folder="")


def test_join_killed_at_any_moment(crash_lab: CrashLab, prepared: Prepared, seed: int) -> None:
    """No table is ever half; what had become whole is finished by the next join, which repeats the rest."""
    lab, old, new = crash_lab, load_tables(prepared.root), load_tables(prepared.after)
    assert old.keys() == new.keys() == set(JOINED)
    beside = lab.start("./rt", "join", folder="") if seed % 4 > 1 else None
    lab.shoot(prepared, seed)
    if beside is not None:
        said = beside.communicate(timeout=60)[0]
        assert beside.returncode == 0, said
    found = load_tables(lab.root)
    assert found.keys() == set(JOINED)
    assert all(raw in (old[name], new[name]) for name, raw in found.items())
    ran = lab.rt("join")
    assert (ran.code, ran.err) == (0, "")
    assert load_tables(lab.root) == new
    assert new["features_summary.csv"].count(b"\n") == 9031
    assert_remains_go(lab)


def assert_remains_go(lab: CrashLab) -> None:
    """Check that nothing but the folder of a join that was killed is left, and that a join clears it in time."""
    folder = lab.root / "Results/joined"
    left = [path for path in folder.iterdir() if path.name not in JOINED]
    assert len(left) <= 1
    for path in [found for top in left for found in (*top.iterdir(), top)]:
        assert ".new-" in str(path)
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    if left:
        assert lab.rt("join").code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(JOINED)
