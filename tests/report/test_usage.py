"""What tasks used, and what those that run use just now: Slurm's answers read, and told in a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import Project
from remote_tracker.report.usage import usage_lines
from remote_tracker.schedulers import slurm
from schedulers.fakes import Programs, make_programs, make_slurm, pin_all

# As a real Slurm 22.05 prints them: squeue -O pads, sstat names steps by the raw id of a task.
RUNNING = (
    "30805               30804               1                   1:00:09             1         N/A    "
    "cpu=1,mem=100M,node=1,billing=1\n"
    "30806               30804               2                   0:20                2         gres:gpu:1 "
    "cpu=2,mem=1G,node=1,billing=1,gres/gpu=1\n"
)
STEPS = "30806.batch|512000K|00:00:10\n30805.batch|54356K|01:00:00\n30806.0|0|00:00:00\n"
CARD = "43, 11204, 40960\n"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return programs that stand for Slurm's, and tell of two tasks that run, one with a GPU."""
    programs = make_programs(tmp_path / "bin", monkeypatch)
    programs.say("squeue", RUNNING)
    programs.say("sstat", STEPS)
    programs.say("srun", CARD)
    programs.say("sacct", "")
    return programs


@pytest.fixture
def project(tmp_path: Path, programs: Programs) -> Project:
    """Return a project whose batch was submitted as job 30804."""
    made = make_slurm(tmp_path / "lab", videos=4)
    (pin_all(made) / "submitted").write_text("slurm.30804\n")
    return made


def lines(project: Project) -> list[str]:
    """Return what is told, without the stage and the batch."""
    return [line.removeprefix("track, batch 0001: ") for line in usage_lines(project)]


def test_running(project: Project) -> None:
    """Of what runs: the most memory of what was asked for, how busy its cores are, and its GPU."""
    assert lines(project) == [
        "2 run now; memory at most 500 of 1,024 MB; 99% of their cores busy"
        "; 1 GPU looked at: 43% busy, memory at most 11,204 of 40,960 MB"
    ]


def test_asked_once(programs: Programs, project: Project) -> None:
    """All tasks are asked about in one call of each command; a GPU in its own job, and only where there is one."""
    lines(project)
    assert [len(programs.calls(name)) for name in ("squeue", "sstat", "srun", "sacct")] == [1, 1, 1, 1]
    assert "30805,30806" in programs.calls("sstat")[0]
    assert "--jobid=30806" in programs.calls("srun")[0]


def test_several_cards(programs: Programs, project: Project) -> None:
    """A job with several GPUs tells how busy they are on the average."""
    programs.say("srun", "40, 100, 40960\n60, 300, 40960\n")
    assert lines(project)[0].endswith("; 2 GPUs looked at: 50% busy, memory at most 300 of 40,960 MB")


@pytest.mark.parametrize(
    "said", ["", "[N/A], 11204, 40960\n", "No devices were found\n", "Failed to initialize NVML\n"]
)
def test_no_word_of_a_gpu(programs: Programs, project: Project, said: str) -> None:
    """What nvidia-smi cannot tell is left out."""
    programs.say("srun", said, "srun: error: Unable to create step\n", 1)
    assert "GPU" not in lines(project)[0]


def test_kind_to_the_nodes(programs: Programs, project: Project) -> None:
    """Of a thousand running tasks no more are asked about than one call may hold, and of GPUs a few."""
    one = "{} 30804 {} 0:20 1 gres:gpu:1 cpu=1,mem=1G,gres/gpu=1\n"
    programs.say("squeue", "".join(one.format(40000 + n, n) for n in range(1, 1001)))
    lines(project)
    (asked,) = programs.calls("sstat")
    assert len(max(asked, key=len).split(",")) == slurm.usage.MOST
    assert len(programs.calls("srun")) == slurm.usage.MOST_GPUS


def test_run_and_running(programs: Programs, project: Project) -> None:
    """What has ended is told beside what still runs, each task once."""
    programs.say(
        "sacct", "30804_1|RUNNING|9||1G|0|1\n30804_[4-9]|PENDING|0||1G|0|1\n30804_3|COMPLETED|61|51200K|1G|00:30|1\n"
    )
    assert lines(project)[1:] == [
        "1 task ended; time 61 s (median), 61 s (longest); memory at most 50 of 1,024 MB; 49% of their cores busy"
    ]


def test_jobs_of_several_tasks(tmp_path: Path, programs: Programs) -> None:
    """Where a job takes several tasks, tasks are counted as tasks, and times and memory are said to be a job's."""
    project = make_slurm(tmp_path / "packed", videos=10, tasks_per_job=4)
    (pin_all(project) / "submitted").write_text("slurm.30804\n")
    programs.say("squeue", RUNNING.replace("30804               2 ", "30804               9 "))
    row = "30804_{}|COMPLETED|61|51200K|1G|00:30|1\n"
    programs.say("sacct", row.format(5) + row.format(9))
    now, ended = lines(project)
    assert now.startswith("2 jobs with 6 tasks run now; memory at most")
    assert ended.startswith("2 jobs with 6 tasks ended; time 61 s (median)")


def test_what_is_not_told_is_said_once(programs: Programs, project: Project) -> None:
    """A scheduler that does not answer either question is complained of in one line."""
    down = "Unable to contact slurm controller (connect failure)\n"
    programs.say("squeue", err=down, code=1)
    programs.say("sacct", err=down, code=1)
    assert lines(project) == [down.strip()]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("slurm_load_jobs error: Invalid job id specified\n", []),
        ("slurm_load_jobs error: Unable to contact slurm controller\n", ["slurm_load_jobs error: Unable to contact"]),
    ],
)
def test_nothing_runs(programs: Programs, project: Project, said: str, told: list[str]) -> None:
    """A job that is over, which squeue calls invalid, is no trouble; a squeue that does not answer is told."""
    programs.say("squeue", err=said, code=1)
    programs.say("sacct", "30804_3|COMPLETED|61|51200K|1G|00:30|1\n")
    said_of_it = lines(project)
    assert len(said_of_it) == len(told) + 1
    assert all(line.startswith(begin) for begin, line in zip(told, said_of_it, strict=False))
    assert not programs.calls("sstat")


def test_no_accounting(programs: Programs, project: Project) -> None:
    """Without accounting what runs is told all the same, and why nothing is known of what ran."""
    programs.say("sacct", err="Slurm accounting storage is disabled\n", code=1)
    assert lines(project)[0].startswith("2 run now; ")
    assert lines(project)[1] == "Slurm accounting storage is disabled"


def test_sstat_does_not_answer(programs: Programs, project: Project) -> None:
    """Where the nodes tell nothing that is said with the reason, and not that nothing is used."""
    programs.say("sstat", err="sstat: error: No steps running for job 30805\n", code=1)
    assert lines(project)[0].startswith(
        "2 run now; what they use is not told: sstat: error: No steps running for job 30805"
    )
