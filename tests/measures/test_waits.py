"""How long jobs waited in the queue: told where it is known, never guessed."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from pathlib import Path

import pytest
from remote_tracker.measures.waits import Wait, find_waits, read_waits
from remote_tracker.model import Record
from remote_tracker.records import Batch
from remote_tracker.records.sealed import render_sealed
from schedulers.fakes import make_slurm

SUBMITTED = datetime(2026, 1, 31, 12, tzinfo=timezone.utc).timestamp()


def record(task: int, at: str, seconds: int = 10, job: str = "slurm.39") -> Record:
    """Return the record of a task that ended at a time of 31 January."""
    when = f"2026-01-31T{at}" if at else ""
    return Record(f"v{task}", "0001", task, "n1", 0, job, "", "p", 0, seconds, "finished", "", at=when)


def batch(root: Path, per_job: int = 1, number: str = "0001", submitted: str = "slurm.39\n") -> Batch:
    """Return a batch that was submitted at noon, in UTC."""
    folder = root / "workspace/batches" / number
    folder.mkdir(parents=True)
    (folder / "batch.yml").write_text(f"stage: track\nper_job: {per_job}\ntasks: 9\n")
    (folder / "submitted").write_text(submitted)
    os.utime(folder / "submitted", (SUBMITTED, SUBMITTED))
    return Batch(str(folder))


def test_a_wait_is_from_the_submission_to_the_start(tmp_path: Path) -> None:
    """Sent at 12:00 in London, begun at 13:01 in Paris: a minute. Clocks may differ by a minute, not by more."""
    made = batch(tmp_path)
    records = [record(1, "13:02:00+0100", 60), record(2, "12:05:00+0000", 60), record(3, "11:59:30+0000", 0)]
    assert find_waits(SUBMITTED, records, made) == [60.0, 240.0, 0.0]
    assert find_waits(SUBMITTED, [record(1, "11:50:00+0000", 0)], made) == []


@pytest.mark.parametrize("at", ["", "noon", "12:00"])
def test_an_end_that_is_not_known(tmp_path: Path, at: str) -> None:
    """Of a task whose record does not say when it ended, no wait is known."""
    assert find_waits(SUBMITTED, [record(1, at)], batch(tmp_path)) == []


def test_a_job_of_several_tasks_waited_once(tmp_path: Path) -> None:
    """Of tasks 1 to 3 in a job, and 4 in another, the first of each tells how long the job waited."""
    ends = {1: "12:02:00+0000", 2: "12:05:00+0000", 3: "12:09:00+0000", 4: "12:10:00+0000"}
    records = [record(task, at, 60) for task, at in ends.items()]
    assert find_waits(SUBMITTED, records, batch(tmp_path, per_job=3)) == [60.0, 540.0]


def test_the_batches_of_a_project(tmp_path: Path) -> None:
    """Each batch that was submitted has a line; what ran by hand, or was never submitted, has none."""
    project = make_slurm(tmp_path)
    first, second = batch(tmp_path), batch(tmp_path, number="0002")
    third = batch(tmp_path, number="0003")
    third.submissions_path.unlink()
    told = [record(1, "12:01:00+0000"), record(2, "12:02:00+0000"), record(3, "12:06:00+0000")]
    for one in (first, third):
        one.sealed_path.write_text(render_sealed(told))
    second.sealed_path.write_text(render_sealed([record(1, "12:01:00+0000", job="by-hand")]))
    assert read_waits(project) == (Wait("track", "0001", 3, 110.0, 350.0),)


def test_without_a_queue_nothing_waits(tmp_path: Path) -> None:
    """On a machine without a scheduler no job waits."""
    batch(tmp_path)
    assert read_waits(make_slurm(tmp_path, scheduler="local")) == ()
