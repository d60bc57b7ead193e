"""What a list will take is said before it starts, from the records of the tasks that finished here."""

from __future__ import annotations

import os
import re

import pytest
from lab import Lab

CORES = f"{os.cpu_count()} core{'' if os.cpu_count() == 1 else 's'}"


def pretend(lab: Lab, seconds: int) -> None:
    """Let all tasks so far have taken so many seconds."""
    for log in lab.workspace.glob("batches/*/output.*"):
        log.write_text(re.sub(r" seconds=\d+ ", f" seconds={seconds} ", log.read_text()))
    for sealed in lab.workspace.glob("batches/*/records.tsv"):
        sealed.unlink()


@pytest.fixture
def begun(lab: Lab) -> Lab:
    """A project with two finished videos, which took ten minutes each, and three to do."""
    lab.videos(2)
    lab.go()
    pretend(lab, 600)
    for name in ("v3", "v4", "v5"):
        lab.video(f"d1/{name}.avi", "video 1")
    return lab


def test_the_scan_says_how_long(begun: Lab) -> None:
    """The line stands before the last, with the number of videos, the cores and of how many records it is made."""
    *_, line, last = begun.scan().out.splitlines()
    rounds = -(-3 // min(3, os.cpu_count() or 1))
    assert line == f"3 videos, about {10 * rounds} min on {CORES} (from 2 done)"
    assert last == "5 videos found. Next:  bash process_all.sh"


def test_submit_and_run_count_with_what_is_asked(begun: Lab) -> None:
    """With -j 1 three videos of ten minutes take half an hour; a task of another machine tells nothing."""
    assert "3 videos, about 30 min on 1 core (from 2 done)\n" in begun.rt("submit", "-j", "1").out
    begun.video("d1/v6.avi", "video 1")
    for log in begun.workspace.glob("batches/*/output.*"):
        log.write_text(log.read_text().replace(" job=local.", " job=slurm."))
    for sealed in begun.workspace.glob("batches/*/records.tsv"):
        sealed.unlink()
    assert " done)" not in begun.scan().out


def test_nothing_is_said_where_nothing_is_known(lab: Lab) -> None:
    """A first scan, and one that lists nothing, say nothing of time; short tasks take less than a minute."""
    lab.videos(2)
    assert " done)" not in lab.scan().out
    lab.process()
    assert " done)" not in lab.scan().out
    lab.video("d1/v3.avi")
    assert f"1 video, less than a minute on {CORES} (from 2 done)\n" in lab.scan().out


def test_what_was_made_with_the_same_parameters_counts_first(begun: Lab) -> None:
    """Records with the parameters of now are gone by alone, once there are any; until then those with others."""
    begun.tracker(
        params={"level": {"default": 1, "help": "x"}},
        command="cp {{ input.video }} {{ output.copy }}; : {{ params.level }}",
    )
    assert "min on" in begun.scan().out
    begun.process()
    begun.video("d1/v7.avi", "video 1")
    assert f"1 video, less than a minute on {CORES} (from 3 done)\n" in begun.scan().out
