"""A poor Slurm: no accounting, memory limited by polling, arrays of ten tasks at most. What can be told is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_lab import FILL, GATE
from lab import Lab, wait_for
from slurm_lab import SlurmLab, on_slurm


@pytest.fixture
def lab(poor_slurm: Path, plain_lab: Lab) -> Iterator[SlurmLab]:
    """A project on the poor Slurm."""
    yield from on_slurm(poor_slurm, plain_lab)


def test_from_a_scan_to_zero(lab: SlurmLab) -> None:
    """Without accounting, too, what is in the queue is not listed again, and at the end nothing is to do."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    lab.submit(at_once=1)
    lab.wait_for_running(1)
    assert lab.counts() == {"running": 1, "queued": 2}
    lab.open_gate()
    lab.wait_until_empty()
    assert lab.ledger() == lab.once()
    assert "0\tTotal files to be processed." in lab.scan().out


def test_out_of_memory_by_polling(lab: SlurmLab) -> None:
    """What Slurm kills by polling is FAILED to it, and out of memory to us; a retry asks for twice as much."""
    lab.work(FILL, resources={"memory": "120M", "walltime": "0:10:00"})
    lab.videos(2)
    lab.scan()
    job = lab.process_and_wait()
    assert re.search(r"slurmstepd\S* error: .*exceeded memory limit .*being killed", lab.log(1, 1)), lab.log(1, 1)
    assert "OUT_OF_MEMORY" not in lab.command("scontrol", "show", "job", job)
    assert "JobState=FAILED" in lab.command("scontrol", "show", "job", f"{job}_1")
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert re.search(r"d1/v1\.avi: failed[^:\n]*: out of memory", lab.rt("status", "--failures").out)
    assert "Asking for memory 240M." in lab.rt("retry").out
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 2}


def test_usage_is_not_counted(lab: SlurmLab) -> None:
    """Where nobody counts what jobs use, status --usage says so in Slurm's words, in one line, and does not fail."""
    lab.videos(1)
    lab.scan()
    lab.process_and_wait()
    ran = lab.rt("status", "--usage")
    assert ran.code == 0, ran
    assert ran.out.splitlines().count("copy, batch 0001: Slurm accounting storage is disabled") == 1, ran.out
    assert not ran.err


def test_a_pilot_whose_memory_nobody_counted(lab: SlurmLab) -> None:
    """A pilot tells its time and what it wrote, and that its memory is not told; it waits for no accounting."""
    lab.videos(3)
    ran = lab.run("./rt", "submit", "--pilot", folder="", seconds=15)
    assert ran.code == 0, ran
    assert re.search(r"^The pilot \(d1/v2\.avi\) took \d+ s, memory not told, wrote 0\.0 MB\.$", ran.out, re.MULTILINE)
    assert re.search(r"^All 3: about \d+ s of one task's time", ran.out, re.MULTILINE), ran.out
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 1, "unprocessed": 2}


def test_cancel(lab: SlurmLab) -> None:
    """./rt cancel takes out what runs and what is pending; all of it is to do again and nothing failed."""
    lab.work(GATE)
    lab.videos(3)
    lab.scan()
    lab.submit(at_once=1)
    lab.wait_for_running(1)
    assert lab.rt("cancel").out.startswith("3 tasks cancelled."), lab.queue()
    lab.wait_until_empty()
    wait_for(lambda: lab.counts() == {"unprocessed": 3}, "all to do again", 30)
    assert not lab.made()


def test_doctor(lab: SlurmLab) -> None:
    """Doctor shows the one partition and how short a list must be, and finds nothing wrong."""
    ran = lab.rt("doctor")
    assert ran.code == 0, ran
    assert re.search(r"^ *main\* +up +2-00:00:00 +4 ", ran.out, re.MULTILINE), ran.out
    assert "A new list may hold 10 tasks now (MaxArraySize 11).\n" in ran.out


def test_submit_lists_no_more_than_an_array_may_hold(lab: SlurmLab) -> None:
    """Of 12 videos ./rt submit sends the ten that an array may hold here, and the next one the other two."""
    lab.videos(12)
    first = lab.submitted("submit")
    assert len(first) == 1
    assert (lab.batch(1) / "names.txt").read_text().count("\n") == 10
    lab.submitted("submit")
    lab.wait_until_empty()
    assert lab.counts() == {"finished": 12}
