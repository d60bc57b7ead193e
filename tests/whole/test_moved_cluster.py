"""A project that goes on on another machine: what it did on a cluster's queue stands, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import SMALL_PATH, Lab
from schedulers.fakes import Programs


@pytest.fixture
def slurm_path(tmp_path: Path) -> str:
    """A PATH where Slurm's programs come first: an empty queue, a sbatch that gives job 39."""
    programs = Programs(tmp_path / "programs")
    for name, says in (("squeue", ""), ("sbatch", "39\n"), ("scontrol", "MaxArraySize = 1001\n"), ("sacct", "")):
        programs.say(name, says)
    programs.say("sacctmgr", code=1)
    return f"{programs.folder}:{SMALL_PATH}"


@pytest.fixture
def halted(lab: Lab, slurm_path: str) -> Lab:
    """A project on Slurm whose only batch halted itself: five of its six tasks failed in a row on one node."""
    lab.tracker(command="echo no light; exit 3")
    lab.videos(6)
    lab.settings(cluster="slurm")
    assert lab.rt("submit", PATH=slurm_path).code == 0
    for task in range(1, 6):
        assert lab.task(1, task, RT_JOB="slurm.39").code != 0
    assert (lab.batch(1) / "halted").exists()
    return lab


def test_on_the_queue(halted: Lab, slurm_path: str) -> None:
    """On the cluster a scan tells of the node, and how to submit without it."""
    ran = halted.scan(PATH=slurm_path)
    assert ran.code == 0
    assert "tiny_project on slurm (" in ran.out
    assert "Batch 0001 halted itself: node " in ran.out
    assert "If it is the node:  ./rt submit --exclude " in ran.out.replace("../rt", "./rt")


def test_on_this_machine(halted: Lab) -> None:
    """Where tasks run on this machine a scan tells of the node, and offers nothing that only a queue could do."""
    halted.settings(cluster="local")
    ran = halted.scan()
    assert (ran.code, ran.err) == (0, "")
    assert "tiny_project on local (" in ran.out
    assert ", no scheduler)" in ran.out
    assert "Batch 0001 halted itself: node " in ran.out
    assert "failed 5 tasks in a row: " in ran.out
    assert "--exclude" not in ran.out
    assert ran.out.splitlines()[-1] == "6 videos found. Next:  bash process_all.sh"
