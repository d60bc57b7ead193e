"""The live screen is kind to the queue: one question a look for all stages, and looks 30 seconds apart at least."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.cli import watch
from remote_tracker.model.scheduling import Queue
from remote_tracker.run import watch as drawing
from remote_tracker.schedulers import snapshot
from scan.trees import put, with_queue
from schedulers.fakes import COPY, MEASURE, make_programs, make_slurm, pin_all


def test_one_question_for_all_stages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look asks squeue once, however many stages have lists that live, and however long it takes."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    monkeypatch.setattr(snapshot, "SNAPSHOT_S", -1.0)  # as if there were long between the stages
    monkeypatch.setattr(snapshot, "_kept", [])
    snapshot.keep_answers(29.0)
    project = make_slurm(tmp_path / "lab", COPY, MEASURE, videos=2)
    put(project.root, "Results/d/v001_tracks.csv", "Results/d/v002_tracks.csv")
    for stage in project.tracker.stages:
        (pin_all(project, stage) / "submitted").write_text("slurm.7\n")
    found = watch._examine(project)
    assert len(programs.calls("squeue")) == 1
    assert [survey.stage.name for survey, _ in found] == ["track", "measure"]


@pytest.mark.parametrize(("has_queue", "every_s"), [(True, 30.0), (False, 5.0)])
def test_how_often(has_queue: bool, every_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a queue is asked 30 seconds pass between looks, else 5."""
    said: list[float] = []

    def record(look: Callable[[], Sequence[str]], every_s: float) -> Sequence[str]:
        said.append(every_s)
        return look()

    monkeypatch.setattr(snapshot, "_kept", [])
    project = make_slurm(tmp_path, scheduler="slurm" if has_queue else "local")
    project = with_queue(project, Queue())
    monkeypatch.setattr(watch, "is_steerable", lambda: True)
    monkeypatch.setattr(watch, "load_project", lambda root: project)
    monkeypatch.setattr(watch, "watch", record)
    assert watch.watch_status(project) == 0
    assert said == [every_s]


def test_a_look_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a look that took long the pause is ten times as long as the look: files cost as much as it has to be."""
    clock, pauses = [0.0], list[float]()

    def look() -> Sequence[str]:
        clock[0] += 40.0
        return ["a", "b"]

    def show(_live: Any, _frame: Any, until: float, _rest: Any) -> None:
        pauses.append(until - clock[0])
        raise KeyboardInterrupt

    monkeypatch.setattr(drawing.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(drawing, "_show", show)
    monkeypatch.setattr(drawing, "_draw", lambda *_: None)
    assert drawing.watch(look, 30.0) == ["a", "b"]
    assert pauses == [400.0]
