"""Whose headers are read for an estimate: at most a hundred of each, evenly drawn, and none that cannot tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from remote_tracker.model import State
from remote_tracker.records.estimate import Size
from remote_tracker.records.times import Taken
from remote_tracker.report import claimed
from remote_tracker.survey import Examined
from remote_tracker.survey.decision import Decision
from scan.trees import VIDEO, make_project, make_stage, put, units_of


class Looking:
    """A project with videos of one byte whose headers say what a test wants; each look is kept."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.says, self.read = root, 7, list[str]()
        monkeypatch.setattr(claimed, "read_claimed_frames", self._say)

    def _say(self, path: str, size: int) -> int:
        assert size == 1
        self.read.append(path.removeprefix(f"{self.root}/RawVideos/d/"))
        return self.says

    def look(self, done: int, listed: int, **keys: Any) -> tuple[list[Taken], list[Size]]:
        """Return what is looked up of so many finished and so many listed videos."""
        stage = make_stage(**keys)
        put(self.root, *(f"RawVideos/d/new{n:03d}.avi" for n in range(listed)))
        found = [Examined(unit, Decision(State.UNPROCESSED)) for unit in units_of(self.root, stage)]
        taken = [Taken(9, 1.0, f"d/old{n:03d}.avi") for n in range(done)]
        return claimed.look_up_frames(make_project(self.root, stage), stage, taken, found)


@pytest.fixture
def looking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Looking:
    """An empty project."""
    return Looking(tmp_path, monkeypatch)


def test_a_hundred_of_each_evenly_drawn(looking: Looking) -> None:
    """Of 250 finished and 150 listed videos a hundred each are read, from the first on; the others stay unknown."""
    taken, sizes = looking.look(250, 150)
    assert [name for name in looking.read if "old" in name] == [f"old{n * 250 // 100:03d}.avi" for n in range(100)]
    assert [name for name in looking.read if "new" in name] == [f"new{n * 150 // 100:03d}.avi" for n in range(100)]
    assert [one.frames for one in taken[:4]] == [7, None, 7, None]
    assert [size.frames for size in sizes[:4]] == [7, 7, None, 7]
    assert {size.measure for size in sizes} == {1.0}


def test_few_are_all_read(looking: Looking) -> None:
    """Two finished and three listed videos are all read."""
    looking.look(2, 3)
    assert looking.read == ["old000.avi", "old001.avi", "new000.avi", "new001.avi", "new002.avi"]


def test_headers_that_say_nothing_are_left(looking: Looking) -> None:
    """Where the first ten tell no number, no more are read, and no listed one is."""
    looking.says = 0
    looking.look(50, 3)
    assert len(looking.read) == claimed.ENOUGH


TWO = {"video": VIDEO, "sound": "RawVideos/{subdir}/{name}.wav"}


@pytest.mark.parametrize("keys", [{"inputs": TWO}, {"per": ("subdir",)}])
def test_several_files_a_task(looking: Looking, keys: dict[str, Any]) -> None:
    """Where a task reads several files, no header is read."""
    taken, sizes = looking.look(5, 3, **keys)
    assert looking.read == []
    assert {one.frames for one in taken} == {None}
    assert {size.frames for size in sizes} == {None}
