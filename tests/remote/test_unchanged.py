"""A push that finds both sides as the last one left them tells so at once; where anything differs it looks as ever."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lab import own_package
from remote_tracker.remote.unchanged import NOTE, answer, numbers_at
from two_sides import Home

LOOKS = "import 'remote_tracker.config.project' #"  # in what Python tells of its imports, where a push looks as ever


@pytest.fixture
def home(home: Home) -> Home:
    """Both sides have their own package: a link that another test's project makes to a shared one changes its ctime."""
    own_package(home.root)
    own_package(home.far.root)
    return home


def push(home: Home, quick: bool) -> str:
    """Push, say whether that was told at once, and return the screen."""
    ran = home.rt("push", PYTHONVERBOSE="1")
    assert (LOOKS not in ran.err) == quick, ran.out
    return ran.out


def replace(path: Path) -> None:
    """Replace a file by another of the same size and time."""
    before = path.stat()
    path.rename(path.with_name("old"))
    path.write_text("other v")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    path.with_name("old").unlink()


CHANGES: dict[str, Callable[[Home], object]] = {
    "a new video": lambda home: home.video("d1/v3.avi"),
    "a new day": lambda home: home.video("d2/v4.avi"),
    "another video here": lambda home: replace(home.root / "RawVideos/d1/v1.avi"),
    "a video less here": lambda home: (home.root / "RawVideos/d1/v1.avi").unlink(),
    "another video there": lambda home: replace(home.far.root / "RawVideos/d1/v1.avi"),
    "a video less there": lambda home: (home.far.root / "RawVideos/d1/v1.avi").unlink(),
    "a day moved there": lambda home: (home.far.root / "RawVideos/d1").rename(home.far.root / "RawVideos/d3"),
    "other settings": lambda home: home.settings(
        remote={"login": "swc", "folder": str(home.far.root)}, exclude=["*v1.avi"]
    ),
    "another tracker": lambda home: home.tracker(command="cat {{ input.video }} >{{ output.copy }}"),
    "another project there": lambda home: home.far.settings(name="other"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_on_either_side_is_seen(home: Home, change: str) -> None:
    """A second push shows at once what a whole look shows; behind a change it says what a whole look says."""
    for number in (1, 2):
        home.video(f"d1/v{number}.avi", "a video")
    home.login()
    push(home, quick=False)
    screen = push(home, quick=True)
    (home.root / NOTE).unlink()
    assert push(home, quick=False) == screen
    assert "2 files there already, by content." in screen
    CHANGES[change](home)
    changed = push(home, quick=False)
    (home.root / NOTE).unlink(missing_ok=True)
    assert changed != screen or change == "another tracker"


def test_what_was_left_out_is_looked_at_each_time(home: Home, tmp_path: Path) -> None:
    """Where a video was left out, or a day is a link, nothing is noted; a damaged note is not believed."""
    home.video("d1/v1.avi")
    home.login()
    home.video("d1/empty.avi", "")
    push(home, quick=False)
    push(home, quick=False)
    (home.root / "RawVideos/d1/empty.avi").unlink()
    push(home, quick=False)
    push(home, quick=True)
    (home.root / NOTE).write_text("{")
    push(home, quick=False)
    shutil.move(home.root / "RawVideos/d1", tmp_path / "d1")
    (home.root / "RawVideos/d1").symlink_to(tmp_path / "d1")
    push(home, quick=False)
    push(home, quick=False)


def test_a_video_that_comes_during_a_push_is_sent_by_the_next(home: Home) -> None:
    """What is noted was seen before the videos were looked for."""
    home.video("d1/v1.avi")
    home.login()
    rsync = home.sshds.programs / "rsync"
    comes = f"[[ $1 == --version ]] || touch {home.root}/RawVideos/d1/v2.avi"
    rsync.write_text(f'#!/bin/bash\n{comes}\n/usr/bin/rsync "$@"\n')
    rsync.chmod(0o755)
    try:
        assert "1 of 1 file " in push(home, quick=False)
    finally:
        rsync.unlink()
    home.video("d1/v2.avi")
    assert "1 of 1 file " in push(home, quick=False)
    push(home, quick=True)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"word": "w"}', '{"word": "w", "there": {"/nowhere": [1, 2, 3, 4]}}']
)
def test_a_question_that_cannot_be_answered_is_not(text: str) -> None:
    """What cannot be read, or seen, is not the same."""
    assert answer(text) == ""


def test_all_four_numbers_count(tmp_path: Path) -> None:
    """Size, mtime, inode and ctime each tell that a file is another."""
    path = tmp_path / "v.avi"
    path.write_text("a video")
    for index in range(4):
        numbers = numbers_at(str(path))
        assert answer(json.dumps({"word": "w", "there": {str(path): numbers}})) == "\nsame w\n"
        numbers[index] += 1
        assert answer(json.dumps({"word": "w", "there": {str(path): numbers}})) == ""
