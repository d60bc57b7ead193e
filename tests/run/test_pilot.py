"""What a pilot used, from accounting that lags: empty at first, then half filled, or never filled at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import Project
from remote_tracker.records import read_record
from remote_tracker.run import pilot
from remote_tracker.run.pilot import Piloted, forecast, look_at
from remote_tracker.survey import survey_stage
from scan.trees import end_line, start_line
from schedulers.fakes import Programs, make_programs, make_slurm

TASK = "39_1|COMPLETED|61||1G|00:50.000|1\n"
BATCH = "39_1.batch|COMPLETED|61|204800K||00:50.000|1\n"
EXTERN = "39_1.extern|COMPLETED|61|1024K||00:00.001|1\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Programs that stand for Slurm's; the pilot looks at accounting without a pause."""
    monkeypatch.setattr(pilot, "ACCOUNTING_S", 0)
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with one video."""
    return make_slurm(tmp_path / "lab", videos=1)


def piloted(project: Project) -> Piloted:
    """Return what the pilot took, job 39."""
    (stage,) = project.tracker.stages
    (seen,) = survey_stage(project, stage).to_do
    record = read_record(start_line("d/v001.avi") + end_line(), "0001", 1)
    assert record
    return look_at(project, stage, seen, record, "39")


@pytest.mark.parametrize(
    "answers",
    [
        [TASK + BATCH + EXTERN],
        ["", TASK + BATCH],
        ["", "", TASK, TASK + BATCH],
        [TASK.replace("COMPLETED", "RUNNING"), TASK + BATCH],
        [TASK + BATCH.replace("204800K", ""), TASK + BATCH],
    ],
)
def test_accounting_that_lags(project: Project, programs: Programs, answers: list[str]) -> None:
    """While accounting knows nothing, or no memory yet, it is asked again; then the memory is that of the task."""
    programs.say("sacct", answers[0], "", 0, *answers[1:])
    used = piloted(project).used
    assert used
    assert used.memory_kib == 204800
    assert len(programs.calls("sacct")) == len(answers)


@pytest.mark.parametrize("answer", ["", TASK, TASK + BATCH.replace("204800K", "")])
def test_accounting_that_never_knows(
    project: Project, programs: Programs, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """Accounting that tells no memory in time is waited for no longer; the memory is not told, rather than as 0."""
    monkeypatch.setattr(pilot, "SETTLE_S", 0.05)
    programs.say("sacct", answer)
    (first, *_) = forecast(piloted(project), [1], 0)
    assert ", memory not told, " in first


def test_no_accounting_is_not_waited_for(project: Project, programs: Programs) -> None:
    """Where Slurm says that nobody counts, it is asked once."""
    programs.say("sacct", err="Slurm accounting storage is disabled\n", code=1)
    assert piloted(project).used is None
    assert len(programs.calls("sacct")) == 1
