"""A real SLEAP on its CPU: two videos from RawVideos to the joined table, and a model from a training package."""

from __future__ import annotations

import csv
import os
import re
import shlex
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml
from baking import bake
from lab import LONG_AGO, REPOSITORY, Lab, wait_for
from slurm_lab import SlurmLab

DATA = REPOSITORY.parent / "shared" / "data" / "sleap"
SECONDS = 900
RUN = "260101_120000.single_instance"
TRAIN = """sleap-nn train --config-name {head}.yaml --config-dir . trainer_config.ckpt_dir=models \
trainer_config.run_name=260101_120000.{head} trainer_config.max_epochs=2 trainer_config.trainer_accelerator=cpu \
trainer_config.min_train_steps_per_epoch={steps} {more}
"""
SMALL = "model_config.backbone_config.unet.filters=4 model_config.backbone_config.unet.max_stride=8"
PAIR = ("centroid", "centered_instance")
BLANK = 20  # frames without an animal


@pytest.fixture(scope="module")
def data() -> Path:
    """The videos, labels and model that were made for this project."""
    if not DATA.is_dir():
        pytest.skip("shared/data/sleap lies not beside this folder: no videos and no model for a real SLEAP")
    return DATA


@pytest.fixture(params=["local", "slurm"])
def lab(request: pytest.FixtureRequest, sleap: Path, data: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project of two videos, made by cookiecutter, on this machine and on Slurm; the tasks find SLEAP first."""
    cluster, home = str(request.param), tmp_path / "home"
    home.mkdir()
    root = bake(tmp_path, tracker="sleap", cluster=cluster, project_name="real")
    on_slurm = cluster == "slurm"
    made = SlurmLab(root, home, request.getfixturevalue("slurm")) if on_slurm else Lab(root, home)
    for name in ("v1.mp4", "v2.mp4"):
        shutil.copy(data / name, made.video(f"20260101/{name}"))
        os.utime(root / "RawVideos/20260101" / name, (LONG_AGO, LONG_AGO))
    # Two threads that wait for each other on two busy cores take five times as long as one.
    made.activate(f"export PATH={shlex.quote(str(sleap))}:$PATH OMP_NUM_THREADS=1\n")
    ask_for_less(root)
    yield made
    made.clear()


def ask_for_less(root: Path) -> None:
    """Let the job scripts ask for the memory that a machine of the tests has; the SWC guide asks for more."""
    for script in root.glob("*/*.slurm"):
        script.write_text(re.sub(r"--mem=(12|4)G", "--mem=1900M", script.read_text()))


def choose(lab: Lab, model: str, **params: Any) -> None:
    """Name the model and other parameters in project.yml, as its user does."""
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    told["params"] = {"device": "cpu", **({"model": model} if model else {}), **params}
    (lab.root / "project.yml").write_text(yaml.safe_dump(told))


def process(lab: Lab, script: str, folder: str = "workspace") -> None:
    """Do what the last line of a scan says: bash or sbatch, to its end."""
    if isinstance(lab, SlurmLab):
        lab.submit(folder=folder, script=f"{script}.slurm")
        lab.wait_until_empty(SECONDS)
        return
    ran = lab.run("bash", f"{script}.sh", folder=folder, seconds=SECONDS)
    assert ran.code == 0, ran


def scan(lab: Lab, stage: str, number: int) -> str:
    """Scan one stage, which must list so many; returns what it says."""

    def listed() -> str:
        ran = lab.scan(stage, seconds=120)
        assert ran.code == 0, ran
        return ran.out if f"{number}\tTotal files to be processed." in ran.out else ""

    said: str = wait_for(listed, f"{number} listed by a scan of {stage}", 150)
    return said


def table(path: Path) -> list[dict[str, str]]:
    """Return a CSV's rows."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summarize_and_join(lab: Lab, model: str) -> list[dict[str, str]]:
    """Summarize the day and join; returns the joined rows, of which each video must have one, of this model."""
    assert lab.run("bash", "get_cmd2process.sh", folder="summarizer").code == 0
    process(lab, "process_all", "summarizer")
    wait_for(lambda: lab.rt("join").code == 0, "a join of all videos", 150)
    joined = lab.root / "Results" / "joined"
    assert [row["filename"] for row in table(joined / "filenames_summary.csv")] == [
        f"Results/20260101/v{n}.{model}.slp" for n in (1, 2)
    ]
    rows = table(joined / "features_summary.csv")
    assert [(row["model"], row["track"], row["frames"]) for row in rows] == [(model, "0", "120")] * 2
    return rows


def test_videos_to_the_joined_table(lab: Lab, data: Path) -> None:
    """Scan, process, a scan that says 0, summarize, join: every frame has a pose, and speeds as the videos have."""
    shutil.copytree(data / "model", lab.root / "AuxiliaryFiles/models/blob")
    choose(lab, "blob")
    scan(lab, "infer", 2)
    process(lab, "process_2_infer")
    assert "All 2 videos are finished." in scan(lab, "infer", 0), lab.log(1, 1)
    assert "version=sleap-nn_" in lab.log(1, 1)
    rows = summarize_and_join(lab, "blob")
    told = lab.rt("methods").out
    assert re.search(r"say how they were made: sleap-nn 0\.\d.*; model [^;]+;.* device cpu\.", told), told
    assert {row["fraction_with_pose"] for row in rows} == {"1"}
    assert all(40 < float(row["speed_px_per_s_mean"]) < 90 for row in rows)


def test_a_package_to_a_model_to_poses(lab: Lab, data: Path) -> None:
    """A training package is trained for two epochs by its own script, and its model finds poses."""
    write_package(lab.root / "AuxiliaryFiles/labels.v001.slp.training_job.zip", data, "single_instance")
    choose(lab, "")
    scan(lab, "train", 1)
    process(lab, "process_1_train")
    scan(lab, "train", 0)
    said = lab.log(1, 1)
    assert f"{RUN}: validation loss " in said
    assert ", mOKS " in said
    assert (lab.root / f"AuxiliaryFiles/models/labels.v001/{RUN}/best.ckpt").stat().st_size > 1_000_000
    choose(lab, "labels.v001")
    scan(lab, "infer", 2)
    process(lab, "process_2_infer")
    scan(lab, "infer", 0)
    assert len(summarize_and_join(lab, "labels.v001")) == 2


def test_half_of_a_pair_and_the_pair(lab: Lab, data: Path) -> None:
    """A top-down pair is trained from one package; half of it lists nothing, both together find poses."""
    if isinstance(lab, SlurmLab):
        pytest.skip("once is enough: what differs on a cluster the other tests show")
    write_package(lab.root / "AuxiliaryFiles/pair.slp.training_job.zip", data, *PAIR)
    choose(lab, "")
    scan(lab, "train", 1)
    process(lab, "process_1_train")
    scan(lab, "train", 0)
    models = lab.root / "AuxiliaryFiles/models"
    for head in PAIR:
        shutil.copytree(models / f"pair/260101_120000.{head}", models / head)
        choose(lab, head)
        ran = lab.scan("infer")
        assert ran.code == 1
        assert f"AuxiliaryFiles/models/{head} is one half of a top-down pair ({head})" in ran.err
    choose(lab, "pair", options=["--peak_threshold", "0.01"])
    scan(lab, "infer", 2)
    process(lab, "process_2_infer")
    scan(lab, "infer", 0)
    for name in ("v1", "v2"):
        with h5py.File(lab.result(f"20260101/{name}.pair.slp")) as file:
            assert len(file["frames"]) == 120


def test_frames_without_an_animal(lab: Lab, data: Path) -> None:
    """They are rows of the result, or with --no_empty_frames are none: finished both times, by what the .slp holds."""
    if isinstance(lab, SlurmLab):
        pytest.skip("once is enough: what differs on a cluster the other tests show")
    cv2 = pytest.importorskip("cv2")
    shutil.copytree(data / "model", lab.root / "AuxiliaryFiles/models/blob")
    (lab.root / "RawVideos/20260101/v2.mp4").unlink()
    source, video = cv2.VideoCapture(str(data / "v1.mp4")), lab.root / "RawVideos/20260101/v1.mp4"
    frames = [source.read()[1] for _ in range(2 * BLANK)]
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), 30, frames[0].shape[1::-1])
    for frame in [*frames, *[frame * 0 for frame in frames[:BLANK]]]:
        writer.write(frame)
    writer.release()
    os.utime(video, (LONG_AGO, LONG_AGO))
    for options, rows in (([], 3 * BLANK), (["--no_empty_frames"], 2 * BLANK)):
        choose(lab, "blob", options=options)
        lab.rt("redo", "--yes", "--stale", "--stage", "infer")
        scan(lab, "infer", 1)
        process(lab, "process_2_infer")
        scan(lab, "infer", 0)
        with h5py.File(lab.result("20260101/v1.blob.slp")) as file:
            assert (len(file["frames"]), len(set(file["instances"]["frame_id"]))) == (rows, 2 * BLANK)


