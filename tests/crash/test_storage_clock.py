"""A clock that is set back: files from the future, seconds that run backwards. Nothing is lost, or believed too long.

No test can set the clock, so its traces are made: mtimes that lie ahead of it, and bash's own SECONDS, which follow the
clock, set to what a step back makes of them.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import pytest
from lab import LONG_AGO, Lab

HOUR = 3600


def put_ahead(*paths: Path, seconds: float = HOUR) -> None:
    """Let files have been written, by a clock that was set back since."""
    for path in paths:
        os.utime(path, (time.time() + seconds, time.time() + seconds))


def counting(lab: Lab) -> None:
    """Declare a tracker that counts its executions."""
    lab.tracker(command="echo {{ wildcards.name }} >> {{ project }}/runs; cp {{ input.video }} {{ output.copy }}")


def go_with_a_clock_set_back(lab: Lab) -> None:
    """Scan, then run the batch in a bash whose clock is set back by an hour behind the start of each task."""
    lab.scan()
    part = lab.batch(1) / "run_task.sh"
    text = part.read_text(encoding="utf-8")
    assert "\n  SECONDS=0\n" in text
    part.write_text(text.replace("\n  SECONDS=0\n", "\n  SECONDS=-3600\n"), encoding="utf-8")
    lab.process()


def runs(lab: Lab) -> list[str]:
    """Return which videos were processed, once an execution."""
    return sorted((lab.root / "runs").read_text().split())


@pytest.mark.parametrize(
    ("command", "counts"), [("cp {{ input.video }} {{ output.copy }}", "finished"), ("exit 4", "incomplete")]
)
def test_clock_set_back_in_a_task(lab: Lab, command: str, counts: str) -> None:
    """A task in whose midst the clock was set back has ended as it ended; it did not vanish."""
    lab.tracker(command=command)
    lab.videos(1)
    go_with_a_clock_set_back(lab)
    assert re.search(r"# end \S+ token=\S+ exit=\d seconds=-\d+ ", lab.log(1, 1))
    assert lab.counts() == {counts: 1}
    story = lab.rt("why", "v1").out
    assert "vanished" not in story
    assert ("exit code 4" in story) is (counts == "incomplete")


def test_task_without_results(lab: Lab) -> None:
    """Where its record is all that there is of a task, one with seconds that ran backwards is believed."""
    lab.tracker(output={}, command="echo {{ wildcards.name }} >> {{ project }}/runs")
    lab.videos(2)
    go_with_a_clock_set_back(lab)
    assert lab.counts() == {"finished": 2}
    assert runs(lab) == ["v1", "v2"]


def test_log_from_the_future(lab: Lab) -> None:
    """A task that vanished is not taken for running until the clock has come to the time of its log."""
    lab.videos(1)
    lab.go()
    log = lab.batch(1) / "output.1"
    log.write_text(log.read_text().partition("# end")[0])
    lab.result("d1/v1.txt").unlink()
    put_ahead(log)
    assert lab.counts() == {"incomplete": 1}


def test_all_of_it_from_the_future(lab: Lab) -> None:
    """What was finished before the clock was set back is finished."""
    counting(lab)
    lab.videos(2)
    lab.go()
    put_ahead(*(path for top in ("Results", "workspace") for path in (lab.root / top).rglob("*")))
    assert lab.counts() == {"finished": 2}
    assert lab.counts() == {"finished": 2}
    assert runs(lab) == ["v1", "v2"]


def test_video_from_the_future(lab: Lab) -> None:
    """A video of tomorrow, from a camera whose clock is wrong, is processed once."""
    counting(lab)
    lab.video("d1/v1.avi", age=int(time.time()) + 24 * HOUR - LONG_AGO)
    assert lab.go().code == 0
    assert lab.counts() == {"finished": 1}
    assert runs(lab) == ["v1"]


@pytest.mark.parametrize("ahead", [HOUR, 1.0])
def test_video_replaced_after_the_clock_was_set_back(lab: Lab, ahead: float) -> None:
    """An old result that seems younger than the list, and than its new video, is not taken for the new one's."""
    counting(lab)
    lab.video("d1/v1.avi", "the old one")
    lab.go()
    lab.video("d1/v1.avi", "the new one", age=60)
    put_ahead(lab.result("d1/v1.txt"), seconds=ahead)
    assert lab.go().code == 0
    assert lab.result("d1/v1.txt").read_text() == "the new one"
    assert runs(lab) == ["v1", "v1"]
    assert lab.counts() == {"finished": 1}


def test_redo_after_the_clock_was_set_back(lab: Lab) -> None:
    """A redo forgives what happened before it, whatever the clock says of when that was."""
    lab.settings(attempts=1)
    lab.tracker(command="exit 3")
    lab.videos(1)
    lab.go()
    put_ahead(*lab.batch(1).iterdir())
    assert lab.counts() == {"set aside": 1}
    assert lab.rt("redo", "v1").code == 0
    assert lab.counts() == {"unprocessed": 1}
