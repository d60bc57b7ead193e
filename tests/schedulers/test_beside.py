"""Several tasks of a list on one GPU: what each scheduler's job script asks for, and hands on."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from remote_tracker.batches.job_script import array_of, make_script
from remote_tracker.model import Resources
from remote_tracker.records import Batch

from schedulers.fakes import COPY, make_slurm, pin_all, script_of

GPU = replace(COPY, resources=Resources(cpus=4, memory="12G", walltime="1:00:00", gpus="1"))
ALL = ("slurm", "pbs", "sge", "lsf")


@pytest.mark.parametrize("scheduler", ALL)
def test_the_job_says_that_its_tasks_run_side_by_side(tmp_path: Path, scheduler: str) -> None:
    """The lines that a scan fills in make every third task a job, which hands on how many run at once."""
    project = replace(make_slurm(tmp_path, GPU, scheduler=scheduler, videos=7), per_gpu=3)
    number = pin_all(project).name
    text = script_of(project, number, 7)
    assert "\nper_job=3\nexport RT_BESIDE=yes\n" in text
    assert "1-7:3" in text
    assert subprocess.run(["bash", "-n"], input=text.encode(), check=False).returncode == 0


@pytest.mark.parametrize("scheduler", ALL)
@pytest.mark.parametrize(("stage", "per_gpu"), [(COPY, 3), (GPU, 1)])
def test_without_a_gpu_nothing_changes(tmp_path: Path, scheduler: str, stage: object, per_gpu: int) -> None:
    """A task that asks for no GPU is packed as the cluster's file says, and so is each where per_gpu is 1."""
    project = make_slurm(tmp_path, stage, scheduler=scheduler, videos=7, tasks_per_job=2)  # type: ignore[arg-type]
    project = replace(project, per_gpu=per_gpu)
    text = script_of(project, pin_all(project).name, 7)
    assert "RT_BESIDE" not in text
    assert "\nper_job=2\n" in text


def test_one_gpu_and_as_much_of_the_rest_for_each(tmp_path: Path) -> None:
    """The job of three tasks asks for one GPU, and for three times the cores and the memory of a task."""
    project = replace(make_slurm(tmp_path, GPU), per_gpu=3)
    text = make_script(project, GPU).read_text()
    assert "--gres=gpu:1\n" in text
    assert "--cpus-per-task=12\n" in text
    assert "--mem=36G\n" in text


def test_a_list_keeps_how_it_was_packed(tmp_path: Path) -> None:
    """A list with fewer on a GPU is sent as it was made, whatever project.yml says; one alone has no task beside it."""
    project = replace(make_slurm(tmp_path, GPU, videos=7), per_gpu=3)
    for fewer in (2, 1):
        batch = Batch(str(pin_all(replace(project, per_gpu=fewer))))
        array = array_of(project, GPU, batch.number, 7, batch.per_job)
        assert (array.per_job, array.beside) == (fewer, fewer > 1)