def test_pieces_are_as_the_whole(lab: Lab, data: Path) -> None:
    """A video in three pieces has the poses and the tracks of one run, to the last bit; each piece is a task."""
    shutil.copytree(data / "model", lab.root / "AuxiliaryFiles/models/blob")
    (lab.root / "RawVideos/20260101/v2.mp4").unlink()
    choose(lab, "blob", tracking=True)
    scan(lab, "infer", 1)
    process(lab, "process_2_infer")
    whole = tables(lab.result("20260101/v1.blob.slp"))
    assert len(whole["frames"]) == 120
    lab.result("20260101/v1.blob.slp").unlink()
    choose(lab, "blob", tracking=True, pieces=3)
    scan(lab, "infer", 3)
    process(lab, "process_2_infer")
    scan(lab, "merge", 1)
    ask_for_less(lab.root)
    process(lab, "process_3_merge")
    scan(lab, "merge", 0)
    joined = tables(lab.result("20260101/v1.blob.slp"))
    assert {name: len(rows) for name, rows in joined.items()} == {name: len(rows) for name, rows in whole.items()}
    for name, rows in whole.items():
        for column in rows.dtype.names:
            np.testing.assert_array_equal(joined[name][column], rows[column], f"{name}, {column}")


def tables(path: Path) -> dict[str, Any]:
    """Return the tables of a .slp that grow with the frames."""
    with h5py.File(path) as file:
        return {name: file[name][()] for name in ("frames", "instances", "points", "pred_points")}


