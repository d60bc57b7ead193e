"""How many threads a tracker's libraries may start: as many as the task has cores, unless somebody said otherwise."""

from __future__ import annotations

import os

import pytest
from lab import Lab
from remote_tracker.run.local_runner import cores_of_each

SAY = "echo ${OMP_NUM_THREADS-none} >{{ output.copy }}"


def threads(lab: Lab, number: int = 1) -> str:
    """Return what a task's program saw."""
    return lab.result(f"d1/v{number}.txt").read_text().strip()


def listed(lab: Lab, videos: int = 1, **keys: str) -> None:
    """List videos for a program that says how many threads it is told."""
    lab.tracker(**{"command": SAY, **keys})  # type: ignore[arg-type]
    lab.videos(videos)
    lab.scan()


@pytest.mark.parametrize(
    ("job", "told"),
    [
        ({"SLURM_CPUS_PER_TASK": "4", "SLURM_CPUS_ON_NODE": "8"}, "4"),
        ({"SLURM_CPUS_ON_NODE": "8"}, "8"),
        ({"NCPUS": "2", "OMP_NUM_THREADS": "2"}, "2"),
        ({"NSLOTS": "3"}, "3"),
        ({"LSB_DJOB_NUMPROC": "5"}, "5"),
        ({"SLURM_CPUS_PER_TASK": "many"}, "none"),
        ({}, "none"),
        ({"NSLOTS": "3", "OMP_NUM_THREADS": "7"}, "7"),
    ],
)
def test_the_cores_that_the_scheduler_gave(lab: Lab, job: dict[str, str], told: str) -> None:
    """A task is told the cores of its job, by each scheduler's own word; what was set for the job stays."""
    listed(lab)
    assert lab.task(1, 1, **job).code == 0
    assert threads(lab) == told


def test_a_plain_program_is_told_too(lab: Lab) -> None:
    """A program that takes the place of the task's shell sees the same."""
    program = lab.root / "say.sh"
    program.write_text('#!/bin/sh\necho "$OMP_NUM_THREADS" >"$1"\n')
    program.chmod(0o755)
    listed(lab, command="{{ project }}/say.sh {{ output.copy }}")
    assert lab.task(1, 1, NSLOTS="3").code == 0
    assert threads(lab) == "3"


def test_what_activate_says_holds(lab: Lab) -> None:
    """What activate.sh exports is what the tracker gets."""
    lab.activate("export OMP_NUM_THREADS=1\n")
    listed(lab)
    assert lab.task(1, 1, NSLOTS="3").code == 0
    assert threads(lab) == "1"


def test_tasks_beside_each_other_share(lab: Lab) -> None:
    """Tasks of one job side by side share its cores, also where PBS told the job all of them; each has one or more."""
    listed(lab, 3)
    job = {"RT_JOB": "pbs.7", "RT_BESIDE": "yes", "NCPUS": "7", "OMP_NUM_THREADS": "7"}
    assert lab.run("bash", "batches/0001/run_task.sh", "1", "1+3", **job).code == 0
    assert {threads(lab, number) for number in (1, 2, 3)} == {"2"}


def test_a_workflow_is_told_nothing(lab: Lab) -> None:
    """The controller of a workflow has a core; the rules that it starts here have their own."""
    listed(lab)
    lab.share(1, lab.shared(1) + "rules=yes\n")
    assert lab.task(1, 1, NSLOTS="1").code == 0
    assert threads(lab) == "none"


def test_without_a_scheduler_the_machine_is_shared(lab: Lab) -> None:
    """Tasks on this machine share its cores: a single task has all, as many as there are cores have one each."""
    cores = len(os.sched_getaffinity(0))
    listed(lab, 1)
    lab.process()
    assert threads(lab) == str(cores)
    assert [cores_of_each(beside) for beside in (1, cores, 10 * cores)] == [cores, 1, 1]
