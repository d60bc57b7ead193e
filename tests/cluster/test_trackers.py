"""The other trackers on a cluster: videos in, scan, submit, scan says 0, days, join. Their programs are stand-ins."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from cluster_lab import ClusterLab, told
from lab import LONG_AGO, REPOSITORY

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")

sys.path.insert(0, str(REPOSITORY / "demo"))
import numpy as np
from draw_videos import walk, write_video

TRACKERS = REPOSITORY / "{{cookiecutter.project_slug}}/remote_tracker/trackers"
STANDINS = REPOSITORY / "tests/standins/trackers"


class Scene(NamedTuple):
    """What a tracker's user brings along: parameters, files of their own; and the name of its script for videos."""

    tracker: str
    script: str = "process_all"
    params: dict[str, str] = {}  # noqa: RUF012  (nobody changes it)
    files: dict[str, str] = {}  # noqa: RUF012


SCENES = (
    Scene("tierpsy"),
    Scene(
        "sleap",
        "process_2_infer",
        {"model": "first", "device": "cpu"},
        {f"AuxiliaryFiles/models/first/{name}": "{}" for name in ("training_config.yaml", "best.ckpt")},
    ),
    Scene(
        "deeplabcut",
        files={f"AuxiliaryFiles/dlc/{name}": "Task: mice\n" for name in ("config.yaml", "dlc-models-pytorch/a.pt")},
    ),
    Scene("idtrackerai", params={"device": "cpu"}),
    Scene("trex"),
    Scene("custom"),
)
SMALL = {"cpus": 1, "memory": "1200M", "walltime": "0:10:00", "gpus": ""}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a short clip of two animals."""
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    rng = np.random.default_rng(1)
    write_video(walk(2, rng, 12), path, rng)
    return path


def furnish(lab: ClusterLab, scene: Scene, clip: Path) -> None:
    """Put in place what cookiecutter and the tracker's user do, and three videos of two days."""
    folder = TRACKERS / scene.tracker
    for part in ("AuxiliaryFiles", "site"):
        if (folder / part).is_dir():
            shutil.copytree(folder / part, lab.root / part, dirs_exist_ok=True)
    if (folder / "calculate_feat_summaries.py").exists():
        shutil.copy(folder / "calculate_feat_summaries.py", lab.root / "summarizer")
    for name, text in scene.files.items():
        (lab.root / name).parent.mkdir(parents=True, exist_ok=True)
        (lab.root / name).write_text(text)
    for name in ("d1/a.avi", "d1/a b's.avi", "d2/a.avi"):
        target = lab.root / "RawVideos" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, target)
        os.utime(target, (LONG_AGO, LONG_AGO))
    standin = STANDINS / scene.tracker
    lab.activate(
        f"export PATH={standin / 'bin'}:{Path(sys.executable).parent}:$PATH PYTHONDONTWRITEBYTECODE=1\n"
        f"export PYTHONPATH={standin / 'lib'}:{standin}\n"
    )
    lab.own_cluster("small", resources={"workspace": SMALL, "summarizer": SMALL})
    lab.settings(cluster="small", tracker=scene.tracker, params=scene.params)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.tracker)
def test_three_lines(lab: ClusterLab, scene: Scene, clip: Path) -> None:
    """Each video is processed by a task of the array and proven, the days are summarized, and the table holds all."""
    furnish(lab, scene, clip)
    assert "3\tTotal files to be processed." in (ran := lab.scan()).out, ran
    lab.process_and_wait(script=f"{scene.script}.{lab.SCHEDULER}")
    assert "0\tTotal files to be processed." in lab.scan().out, told(lab.rt("status", "--failures"))
    assert lab.counts() == {"finished": 3}, told(lab.rt("status", "--failures"))
    assert lab.run("bash", "get_cmd2process.sh", folder="summarizer").code == 0
    lab.process_and_wait(folder="summarizer")
    ran = lab.rt("join")
    assert ran.code == 0, ran
    assert "3 videos with" in ran.out
