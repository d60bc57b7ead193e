"""Three new tables or none: full disks, kills, leftovers, modes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from project_of_days import (
    JOIN_ONCE,
    TABLES,
    make_day,
    make_files,
    run_join,
    run_python,
    two_days,
)
from remote_tracker.errors import NoSpace, RemoteTrackerError
from remote_tracker.summaries import publish
from remote_tracker.summaries.publish import new_tables


class Stopped(Exception):
    """A join that ended before its tables were whole."""


def test_a_full_disk_leaves_the_old_tables(tmp_path: Path) -> None:
    """Where the new tables do not fit, one line says so and the old ones stand, with no half file beside them."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n0,1\n")
    run_join(tmp_path)
    into = tmp_path / "Results/joined"
    old = {path.name: path.read_bytes() for path in into.iterdir()}
    make_day(tmp_path, "d2", make_files("d2", "b"), "file_id,x\n" + "0,0.123456789\n" * 20000)
    done = run_python(
        JOIN_ONCE
        + """
import resource
from remote_tracker.errors import NoSpace, RemoteTrackerError
from remote_tracker.summaries import publish
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
try:
    run()
except NoSpace as error:
    print(error)
""",
        tmp_path,
    )
    assert "the old tables stand" in done.stdout, done
    assert done.stdout.count("\n") == 1
    assert {path.name: path.read_bytes() for path in into.iterdir()} == old


@pytest.mark.parametrize("moves", [0, 1, 2, 3, 4])
def test_a_join_killed_while_publishing_is_old_or_new(tmp_path: Path, moves: int) -> None:
    """Killed at any of its renames, the tables are all old, or all new once the next join begins."""
    make_day(tmp_path, "d1", make_files("d1", "a"), "file_id,x\n0,1\n")
    run_join(tmp_path)
    into = tmp_path / "Results/joined"
    old = {name: (into / name).read_bytes() for name in TABLES}
    make_day(tmp_path, "d2", make_files("d2", "b"), "file_id,x,y\n0,1,2\n")
    code = """
import os, signal
left = int(sys.argv[2])
def dying(move):
    def moved(*args):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return move(*args)
    return moved
os.replace, Path.rename = dying(os.replace), dying(Path.rename)
run()
"""
    assert run_python(JOIN_ONCE + code, tmp_path, moves).returncode == (-9 if moves < 4 else 0)
    with pytest.raises(Stopped), new_tables(into, TABLES):
        raise Stopped  # before it has written anything
    found = {name: (into / name).read_bytes() for name in TABLES}
    assert (found == old) == (moves == 0)
    run_join(tmp_path)
    new = {name: (into / name).read_bytes() for name in TABLES}
    assert moves == 0 or found == new


@pytest.mark.parametrize("times", [1, 3])
def test_a_join_beside_that_is_ready_first(tmp_path: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another join has its tables ready in the moment before, both succeed, and the later tables stand."""
    rename, left = Path.rename, [*range(times)]

    def late(path: Path, target: Path) -> Path:
        if left:
            left.pop()
            target.mkdir()
            (target / "a.csv").write_text("of the other join")
            (target / "b.csv").write_text("of the other join")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", late)
    with new_tables(tmp_path, ("a.csv",)) as (stream,):
        stream.write("of this join")
    assert not left
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"a.csv": "of this join", "b.csv": "of the other join"}


def test_a_folder_that_cannot_be_moved_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What never leaves the place of whole new tables ends the join with one line that names it, and not never."""
    monkeypatch.setattr(publish, "_move_out", lambda into: None)
    (tmp_path / publish.READY / "kept").mkdir(parents=True)
    with pytest.raises(RemoteTrackerError, match="cannot be written"), new_tables(tmp_path, ("a.csv",)):
        pass
    assert sorted(path.name for path in tmp_path.iterdir()) == [publish.READY]


def test_what_a_killed_join_left_is_removed_later(tmp_path: Path) -> None:
    """A folder of new tables that nobody wrote to for an hour goes with the next join; a fresh one stays."""
    two_days(tmp_path)
    into = tmp_path / "Results/joined"
    for name, age in ((".new-dead-1", 4000), (".new-alive-2", 10)):
        (into / name).mkdir(parents=True)
        table = into / name / "features_summary.csv"
        table.write_text("half")
        for path in (table, table.parent):
            os.utime(path, (path.stat().st_mtime - age,) * 2)
    run_join(tmp_path)
    assert sorted(path.name for path in into.iterdir()) == sorted([*TABLES, ".new-alive-2"])


def test_the_tables_get_the_mode_that_the_umask_asks_for(tmp_path: Path) -> None:
    """Colleagues of the group can read the tables if the umask lets them."""
    two_days(tmp_path)
    before = os.umask(0o027)
    try:
        run_join(tmp_path)
    finally:
        os.umask(before)
    modes = {(tmp_path / "Results/joined" / name).stat().st_mode & 0o777 for name in TABLES}
    assert modes == {0o640}


def test_a_write_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk that shows only when files are flushed to it is refused as well."""
    two_days(tmp_path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoSpace, match="full"):
        run_join(tmp_path)
    assert not (tmp_path / "Results/joined").exists()


def test_joining_again_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two joins of the same days differ in nothing; the joined tables are never a day."""
    two_days(tmp_path)
    seen = []
    for _ in range(2):
        run_join(tmp_path)
        seen.append({path.name: path.read_bytes() for path in (tmp_path / "Results/joined").iterdir()})
    assert seen[0] == seen[1]
    assert set(seen[0]) == set(TABLES)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """Ten times the rows take the same memory, within 4 MB."""
    peak = """
run()
status = open("/proc/self/status").read()
print(status.split("VmHWM:")[1].split()[0])
"""
    if not Path("/proc/self/status").exists():
        pytest.skip("this system has no /proc to read the peak of memory from")
    used = []
    for days in (3, 30):
        root = tmp_path / str(days)
        for day in range(days):
            rows = f"0,{','.join(['0.123456789'] * 100)}\n" * 300
            make_day(root, f"d{day}", make_files(f"d{day}", "a"), f"file_id,{','.join(map(str, range(100)))}\n{rows}")
        used.append(int(run_python(JOIN_ONCE + peak, root).stdout))
    assert used[1] - used[0] < 4096
