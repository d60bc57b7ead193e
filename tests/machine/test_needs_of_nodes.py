"""A need that only machines that run tasks must meet, as a GPU: which machine is asked, and what is said otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.doctor import examine
from remote_tracker.errors import RemoteTrackerError
from remote_tracker.machine.probe import needs_here, require_needs
from remote_tracker.model import Need, Project
from scan.trees import make_project
from schedulers.fakes import make_programs, make_slurm

GPU = Need("echo asked >>{{ project }}/asked; false", "bring a GPU", on_node=True)
PROGRAM = Need("test {{ params.device }} = cuda", "install it")


def lab(root: Path, queue: bool) -> Project:
    """Return a project whose tracker needs a program everywhere and a GPU where tasks run."""
    project = make_slurm(root) if queue else make_project(root)
    tracker = replace(project.tracker, needs=(PROGRAM, GPU), params={"device": "cuda"})
    return replace(project, tracker=tracker)


def test_here_where_tasks_run(tmp_path: Path) -> None:
    """Without a queue this machine runs the tasks: where it lacks the GPU a scan lists nothing, and says what to do."""
    project = lab(tmp_path / "lab", queue=False)
    with pytest.raises(RemoteTrackerError, match="bring a GPU"):
        require_needs(project)
    shown, wrong = examine(project)
    assert '  has NOT  echo asked >>"$project"/asked; false' in shown
    assert any("bring a GPU" in line for line in wrong)


def test_not_on_a_login_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a queue this machine is not asked: a scan lists, the doctor says that it was not seen, and how to ask."""
    make_programs(tmp_path / "bin", monkeypatch).say("sinfo", "cpu*|up|infinite|8|4000|(null)|2\n")
    project = lab(tmp_path / "lab", queue=True)
    require_needs(project)
    shown, wrong = examine(project)
    assert wrong == []
    assert not (project.root / "asked").exists()
    assert "  has      test cuda = cuda" in shown
    assert '  unseen   echo asked >>"$project"/asked; false  (only nodes need it: ./rt doctor --on-node)' in shown


def test_asked_anew_where_tasks_run_here_from_now_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a login node met does not count once the cluster is this machine."""
    make_programs(tmp_path / "bin", monkeypatch)
    queued = lab(tmp_path / "lab", queue=True)
    require_needs(queued)
    require_needs(queued)
    here = replace(queued, cluster=make_project(tmp_path / "other").cluster)
    assert [need.help for need in needs_here(here)] == ["install it", "bring a GPU"]
    with pytest.raises(RemoteTrackerError, match="bring a GPU"):
        require_needs(here)
