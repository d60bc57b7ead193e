"""A real DynVision: its own workflow trains and tests a model on drawn images, here and on Slurm."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from shlex import quote
from typing import TYPE_CHECKING, Any

import cv2
import numpy
import pytest
import yaml
from baking import bake
from lab import Lab, wait_for
from slurm_lab import SlurmLab
from snakemaking import let_find_slurm

if TYPE_CHECKING:
    from conftest import DynVision

SECONDS = 1500
SUBSETS = {"train": 24, "test": 12}  # images of each class
COLOURS = {"n01": (200, 40, 40), "n02": (40, 40, 200)}
SIZE, SQUARE = 64, 20
ARGS = {"tsteps": 4, "dt": 2, "tau": 5, "tff": 0, "trc": 6, "tsk": 0, "lossrt": 4, "pattern": "1"}
MODEL = {"rctype": "full", "rctarget": "output", "skip": "true", "feedback": "false"}
CONFIG: dict[str, Any] = {
    "model_name": "DyRCNNx2",
    "model_args": {**ARGS, **MODEL},
    "seed": ["7000"],
    "status": "trained",
    "category": "skip",
    "data_name": "tinyimagenet",
    "data_group": "all",
    "experiment": "short",
    "experiment_config": {
        "categories": {"skip": ["true"]},
        "short": {
            "parameter": "stim",
            "data_loader": "StimulusDuration",
            "data_args": {"dsteps": 4, "intro": 1, "stim": 2},
        },
    },
    "class_index_files": {},
    "epochs": 1,
    "batch_size": 8,
    "test_batch_size": 8,
    "check_val_every_n_epoch": 1,
    "limit_val_batches": 1.0,
    "accumulate_grad_batches": 1,
    "num_workers": 0,
    "persistent_workers": False,
    "prefetch_factor": None,
    "dtype": "float32",
    "target_dtype": "float32",
    "accelerator": "cpu",
    "store_test_responses": 2,
}
SMALL: dict[str, Any] = {
    "default_resources": {"mem_mb": 1900, "runtime": 30},
    "rule_resources": {},
    "rule_threads": {"train_model": 1, "test_model": 1},
    "retries": 0,
}


def draw_images(folder: Path) -> None:
    """Draw images of each class: a square of its colour at a random place."""
    chance = Random(1)
    for subset, number in SUBSETS.items():
        for name, colour in COLOURS.items():
            (folder / subset / name).mkdir(parents=True)
            for index in range(number):
                image = numpy.full((SIZE, SIZE, 3), 120, numpy.uint8)
                y, x = (chance.randrange(SIZE - SQUARE) for _ in "yx")
                image[y : y + SQUARE, x : x + SQUARE] = colour
                assert cv2.imwrite(str(folder / subset / name / f"{index:03d}.png"), image)


def install(source: Path, folder: Path) -> None:
    """Put DynVision's package into a folder, and edit what its users edit: its folders, and its wrapper on clusters."""
    package = folder / "dynvision"
    shutil.copytree(source / "dynvision", package, ignore=shutil.ignore_patterns("__pycache__"))
    paths = package / "project_paths.py"
    text, times = re.subn(r"working_dir = Path\(\"/.*\"\)", f"working_dir = Path({str(folder)!r})", paths.read_text())
    assert times == 1
    paths.write_text(text)
    (package / "cluster/executor_wrapper.sh").write_text('#!/bin/bash\nexec "$@"\n')


@pytest.fixture(params=["local", "slurm"])
def lab(request: pytest.FixtureRequest, dynvision: DynVision, tmp_path: Path) -> Iterator[Lab]:
    """A project made by cookiecutter, with DynVision and drawn images in it, on this machine and on Slurm."""
    cluster, home = str(request.param), tmp_path / "home"
    home.mkdir()
    root = bake(tmp_path, tracker="dynvision", cluster=cluster, project_name="real")
    made = SlurmLab(root, home, request.getfixturevalue("slurm")) if cluster == "slurm" else Lab(root, home)
    install(dynvision.source, root / "dynvision")
    draw_images(root / "dynvision/data/raw/tinyimagenet")
    programs = [dynvision.programs, *made.environment()["PATH"].split(":")]
    if isinstance(made, SlurmLab):
        programs.insert(0, let_find_slurm(root / "programs", made.environment()["SLURM_CONF"]))
    lines = [f"export PATH={quote(':'.join(map(str, programs)))}", f"export PYTHONPATH={quote(str(root))}/dynvision"]
    made.activate("\n".join([*lines, "export WANDB_MODE=offline", ""]))
    yield made
    made.clear()


def choose(lab: Lab, config: dict[str, Any]) -> None:
    """Write the experiment and its settings into project.yml, as its user does, for a machine with little memory."""
    told = yaml.safe_load((lab.root / "project.yml").read_text())
    told["params"] = {**SMALL, "experiments": {"short": "test_model_variations"}, "config": config}
    (lab.root / "project.yml").write_text(yaml.safe_dump(told))
    if isinstance(lab, SlurmLab):
        assert lab.rt("scripts").code == 0
        for script in lab.root.glob("*/*.slurm"):
            text = script.read_text().replace("--mem=2G", "--mem=900M")
            script.write_text(text.replace("--time=4-00:00:00", "--time=1:00:00"))


def scan(lab: Lab, number: int) -> None:
    """Scan; so many experiments must be listed."""
    wanted = f"{number}\tTotal files to be processed."
    wait_for(lambda: wanted in (ran := lab.scan(seconds=300)).out and ran.code == 0, f"{number} listed", 150)


def process(lab: Lab) -> None:
    """Do what the last line of a scan says, to its end."""
    if isinstance(lab, SlurmLab):
        lab.submit()
        lab.wait_until_empty(SECONDS)
    else:
        lab.process(seconds=SECONDS)


def test_a_trained_and_tested_model(lab: Lab) -> None:
    """A model that there is not fails in its rule's own words; mended, it is trained, tested, and not listed again."""
    choose(lab, {**CONFIG, "model_name": "NoSuchModel"})
    scan(lab, 1)
    process(lab)
    assert re.search(r"result=failed why=Error in rule init_model: .*NoSuchModel", lab.log(1, 1)), lab.log(1, 1)[-3000:]
    choose(lab, CONFIG)
    scan(lab, 1)
    process(lab)
    assert "result=finished" in lab.log(2, 1), lab.log(2, 1)[-3000:]
    scan(lab, 0)
    assert lab.counts() == {"finished": 1}
    folder = lab.root / "dynvision"
    (model,) = folder.glob("models/DyRCNNx2/*_7000/tinyimagenet/trained.pt")
    assert model.stat().st_size > 10_000
    (table,) = folder.glob("reports/short/*skip=[*]*/tinyimagenet:all_trained/test_data.csv")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["image_index"] for row in rows if row["label_index"] == "1"}
    assert all(0 <= float(row["guess_confidence"]) <= 1 for row in rows)
