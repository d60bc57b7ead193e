"""What tasks used: by their records, and by accounting where it tells it; nothing is guessed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.measures.used import LAG_S, MOST_ASKED, TaskUse, read_memory, read_uses
from remote_tracker.model.scheduling import Used
from remote_tracker.records import Batch
from remote_tracker.records.sealed import render_sealed
from remote_tracker.tables.video_row import VideoRow
from schedulers.fakes import Programs, make_programs, make_slurm

from measures.test_waits import batch

ANSWER = (
    "39_1|COMPLETED|100||4G|01:00|2\n39_1.batch|COMPLETED|100|2048K||01:00|2\n"
    "39_2|RUNNING|100||4G|00:00|2\n39_2.batch|RUNNING|100|999K||00:00|2\n"
    "39_3|COMPLETED|5||4G|00:00|2\n"
)


def row(task: int, number: str = "0001", **keys: Any) -> VideoRow:
    """Return a video that a task made."""
    told = {"batch": number, "task": task, "node": "n1", "seconds": 100, **keys}
    return VideoRow("d", f"d/v{task}", "finished", **told)


def seal(made: Batch, age: float = LAG_S + 1) -> None:
    """Seal a batch so many seconds ago."""
    made.sealed_path.write_text(render_sealed([]))
    then = made.sealed_path.stat().st_mtime - age
    os.utime(made.sealed_path, (then, then))


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Slurm's programs; sacct tells of a task that ended, one that runs, and one whose memory it did not see."""
    made = make_programs(tmp_path / "bin", monkeypatch)
    made.say("sacct", ANSWER)
    return made


def test_memory_is_what_accounting_tells(tmp_path: Path, programs: Programs) -> None:
    """A task that ended has its memory in KiB; a task that runs, or of which nothing was seen, has none."""
    batch(tmp_path)
    found = read_uses(make_slurm(tmp_path), [row(1), row(2), row(3)])
    assert found.by_video["d/v1"] == TaskUse(100, 2048, 4 * 2**20, "n1")
    assert found.by_video["d/v2"] == found.by_video["d/v3"] == TaskUse(100, None, None, "n1")
    assert found.why_not == ""


def test_a_batch_that_is_over_is_asked_for_once(tmp_path: Path, programs: Programs) -> None:
    """What was told of an ended batch is kept; of a batch that runs, or ended just now, it is asked again."""
    made, project = batch(tmp_path), make_slurm(tmp_path)
    for sealed, asked in ((None, 1), (0.0, 2), (LAG_S + 1, 3), (LAG_S + 1, 3)):
        if sealed is not None:
            seal(made, sealed)
        assert read_uses(project, [row(1)]).by_video["d/v1"].memory_kib == 2048
        assert len(programs.calls("sacct")) == asked
    kept = tmp_path / "workspace/batches/used.track"
    for damaged in (b"{", b"[]", b'{"0001": 5}', b'{"0001": {"1": [2]}}', b'{"0001": {"1": ["a", 2]}}'):
        kept.write_bytes(damaged)
        assert read_uses(project, [row(1)]).by_video["d/v1"].memory_kib == 2048


def test_what_accounting_says_where_it_fails(tmp_path: Path, programs: Programs) -> None:
    """Accounting that does not answer is asked once, its words are told, and the records' numbers stand."""
    programs.say("sacct", err="Slurm accounting storage is disabled\n", code=1)
    for number in ("0001", "0002"):
        seal(batch(tmp_path, number=number))
    found = read_uses(make_slurm(tmp_path), [row(1), row(1, "0002")])
    assert found.by_video["d/v1"] == TaskUse(100, None, None, "n1")
    assert found.why_not == "Slurm accounting storage is disabled"
    assert len(programs.calls("sacct")) == 1


def test_not_all_batches_are_asked_for_at_once(tmp_path: Path, programs: Programs) -> None:
    """Of many batches the youngest are asked for, the others the next time."""
    numbers = [f"{at:04}" for at in range(1, MOST_ASKED + 3)]
    for number in numbers:
        seal(batch(tmp_path, number=number))
    project, rows = make_slurm(tmp_path), [row(1, number) for number in numbers]
    read_uses(project, rows)
    assert len(programs.calls("sacct")) == MOST_ASKED
    read_uses(project, rows)
    assert len(programs.calls("sacct")) == len(numbers)


def test_the_memory_of_a_job_of_several_tasks_is_no_tasks(tmp_path: Path, programs: Programs) -> None:
    """Tasks that shared a job have no memory of their own, and accounting is not asked."""
    batch(tmp_path, per_job=2)
    assert read_uses(make_slurm(tmp_path), [row(1)]).by_video["d/v1"].memory_kib is None
    assert programs.calls("sacct") == []


def test_without_a_queue(tmp_path: Path) -> None:
    """Tasks of this machine have their time; a result made elsewhere was made by no task."""
    batch(tmp_path, submitted="local.1\n")
    rows = [row(1), VideoRow("d", "d/elsewhere", "finished")]
    assert read_uses(make_slurm(tmp_path, scheduler="local"), rows).by_video == {"d/v1": TaskUse(100, None, None, "n1")}


def test_the_last_run_of_a_task_counts() -> None:
    """Where a task ran in two jobs, the run that accounting lists last is the one that made the result."""
    rows = [Used("7_1", "FAILED", 1, 10), Used("9_1", "COMPLETED", 1, 20, 30), Used("9_1.batch", "COMPLETED", 1, 99)]
    assert read_memory(rows) == {"1": (20, 30)}
