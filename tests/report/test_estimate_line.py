"""What a list will take, in a line: in a queue in hours of cores and GPUs, by what the tasks there took."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.batches.job_script import load_script
from remote_tracker.batches.pin import Pinned
from remote_tracker.batches.prepare import Prepared
from remote_tracker.model import Project, Resources, Stage
from remote_tracker.records import Batch
from remote_tracker.report import claimed
from remote_tracker.report.estimate import estimate_line
from remote_tracker.survey import survey_stage
from scan.trees import end_line, make_stage, start_line
from schedulers.fakes import make_slurm, pin_all


def prepared(
    root: Path, resources: Resources, asked: dict[str, str], job: str = "slurm.7", seconds: int = 3600, videos: int = 30
) -> tuple[Project, Prepared]:
    """Return a project on a queue, and a scan that lists thirty videos after ten that took so long each."""
    project = make_slurm(root, make_stage(resources=resources), videos=videos + 10)
    (stage,) = project.tracker.stages
    survey = survey_stage(project, stage)
    folder = pin_all(project)
    for task in range(1, 11):
        text = start_line(f"d/v{task:03d}.avi", task) + end_line()
        log = folder / f"output.{task}"
        log.write_text(text.replace(" job=local.1 ", f" job={job} ").replace(" seconds=9 ", f" seconds={seconds} "))
    pinned = Pinned(Batch(str(folder)), videos, new=False)
    listed = tuple(survey.to_do[10:])
    return project, Prepared(survey, load_script(project, stage), pinned, listed=listed, asked=asked)


@pytest.mark.parametrize(
    ("resources", "asked", "said"),
    [
        (Resources(), {}, "about 30 core-hours"),
        (Resources(cpus=4), {}, "about 120 core-hours"),
        (Resources(cpus=4), {"cpus": "2"}, "about 60 core-hours"),
        (Resources(gpus="1"), {}, "about 30 core-hours and 30 GPU-hours"),
        (Resources(gpus="1"), {"gpus": "a100:2"}, "about 30 core-hours and 60 GPU-hours"),
        (Resources(), {"gpus": "a100"}, "about 30 core-hours and 30 GPU-hours"),
    ],
)
def test_in_a_queue(tmp_path: Path, resources: Resources, asked: dict[str, str], said: str) -> None:
    """Cores and GPUs count as the job script asks for them, else as the tracker does."""
    project, found = prepared(tmp_path, resources, asked)
    assert estimate_line(project, found) == f"30 videos, {said} (from 10 done)"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "about 2 core-minutes and 1 GPU-minute"),  # 4 cores work for 30 videos of a second
        (7, "about 14 core-minutes and 4 GPU-minutes"),
        (30, "about 1.0 core-hours and 15 GPU-minutes"),
        (600, "about 20 core-hours and 5.0 GPU-hours"),
    ],
)
def test_less_than_an_hour_is_told_in_minutes(tmp_path: Path, seconds: int, said: str) -> None:
    """What takes less than an hour of a core is told in minutes, never as a tenth of an hour."""
    project, found = prepared(tmp_path, Resources(cpus=4, gpus="1"), {}, seconds=seconds)
    assert estimate_line(project, found) == f"30 videos, {said} (from 10 done)"


@pytest.mark.parametrize(
    ("videos", "seconds", "share", "each"),
    [
        (300, 0, 15, "1 s"),  # 20 jobs are left
        (300, 4, 15, "4 s"),
        (300, 6, 10, "6 s"),  # a job of a minute
        (60, 1, 3, "1 s"),
    ],
)
def test_short_tasks_may_share_jobs(tmp_path: Path, videos: int, seconds: int, share: int, each: str) -> None:
    """Of tasks that take seconds a second line tells what makes them share jobs, and how many."""
    project, found = prepared(tmp_path, Resources(), {}, seconds=seconds, videos=videos)
    _, said = estimate_line(project, found).split("\n")
    how = f"tasks_per_job: {share} in site/clusters/test.yml (see site/README.md)"
    assert said == f"Each takes about {each}: with {how} {share} tasks share a job, and wait in the queue once."


@pytest.mark.parametrize(
    ("videos", "seconds", "per_job", "gpus"),
    [(30, 1, 1, ""), (300, 10, 1, ""), (300, 3600, 1, ""), (300, 1, 2, ""), (300, 1, 1, "1")],
)
def test_others_are_told_nothing(tmp_path: Path, videos: int, seconds: int, per_job: int, gpus: str) -> None:
    """Few tasks, tasks that last, and tasks that share jobs or a GPU already get no such line."""
    project, found = prepared(tmp_path, Resources(gpus=gpus), {}, seconds=seconds, videos=videos)
    project = replace(project, cluster=project.cluster._replace(tasks_per_job=per_job), per_gpu=3 if gpus else 1)
    assert "\n" not in estimate_line(project, found)


@pytest.mark.parametrize("videos", [299, 300, 301, 599, 2500])
def test_of_many_videos_some_are_looked_at(tmp_path: Path, videos: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most three hundred of the listed videos are measured, evenly drawn, and stand for all."""
    project, found = prepared(tmp_path, Resources(), {}, seconds=3600, videos=5)
    looked: list[int] = []
    look = claimed.look_up_frames

    def count(project: Project, stage: Stage, taken: Any, listed: Any) -> Any:
        looked.append(len(listed))
        return look(project, stage, taken, listed)

    monkeypatch.setattr(claimed, "look_up_frames", count)
    listed = found.listed * (videos // 5 + 1)
    assert estimate_line(project, found._replace(listed=listed[:videos])) == (
        f"{videos} videos, about {videos:,} core-hours (from 10 done)"
    )
    assert min(videos, 150) <= looked[0] <= 300


@pytest.mark.parametrize("job", ["local.node1.1", "by-hand", "pbs.7"])
def test_tasks_of_elsewhere_tell_nothing(tmp_path: Path, job: str) -> None:
    """Tasks that ran by hand, on this machine or in another queue say nothing of this queue."""
    project, found = prepared(tmp_path, Resources(), {}, job)
    assert estimate_line(project, found) == ""
