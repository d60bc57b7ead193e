"""Every tracker on every cluster: a project is made, ShellCheck likes its scripts, its commands are right.

What a tracker's commands are for a small tree stands in tests/golden/commands; a file that is not there is written.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from baking import bake_once
from lab import copy_tree
from remote_tracker.batches.job_script import make_script
from remote_tracker.config import load_project
from remote_tracker.model import State
from remote_tracker.render import compile_stage
from remote_tracker.survey import Survey, examine_stage

from .conftest import FOLDER, REPOSITORY

QUESTIONS = json.loads((REPOSITORY / "cookiecutter.json").read_text(encoding="utf-8"))
GOLDEN = REPOSITORY / "tests" / "golden" / "commands"
LONG_AGO = 1_700_000_000
VIDEOS = ("RawVideos/d1/a b's $(x).avi", "RawVideos/d2/deep/c.mp4")
MORE: dict[str, tuple[str, ...]] = {  # what a user brings along besides videos
    "sleap": ("AuxiliaryFiles/models/first/training_config.yaml",),
    "tramway": ("RawVideos/d1/a b's $(x).trxyt", "RawVideos/d2/deep/c.txt", "RawVideos/d2/deep/c.rois.txt"),
    "tierpsy": ("RawVideos/d1/store/metadata.yaml",),
    "antrax": (
        "AuxiliaryFiles/classifier/examples/A/1.png",
        *(f"RawVideos/d1/a b's $(x)/{name}" for name in ("videos/1_2/x_1.avi", "videos/1_2/x_2.avi")),
        *(f"RawVideos/d1/a b's $(x)/antrax/{name}" for name in ("parameters/Trck.mat", "graphs/graph_1_1.mat")),
        "RawVideos/d1/a b's $(x)/antrax/graphs/graph_2_2.mat",
        *(f"RawVideos/d1/a b's $(x)/antrax/logs/matlab_track_m_{m}.log" for m in (1, 2)),
        "RawVideos/exp2/videos/1_1/y_1.mp4",
        "RawVideos/exp2/s/parameters/Trck.mat",
    ),
}
PARAMS: dict[str, dict[str, str]] = {"sleap": {"model": "first"}}


def find_shellcheck() -> str:
    """Return ShellCheck's path: beside this Python, or on the PATH."""
    found = shutil.which("shellcheck", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert found, "ShellCheck is not installed; tests/requirements.txt brings it"
    return found


Bake = Callable[[str], Path]


@pytest.fixture(scope="session")
def baked_with(tmp_path_factory: pytest.TempPathFactory) -> Bake:
    """Return what gives the project of a tracker, made once for all clusters; not to be changed."""
    return partial(bake_once, tmp_path_factory)


@pytest.mark.parametrize("tracker", QUESTIONS["tracker"])
@pytest.mark.drawn(4)
def test_scripts_on_every_cluster(baked_with: Bake, tracker: str, tmp_path: Path) -> None:
    """On each cluster each stage has a job script as ./rt scripts makes it, and ShellCheck has nothing against any."""
    made = []
    for cluster in QUESTIONS["cluster"]:
        root = tmp_path / cluster
        copy_tree(baked_with(tracker), root)
        settings = {"name": "p", "tracker": tracker, "cluster": cluster, "params": PARAMS.get(tracker, {})}
        (root / "project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
        project = load_project(root)
        made += [make_script(project, stage) for stage in project.tracker.stages]
    assert len(set(made)) == len(QUESTIONS["cluster"]) * len(project.tracker.stages)
    checked = subprocess.run(
        [find_shellcheck(), "-x", "-e", "SC2164", *made], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("tracker", QUESTIONS["tracker"])
@pytest.mark.drawn(4)
def test_scripts_as_they_are_typed(baked_with: Bake, tracker: str, tmp_path: Path) -> None:
    """`./rt scripts` makes the same scripts, and names them."""
    roots = [copy_tree(baked_with(tracker), tmp_path / name) for name in ("typed", "called")]
    settings = {"name": "p", "tracker": tracker, "cluster": "slurm", "params": PARAMS.get(tracker, {})}
    for root in roots:
        (root / "project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    typed, project = roots[0], load_project(roots[1])
    ran = subprocess.run([typed / "rt", "scripts"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    called = [make_script(project, stage) for stage in project.tracker.stages]
    assert ran.stdout.split() == [str(path.relative_to(project.root)) for path in called]
    assert [(typed / name).read_text() for name in ran.stdout.split()] == [path.read_text() for path in called]


@pytest.mark.parametrize("tracker", QUESTIONS["tracker"])
def test_the_commands_of_a_small_tree(baked_with: Bake, tracker: str, tmp_path: Path) -> None:
    """What is listed for a small tree with odd names is, stage by stage, what the golden file says."""
    root = tmp_path / f"{tracker}_p"
    copy_tree(baked_with(tracker), root)
    for path in (*VIDEOS, *MORE.get(tracker, ())):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("Done!\n" if path.endswith(".log") else "x")
        os.utime(root / path, (LONG_AGO, LONG_AGO))
    settings = {"name": "p", "tracker": tracker, "cluster": "local", "params": PARAMS.get(tracker, {})}
    (root / "project.yml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    project, text = load_project(root), ""
    for stage in project.tracker.stages:
        text += f"# {stage.name}\n"
        compiled = compile_stage(project, stage)
        for unit, decision in examine_stage(project, stage, Survey(stage)):
            text += f"{decision.state.value}: {unit.key}\n"
            if decision.state is State.UNPROCESSED:
                text += f"    {compiled.lines(unit)[0]}\n"
    golden = GOLDEN / f"{tracker}.txt"
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
        pytest.fail(f"{golden} was written now: read it, and keep it if that is what should be run")
    assert text == golden.read_text(encoding="utf-8")


def test_the_package_is_in_its_place() -> None:
    """Each tracker that is offered is a folder of the package."""
    for tracker in QUESTIONS["tracker"]:
        assert (REPOSITORY / FOLDER / "remote_tracker" / "trackers" / tracker).is_dir()
