"""A video that is named by its path is found by a look at its folder, with the same answer as a look at all folders."""

from __future__ import annotations

import os
from pathlib import Path
from unittest.mock import patch

import pytest
from lab import LIST_DAY, Lab
from remote_tracker.config import load_project
from remote_tracker.errors import WrongUse
from remote_tracker.model import Project, State
from remote_tracker.scan.read_folder import FolderReader
from remote_tracker.survey import named
from remote_tracker.survey.named import find_abbreviated
from rewinding import rewound


@rewound
def days(plain_lab: Lab) -> None:
    """A project of three days: finished, failed, untouched and unfit videos; one was moved, one is gone."""
    plain_lab.tracker(LIST_DAY, command="! grep -q bad {{ input.video }} && cp {{ input.video }} {{ output.copy }}")
    for name, text in {"d1/a.avi": "1", "d1/b.avi": "bad", "d1/c.avi": "3", "d2/a.avi": "4", "d2/e.avi": "5"}.items():
        plain_lab.video(name, text)
    plain_lab.go()
    plain_lab.video("d3/new.avi", "6")
    plain_lab.video("d3/one.avi", "7")
    plain_lab.video("d3/one.mp4", "8")
    plain_lab.video("d3/deep/new.avi", "9")
    plain_lab.video("d3/empty.avi", "")
    plain_lab.video("d3/new.avi.avi", "10")
    videos = plain_lab.root / "RawVideos"
    os.rename(videos / "d1/c.avi", videos / "d3/moved.avi")
    os.remove(videos / "d2/e.avi")


@pytest.fixture
def project(days: Lab) -> Project:
    """That project, read."""
    return load_project(days.root)


def answer(project: Project, name: str) -> object:
    """Return what a name means, or what it is refused with."""
    try:
        return [(stage.name, seen) for stage, seen in find_abbreviated(project, name, project.tracker.stages)]
    except WrongUse as error:
        return str(error)


NAMES = (
    "d1/a.avi d1/b.avi d1/c.avi d2/a.avi d2/e.avi d3/new.avi d3/one.avi d3/one.mp4 d3/deep/new.avi d3/empty.avi"
    " d3/moved.avi RawVideos/d1/a.avi Results/d1/a.txt d1/a.txt d1/a d1 a.avi d3/new d3/none.avi d4/a.avi"
    " d3/../d1/a.avi ./d1/a.avi d1/a.avi/ d3/deep new.avi.avi"
)


@pytest.mark.parametrize("name", NAMES.split(" "))
def test_the_same_as_a_look_at_all_folders(project: Project, name: str) -> None:
    """Each name means the same units in the same state, however few folders were looked at."""
    near = answer(project, name)
    with patch.object(named, "find_near", lambda *_: []):
        assert near == answer(project, name)


def folders_read(project: Project, name: str) -> set[str]:
    """Return the folders that are read to tell what a name means, below the project."""
    read, found = FolderReader.read, set()

    def note(reader: FolderReader, place: str) -> object:
        found.add(str(Path(place).relative_to(project.root)))
        return read(reader, place)

    with patch.object(FolderReader, "read", note):
        answer(project, name)
    return found


@pytest.mark.parametrize("name", ["d1/a.avi", "d1/b.avi", "d3/new.avi"])
def test_no_other_day_is_looked_at(project: Project, name: str) -> None:
    """A video's path leads to the folders of its day alone, in whatever state the video is."""
    day = name.partition("/")[0]
    below = {place.split("/")[1] for place in folders_read(project, name) if "/" in place}
    assert below == {day}
    assert len(folders_read(project, "new")) > 4


def test_a_moved_video_is_told_by_all_folders(project: Project) -> None:
    """A video that holds what a video held that has a result is told as moved, though its own folder cannot tell."""
    [(_, seen)] = find_abbreviated(project, "d3/moved.avi", project.tracker.stages)
    assert (seen.decision.state, seen.decision.detail) == (State.MOVED, "d1/c.avi")


def test_a_day_that_is_called_as_a_video(project: Project) -> None:
    """Where a folder bears the video's name, the name means both, as it did."""
    folder = project.root / "Results/d1/a.avi"
    folder.mkdir()
    (folder / "x.txt").write_text("1")
    near = answer(project, "d1/a.avi")
    with patch.object(named, "find_near", lambda *_: []):
        assert near == answer(project, "d1/a.avi")