def write_package(path: Path, data: Path, *heads: str) -> None:
    """Write a training package as SLEAP's window does: labels, a configuration a head and the script that trains."""
    told: dict[str, Any] = yaml.safe_load((data / "model/initial_config.yaml").read_text())
    told["data_config"]["train_labels_path"] = ["labels.v001.pkg.slp"]
    single = told["model_config"]["head_configs"]["single_instance"]["confmaps"]
    with zipfile.ZipFile(path, "w") as file:
        file.write(data / "labels.pkg.slp", "labels.v001.pkg.slp")
        for head in heads:
            confmaps = {name: value for name, value in single.items() if head != "centroid" or name != "part_names"}
            confmaps.update({} if head == "single_instance" else {"anchor_part": "head"})
            every = dict.fromkeys(told["model_config"]["head_configs"])
            told["model_config"]["head_configs"] = {**every, head: {"confmaps": confmaps}}
            told["data_config"]["preprocessing"]["crop_size"] = 64 if head == "centered_instance" else None
            file.writestr(f"{head}.yaml", yaml.safe_dump(told, sort_keys=False))
        small = {"more": SMALL, "steps": 10} if len(heads) > 1 else {"more": "", "steps": 60}  # 60: it finds poses
        file.writestr("train-script.sh", "#!/bin/bash\n" + "".join(TRAIN.format(head=h, **small) for h in heads))
    os.utime(path, (LONG_AGO, LONG_AGO))
