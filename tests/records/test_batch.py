"""A batch as its folder tells of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import Stage
from remote_tracker.model.scheduling import task_of_log
from remote_tracker.records import Batch, BatchesFolder, makes_of
from scan.trees import make_stage

STAGE = make_stage()


@pytest.fixture
def batch(tmp_path: Path) -> Batch:
    """Return a batch of two tasks, the only one below its stage's folder."""
    folder = tmp_path / "batches" / "0001"
    folder.mkdir(parents=True)
    (folder / "batch.yml").write_text(f"stage: {STAGE.name}\nmakes: {makes_of(STAGE)}\nper_job: 4\nlisting: 1a-2b\n")
    (folder / "names.txt").write_text("d/a.avi\nd/b.avi\n")
    return BatchesFolder(tmp_path).find(STAGE.name)[0]


def test_described_once(batch: Batch) -> None:
    """What batch.yml says is read once: a scan of thousands of batches asks for it several times."""
    (batch.folder / "batch.yml").unlink()
    assert (batch.stage, batch.makes, batch.per_job) == (STAGE.name, {makes_of(STAGE)}, 4)
    assert batch.listing == "1a-2b"
    assert not batch.is_listed


def test_nothing_is_said(tmp_path: Path) -> None:
    """A folder without a batch.yml is of no stage, and makes nothing that is known."""
    batch = Batch(str(tmp_path))
    assert (batch.stage, batch.makes, batch.per_job, batch.listing) == ("", frozenset(), 1, "")


@pytest.mark.parametrize(
    ("name", "task"),
    [("output.1", 1), ("output.10", 10), ("output.", None), ("output.x", None), ("output.1.2", None), ("1", None)],
)
def test_task_of_log(name: str, task: int | None) -> None:
    """A log is known by its name; a file called otherwise is none."""
    assert task_of_log(name) == task


@pytest.mark.parametrize("name", ["owner", "submitted", "gone", "output.7"])
def test_has_run(batch: Batch, name: str) -> None:
    """A batch has run once somebody took it, sent it, gave it up, or ran a task of it; that is seen at once."""
    assert not batch.has_run
    (batch.folder / name).touch()
    assert batch.has_run


@pytest.mark.parametrize(("text", "halt"), [("node=n1 why=a disk\n", ("n1", "a disk")), ("", None), ("node=n1", None)])
def test_halt(batch: Batch, text: str, halt: tuple[str, str] | None) -> None:
    """A batch that halted itself says where and why; half a line says nothing."""
    (batch.folder / "halted").write_text(text)
    assert batch.halt == halt


def test_remembered_by_stage(tmp_path: Path) -> None:
    """What is remembered stands beside the batches, each stage's by itself."""
    other: Stage = make_stage(name="other")
    place = BatchesFolder(tmp_path)
    assert place.remembered("proven", STAGE) == tmp_path / "batches" / f"proven.{STAGE.name}"
    assert place.remembered("proven", STAGE) != place.remembered("proven", other)
