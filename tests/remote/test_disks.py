"""Disks that are full, that have a quota or that do not tell case, on either side; and a clock that is wrong there."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from disks import fill, with_quota, without_case
from lab import LONG_AGO, Lab
from two_sides import Home

SHARED = Path("/dev/shm")  # where libfaketime keeps what the programs of a session share
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def move_to(lab: Lab, folder: str, place: Path) -> Path:
    """Let a folder of a project lie on another disk, and return where."""
    store = place / folder
    store.mkdir()
    if (lab.root / folder).exists():
        shutil.rmtree(lab.root / folder)
    (lab.root / folder).symlink_to(store)
    return store


@pytest.fixture
def quota(tmp_path: Path) -> Iterator[Path]:
    """A disk on which 2 MiB may be used."""
    with with_quota(tmp_path, "2M") as place:
        yield place


@pytest.fixture
def caseless(tmp_path: Path) -> Iterator[Path]:
    """A disk that takes names that differ only in case for the same."""
    with without_case(tmp_path) as place:
        yield place


def test_a_quota_that_is_reached_there_is_told(home: Home, quota: Path) -> None:
    """The line names the quota; what did not arrive is no video there, and comes once there is room."""
    move_to(home.far, "RawVideos", quota)
    home.video("d1/v1.avi", "x" * 3_000_000)
    home.login()
    ran = home.rt("push")
    assert ran.code == 1
    assert "quota" in ran.out.lower()
    assert "then: ./rt push" in ran.out
    assert home.far.counts() in ({}, {"not ready": 1})
    (home.far.root / "RawVideos").unlink()
    assert home.rt("push").code == 0
    assert (home.far.root / "RawVideos/d1/v1.avi").stat().st_size == 3_000_000


def test_a_quota_that_is_reached_here_is_told(home: Home, quota: Path) -> None:
    """The line names the quota, nothing half lies among the results, and the next pull brings what is missing."""
    home.far.tracker(command="head -c 3000000 /dev/zero >{{ output.copy }}")
    home.far.video("d1/v1.avi")
    home.far.go()
    home.login()
    move_to(home, "Results", quota)
    ran = home.rt("pull")
    assert ran.code == 1
    assert "quota" in ran.out.lower()
    assert not home.result("d1/v1.txt").exists()
    (home.root / "Results").unlink()
    assert home.rt("pull").code == 0
    assert home.result("d1/v1.txt").stat().st_size == 3_000_000


@pytest.mark.parametrize("folder", ["workspace", ".remote"])
def test_no_room_for_the_records_here_is_told(home: Home, other_disk: Path, folder: str) -> None:
    """Where records cannot be written here a pull says so in a line; with room the next one notes what came."""
    home.far.video("d1/v1.avi", "video 1")
    home.far.go()
    home.login()
    place = home.root / folder / ("batches" if folder == "workspace" else "")
    place.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", other_disk, place], check=True)
    try:
        fill(other_disk)
        ran = home.rt("pull")
        assert "Traceback" not in ran.err
        assert (ran.code, ran.err.count("\n")) == ((1, 1) if folder == "workspace" else (0, 0)), ran
    finally:
        subprocess.run(["umount", "-l", place], check=True)
    ran = home.rt("pull")
    assert ran.code == 0
    assert home.result("d1/v1.txt").read_text() == "video 1"
    assert home.rt("why", "v1.avi").out.count("brought home") == 1


def test_two_names_that_differ_only_in_case_do_not_replace_each_other_here(home: Home, caseless: Path) -> None:
    """Results lie here on a disk that does not tell case: one comes, the other is named, whatever is asked for next."""
    for name in ("v", "V", "w"):
        home.far.video(f"d1/{name}.avi", f"video {name}")
    home.far.go()
    home.login()
    move_to(home, "Results", caseless)
    ran = home.rt("pull")
    assert ran.code == 1
    assert "differs only in upper and lower case, which the disk here does not tell" in ran.out
    first = home.result("d1/v.txt").read_text()
    assert sorted(path.name.lower() for path in (home.root / "Results/d1").iterdir()) == ["v.txt", "w.txt"]
    other = "V" if first == "video v" else "v"
    for words in (["pull"], ["pull", f"d1/{other}.avi"]):
        ran = home.rt(*words)
        assert f"Results/d1/{other}.txt: " in ran.out
        assert ran.code == 1
        assert home.result("d1/v.txt").read_text() == first
    before = home.far.results()
    assert home.rt("free", "--yes").code == 0
    assert f"d1/{other}.txt" in home.far.results()
    assert len(before) == 3


def test_two_names_that_differ_only_in_case_do_not_replace_each_other_there(home: Home, caseless: Path) -> None:
    """Videos lie there on such a disk: neither of the two is sent, both are named, the third goes."""
    for name in ("v", "V", "w"):
        home.video(f"d1/{name}.avi", f"video {name}")
    store = move_to(home.far, "RawVideos", caseless)
    home.login()
    for _ in range(2):
        ran = home.rt("push")
        assert ran.code == 1
        assert ran.out.count("differs only in upper and lower case") == 2
        assert [path.name for path in store.rglob("*") if path.is_file()] == ["w.avi"]


@pytest.mark.parametrize("files", ["0", "1"], ids=["its files too", "its files have true times"])
@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_a_clock_that_is_an_hour_off_there_changes_nothing(home: Home, offset: str, files: str) -> None:
    """All that is done there has its times from a wrong clock: push, submit, pull, a redo and free work as ever.

    The disk there has the wrong clock, too, or, as a file server may, a right one.
    """
    if not FAKETIME:
        pytest.skip("not installed: libfaketime (apt-get install libfaketime)")
    set_to = f"LD_PRELOAD={FAKETIME} FAKETIME={offset}"
    set_to += " NO_FAKE_STAT=1" if files == "1" else ""
    before = set(SHARED.glob("*faketime_s*"))
    home.sshds.down()
    home.sshds.up(f"SetEnv {set_to}")
    try:
        home.login()
        clock = subprocess.run([home.sshds.programs / "ssh", "swc", "date +%s"], capture_output=True, check=True)
        assert 3000 < abs(int(clock.stdout) - time.time()) < 4000
        _go_there_and_back(home)
    finally:
        home.sshds.down()
        home.sshds.up()
        for left in {*SHARED.glob("*faketime_s*")} - before:  # of each program that did not end by itself
            left.unlink(missing_ok=True)


def _go_there_and_back(home: Home) -> None:
    home.video("d1/v1.avi", "video 1")
    home.video("d1/v2.avi", "video 2", age=int(time.time()) - LONG_AGO - 120)  # of just now
    assert home.rt("push").code == 0
    assert "2 files there already, by content." in home.rt("push").out
    ran = home.rt("remote", "submit")
    assert ran.code == 0, ran
    ran = home.rt("pull")
    assert (ran.code, "2 finished there are proven here." in ran.out) == (0, True), ran
    assert "0 files " in home.rt("pull").out
    assert home.counts() == {"finished": 2}
    assert home.rt("remote", "redo", "--yes", "d1/v1.avi").code == 0
    assert home.rt("remote", "submit").code == 0
    assert home.rt("pull").code == 0
    assert home.rt("verify").code == 0
    ran = home.rt("free", "--yes")
    assert "4 files " in ran.out, ran
    assert home.rt("remote", "status").code == 0
    assert home.far.results() == []
    assert home.counts() == {"finished": 2}
