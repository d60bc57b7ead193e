"""Places that are not as they should be, on either side: one line says so, and nothing is done."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from disks import fill
from lab import Lab
from test_free import files_of
from two_sides import Home

VERBS = [["push"], ["remote", "run"], ["remote", "submit"]]


@pytest.fixture
def done(home: Home) -> Home:
    """Two videos that were sent, processed there and pulled."""
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", f"video {number}")
        home.far.video(f"d1/v{number}.avi", f"video {number}")
    home.login()
    assert home.far.go().code == 0
    assert home.rt("pull").code == 0
    return home


def lead_nowhere(lab: Lab, folder: str) -> None:
    """Let a folder be a link to a disk that is not mounted."""
    shutil.move(lab.root / folder, lab.root / f"{folder}.away")
    (lab.root / folder).symlink_to("/mnt/not/mounted")


@pytest.mark.parametrize("words", VERBS, ids=" ".join)
def test_a_folder_that_is_not_there_is_named_by_every_verb(home: Home, words: list[str]) -> None:
    """The line says where the project was looked for, and what makes it there."""
    home.video("d1/v1.avi")
    home.settings(remote={"login": "swc", "folder": "/nowhere/at all"})
    home.login()
    ran = home.rt(*words)
    assert (ran.code, ran.err) == (1, "swc has no folder /nowhere/at all. ./rt remote setup makes the project there.\n")


@pytest.mark.parametrize("words", [["push"], ["pull"], ["free", "--yes"]], ids=" ".join)
def test_videos_on_a_disk_that_is_not_mounted_there_are_no_empty_folder(done: Home, words: list[str]) -> None:
    """RawVideos there leads nowhere: nothing is sent beside it, nothing is called gone, the link stays."""
    lead_nowhere(done.far, "RawVideos")
    before = files_of(done.far)
    done.video("d1/v3.avi", "new")
    ran = done.rt(*words)
    assert (ran.code, ran.err.count("\n")) == (1, 1), ran
    assert "RawVideos" in ran.err
    assert (done.far.root / "RawVideos").is_symlink()
    assert files_of(done.far) == before


@pytest.mark.parametrize("words", [["push"], ["pull"], ["free", "--yes"]], ids=" ".join)
def test_videos_on_a_disk_that_is_not_mounted_here_are_no_empty_folder(done: Home, words: list[str]) -> None:
    """The same at home: nothing is deleted there because of it."""
    lead_nowhere(done, "RawVideos")
    before = files_of(done.far)
    ran = done.rt(*words)
    assert files_of(done.far) == before or words[0] == "free"
    assert (done.far.root / "RawVideos/d1/v1.avi").exists()
    assert (done.root / "RawVideos").is_symlink()
    assert "Traceback" not in ran.out


def test_a_full_disk_there_frees_nothing_and_loses_nothing(done: Home, full_disk: Path) -> None:
    """Where not even the ledger can be written there one line says so; with room the next free goes on."""
    place = done.far.root / ".freed"
    place.mkdir()
    before = files_of(done.far)
    subprocess.run(["mount", "--bind", full_disk, place], check=True)
    try:
        ran = done.rt("free", "--yes")
    finally:
        subprocess.run(["umount", "-l", place], check=True)
    assert ran.code == 1
    assert ran.err.count("\n") == 1
    assert "space" in ran.err
    assert files_of(done.far) == before
    assert done.rt("free", "--yes").code == 0
    assert files_of(done.far) == []


@pytest.fixture
def full_disk(other_disk: Path) -> Path:
    """A small disk that is full."""
    fill(other_disk)
    return other_disk
