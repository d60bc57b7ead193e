"""What runs and does nothing is named."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from lab import LONG_AGO, Lab, wait_for

WAIT = (
    "echo begun; touch {{ work }}/begun; until test -e go; do sleep 0.1; done; cp {{ input.video }} {{ output.copy }}"
)


def age(path: Path) -> None:
    """Make a file look as if it was written long ago."""
    os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def running(lab: Lab) -> Lab:
    """A project with one task that runs."""
    lab.tracker(command=WAIT)
    lab.videos(1)
    lab.scan()
    lab.start("bash", "process_all.sh")
    wait_for(lambda: list(lab.root.glob("Results/.work/*/begun")), "the task's first file")
    return lab


def test_growing(running: Lab) -> None:
    """A task that wrote something a moment ago does not stand still."""
    assert "nothing of it grows" not in running.rt("status").out


@pytest.mark.parametrize("grows", ["", "log", "work"])
def test_standing_still(running: Lab, grows: str) -> None:
    """Where neither log nor work folder grew for long, status says so, and for how long."""
    (begun,) = running.root.glob("Results/.work/*/begun")
    log = running.batch(1) / "output.1"
    for path in (begun, begun.parent, log):
        age(path)
    if grows:
        (begun if grows == "work" else log).touch()
    out = running.rt("status").out
    assert ("Running, but nothing of it grows:" in out) == (not grows)
    if not grows:
        hours = int(time.time() - LONG_AGO) // 3600
        assert f"  d1/v1.avi: no word and no byte for {hours}:" in out
        assert "./rt logs d1/v1.avi" in out


@pytest.mark.parametrize("value", ["0", "999999:00:00"])
def test_how_long(running: Lab, value: str) -> None:
    """How long is too long stands in project.yml; 0 is never."""
    (begun,) = running.root.glob("Results/.work/*/begun")
    for path in (begun, begun.parent, running.batch(1) / "output.1"):
        age(path)
    running.settings(stalled_after=value)
    assert "nothing of it grows" not in running.rt("status").out


def test_no_time(lab: Lab) -> None:
    """A time that is none is refused, with the key and the line."""
    lab.settings(stalled_after="soon")
    assert 'project.yml line 4: "stalled_after" must be a time as 2:00:00, or 0' in lab.rt("status").err
