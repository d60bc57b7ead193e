"""How fast tasks end, and when the rest will be done: told where enough tasks ended lately, else not at all."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from remote_tracker.model import Project
from remote_tracker.model.scheduling import Queue
from remote_tracker.report.rate import Ended, Rate, find_rate, reckon, tell_rate
from remote_tracker.report.situation import examine_all
from scan.trees import LONG_AGO, end_line, start_line, with_queue
from schedulers.fakes import make_slurm, pin_all

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)


def ends(*minutes_ago: float, seconds: int = 600) -> list[Ended]:
    """Return tasks that ended so many minutes ago, each after ``seconds``."""
    return [Ended(NOW.timestamp() - 60 * ago, seconds) for ago in minutes_ago]


def test_one_after_the_other() -> None:
    """Six tasks of ten minutes, one after the other, are six an hour; 12 that are left take two hours."""
    found = reckon(ends(50, 40, 30, 20, 10, 0), 12, NOW)
    assert found is not None
    assert (found.done, round(found.per_hour), found.ends) == (6, 6, NOW + timedelta(hours=2))


@pytest.mark.parametrize("minutes", range(0, 60, 7))
def test_side_by_side(minutes: int) -> None:
    """Ten tasks of an hour side by side are ten an hour, however long ago the last ten ended."""
    waves = [60 * wave + minutes for wave in range(5) for _ in range(10)]
    found = reckon(ends(*waves, seconds=3600), 10, NOW)
    assert found is not None
    assert round(found.per_hour) == 10


def test_what_stands_still_slows_down() -> None:
    """Where nothing has ended for far longer than a task takes, the time since counts."""
    busy, still = (reckon(ends(*(ago + since for ago in (4, 3, 2, 1)), seconds=60), 4, NOW) for since in (0, 30))
    assert busy is not None
    assert still is not None
    assert still.per_hour < busy.per_hour / 5


@pytest.mark.parametrize(
    "ended",
    [
        [],
        ends(2, 1),
        ends(600, 590, 580, 2, 1),  # all but two ended long ago
        ends(0, 0, 0, seconds=0),
        ends(-30, -30, -30, seconds=0),  # a clock that is ahead
    ],
)
def test_too_little_is_known(ended: list[Ended]) -> None:
    """Fewer than three ends lately, or ends that took no time, tell no rate."""
    assert reckon(ended, 9, NOW) is None


def test_nothing_is_left() -> None:
    """Where nothing is queued or running there is nothing to foretell."""
    assert reckon(ends(3, 2, 1), 0, NOW) is None


@pytest.mark.parametrize(
    ("per_hour", "hours", "said"),
    [
        (48.2, 5.7, "48 videos an hour, done about 17:42"),
        (1200, 0.5, "1,200 videos an hour, done about 12:30"),
        (2, 13, "2 videos an hour, done about tomorrow 01:00"),
        (1, 72, "24 videos a day, done about Sunday 12:00"),
        (0.05, 24 * 9, "less than 2 videos a day, done about 2026-01-10"),
        (0.05, None, "less than 2 videos a day"),
    ],
)
def test_what_is_said(per_hour: float, hours: float | None, said: str) -> None:
    """A rate is told an hour or a day, an end by its time, a later end by its day."""
    assert tell_rate(Rate(9, per_hour, 9, None if hours is None else NOW + timedelta(hours=hours), at=NOW)) == said


def lab(root: Path, ended: int, alive: bool = True, asked: bool = True) -> Project:
    """Return a project on a queue with a batch of ten, ``ended`` of them over after 9 s, some seconds apart."""
    project = make_slurm(root, videos=10)
    folder = pin_all(project)
    (folder / "submitted").write_text("slurm.7\n")
    for task in range(1, ended + 1):
        text = start_line(f"d/v{task:03d}.avi", task) + end_line(
            "finished" if task % 3 else "failed", int(task % 3 == 0)
        )
        log = folder / f"output.{task}"
        log.write_text(text.replace("T00:00:09+0000", f"T11:59:{task:02d}+0000"))
        os.utime(log, (LONG_AGO, LONG_AGO))  # its results have been seen by now
    tasks = frozenset(range(ended + 1, 11))
    return with_queue(project, Queue({"0001": tasks} if alive else {}, asked=asked))


def test_of_a_living_batch(tmp_path: Path) -> None:
    """The ends of a living batch, good or bad, tell the rate of what is still in the queue."""
    project = lab(tmp_path, 6)
    found = find_rate(project, examine_all(project), NOW)
    assert found is not None
    assert (found.done, found.left, found.counts) == (6, 4, "videos")


@pytest.mark.parametrize(("ended", "alive"), [(2, True), (9, False)])
def test_of_no_batch(tmp_path: Path, ended: int, alive: bool) -> None:
    """A batch with two ends, or one that has left the queue, tells none."""
    project = lab(tmp_path, ended, alive)
    assert find_rate(project, examine_all(project), NOW) is None


def test_where_the_queue_does_not_answer(tmp_path: Path) -> None:
    """Where the queue cannot be asked, a batch without all its ends counts as living, as on every screen."""
    project = lab(tmp_path, 6, alive=False, asked=False)
    found = find_rate(project, examine_all(project), NOW)
    assert found is not None
    assert found.left == 4


@pytest.mark.parametrize("at", ["", "2026-13-01T00:00:00+0000", "yesterday"])
def test_spoilt_times(tmp_path: Path, at: str) -> None:
    """An end whose time cannot be read counts for nothing."""
    project = lab(tmp_path, 6)
    for log in (tmp_path / "workspace/batches/0001").glob("output.*"):
        log.write_text(log.read_text().replace("# end 2026-01-01T11:59", f"# end {at}2026"))
    assert find_rate(project, examine_all(project), NOW) is None
