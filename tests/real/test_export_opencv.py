"""A real Snakemake with the built-in tracker, here and on Slurm: videos to the days' tables, mixed with our own."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from baking import bake
from lab import LONG_AGO, REPOSITORY, Lab, wait_for
from slurm_lab import SlurmLab
from snakemaking import Snakemake, find_snakemake, kill_alone

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
sys.path.insert(0, str(REPOSITORY / "demo"))
import numpy as np
from draw_videos import walk, write_video

VIDEOS = ("20260101/plate1.avi", "20260101/plate2.mp4", "20260102/plate1.avi")
TABLES = [f"{day}/{kind}_summary.csv" for day in ("20260101", "20260102") for kind in ("features", "filenames")]


def draw(lab: Lab, *names: str, frames: int = 25) -> None:
    """Draw short videos of two animals."""
    for name in names:
        rng = np.random.default_rng(1)
        path = lab.root / "RawVideos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_video(walk(2, rng, frames), path, rng)
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture(params=["local", "slurm"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    """A project made by cookiecutter, with one video, on this machine and on Slurm."""
    find_snakemake()
    cluster, home = str(request.param), tmp_path / "home"
    home.mkdir()
    root = bake(tmp_path, tracker="opencv", cluster=cluster, project_name="demo")
    on_slurm = cluster == "slurm"
    made = SlurmLab(root, home, request.getfixturevalue("slurm")) if on_slurm else Lab(root, home)
    for script in root.glob("*/*.slurm"):
        script.write_text(script.read_text().replace("--mem=2G", "--mem=900M"))
    draw(made, VIDEOS[0])
    yield made
    made.clear()


@pytest.fixture
def snakemake(lab: Lab) -> Snakemake:
    """A real Snakemake for that project."""
    return Snakemake(lab, "slurm" if isinstance(lab, SlurmLab) else "local")


def process(lab: Lab) -> None:
    """Scan, and process what is listed as its last line says."""
    assert lab.scan().code == 0
    if isinstance(lab, SlurmLab):
        lab.process_and_wait()
    else:
        assert (ran := lab.process()).code == 0, ran


def left(lab: Lab) -> list[str]:
    """Return how many a scan of the videos, and one of the days, says are to be processed."""
    ran = [lab.scan(), lab.run("bash", "get_cmd2process.sh", folder="summarizer")]
    return [line.partition("\t")[0] for r in ran for line in r.out.splitlines() if line.endswith("to be processed.")]


def starts(lab: Lab) -> Counter[str]:
    """Return how often each video and each day was started, by the logs of all batches."""
    logs = [path.read_text("utf-8", "replace") for path in lab.root.glob("*/batches/*/output.*")]
    return Counter(unit for log in logs for unit in re.findall(r"^# start .* unit=(.*)$", log, re.MULTILINE))


def test_to_the_tables_of_the_days(lab: Lab, snakemake: Snakemake) -> None:
    """What process_all finished Snakemake leaves alone; it does the rest and the days; then a scan says 0."""
    process(lab)
    draw(lab, *VIDEOS[1:])
    ran = lab.rt("export", "snakemake")
    assert ran.code == 0, ran
    assert "track: 2 tasks for Snakemake, 1 of 3 videos finished." in ran.out
    assert "summarize: 2 tasks for Snakemake (2 when what they wait for is there)" in ran.out
    assert "snakemake --snakefile snakemake/Snakefile --profile snakemake/profile" in ran.out.splitlines()[-1]
    ran = snakemake.run("-n")
    assert ran.code == 0, ran
    assert starts(lab) == Counter([VIDEOS[0]])
    ran = snakemake.run()
    assert ran.code == 0, ran
    assert left(lab) == ["0", "0"]
    assert starts(lab) == Counter([*VIDEOS, "20260101", "20260102"])
    assert set(TABLES) <= set(lab.results())
    assert (ran := lab.rt("join")).code == 0, ran
    ran = snakemake.run()
    assert "Nothing to be done" in ran.out + ran.err
    assert starts(lab).total() == 5


def test_a_new_video_is_seen_at_the_next_start(lab: Lab, snakemake: Snakemake) -> None:
    """A video that came since is processed without another export, and its day is made again with it."""
    assert lab.rt("export", "snakemake").code == 0
    assert (ran := snakemake.run()).code == 0, ran
    draw(lab, VIDEOS[1])
    assert (ran := snakemake.run()).code == 0, ran
    assert left(lab) == ["0", "0"]
    assert starts(lab) == Counter({VIDEOS[0]: 1, VIDEOS[1]: 1, "20260101": 2})


def test_a_failed_task_leaves_old_results(lab: Lab, snakemake: Snakemake) -> None:
    """Where a task fails, what lay there stays, the others go on, and the next start tries it again."""
    process(lab)
    tracks = lab.result("20260101/plate1_tracks.csv")
    before = tracks.read_bytes()
    draw(lab, *VIDEOS[1:])
    draw(lab, VIDEOS[0], frames=30)
    activate = lab.workspace / "activate.sh"
    text = activate.read_text()
    fails = 'python() { case "$*" in *20260101/plate1.avi*) return 3 ;; *) command python "$@" ;; esac; }'
    activate.write_text(f"{text}\n{fails}\n")
    assert lab.rt("export", "snakemake").code == 0
    ran = snakemake.run()
    assert ran.code == 1, ran
    assert tracks.read_bytes() == before
    assert {"20260101/plate2_tracks.csv", "20260102/plate1_tracks.csv", TABLES[2]} <= set(lab.results())
    activate.write_text(text)
    assert (ran := snakemake.run()).code == 0, ran
    assert left(lab) == ["0", "0"]


def test_killed_here_and_gone_on(lab: Lab, snakemake: Snakemake) -> None:
    """After a kill -9 and no --unlock, what its tasks still do is left to them, and the next start does the rest."""
    if isinstance(lab, SlurmLab):
        pytest.skip("tests/cluster kills it on a queue")
    draw(lab, *VIDEOS[1:])
    activate = lab.workspace / "activate.sh"
    activate.write_text(
        f"{activate.read_text()}\nuntil [[ -z ${{RT_JOB:-}} || -e {lab.root}/go ]]; do sleep 0.1; done\n"
    )
    assert lab.rt("export", "snakemake").code == 0
    process_ = snakemake.start("--cores=1")
    wait_for(lambda: starts(lab), "a task that runs", 60)
    ran = lab.process()
    assert ran.code == 1
    assert "Nothing was started" in ran.out + ran.err
    assert left(lab) == ["0", "0"]
    second = snakemake.run()
    assert second.code == 1
    assert "Another Snakemake is at this project" in second.err
    kill_alone(process_)
    assert lab.counts()["running"] == 1
    second = snakemake.run()
    assert second.code == 1
    assert "1 queued or running (track) without Snakemake" in second.err
    (lab.root / "go").touch()
    wait_for(lambda: "running" not in lab.counts(), "the end of what ran")
    assert (ran := snakemake.run()).code == 0, ran
    assert left(lab) == ["0", "0"]
    assert starts(lab) == Counter([*VIDEOS, "20260101", "20260102"])


def test_stopped_with_ctrl_c(lab: Lab, snakemake: Snakemake) -> None:
    """Ctrl-C ends the tasks, and after that everything is free again: a scan lists them."""
    if isinstance(lab, SlurmLab):
        pytest.skip("a queue's jobs are cancelled by Snakemake itself")
    activate = lab.workspace / "activate.sh"
    text = activate.read_text()
    activate.write_text(f"{text}\n[[ -z ${{RT_JOB:-}} ]] || sleep 300\n")
    assert lab.rt("export", "snakemake").code == 0
    process_ = snakemake.start()
    wait_for(lambda: starts(lab), "a task that runs", 60)
    os.killpg(process_.pid, signal.SIGINT)
    assert process_.wait(60) != 0, snakemake.told()
    assert left(lab) == ["1", "0"], snakemake.told()
    assert not lab.living("run_task.sh")
    activate.write_text(text)
    assert (ran := snakemake.run()).code == 0, ran
    assert left(lab) == ["0", "0"]
