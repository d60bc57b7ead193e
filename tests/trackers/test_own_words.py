"""Each tracker speaks of what it works on in its own words, on every screen; no screen shows what was not filled in."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest
import yaml
from lab import LONG_AGO, REPOSITORY, Lab, copy_tree
from trackers.conftest import Bake
from trackers.sprites import draw, straight

UNITS = {  # what people call the work of the first step that is listed; videos for all others
    "antrax": "movies",
    "tramway": "files",
    "snakemake": "targets",
    "dynvision": "experiments",
}
TRACKERS = json.loads((REPOSITORY / "cookiecutter.json").read_text())["tracker"]
NAMES = {"antrax": "exp1_1.avi", "tramway": "cell1.trxyt", "snakemake": "all", "dynvision": "cifar100"}
GIVEN = {"sleap": {"model": "m", "device": "cpu"}, "idtrackerai": {"device": "cpu"}}
FILES = {
    "antrax": ("RawVideos/exp1/antrax/parameters/Trck.mat",),
    "tramway": ("RawVideos/d1/cell1.trxyt",),
    "snakemake": ("RawVideos/d1/data.csv",),
    "dynvision": ("dynvision/dynvision/workflow/Snakefile",),
    "sleap": ("AuxiliaryFiles/models/m/training_config.yaml",),
    "deeplabcut": ("AuxiliaryFiles/dlc/config.yaml",),
}
PROGRAMS = ("antrax", "ffmpeg", "idtrackerai", "sleap-nn", "snakemake", "trex")
PROGRAM = """#!/bin/bash
case " $* " in *" --version "* | *" -version "* | *" --help "*) echo 1.0 ;; *) echo "it cannot be done" >&2 && exit 3 ;; esac
"""
MODULES = (
    "deeplabcut",
    "dynvision.runtime.test_model",
    "dynvision.runtime.train_model",
    "snakemake_executor_plugin_cluster_generic",
    "snakemake_executor_plugin_slurm",
    "tierpsy.analysis.ske_init",
    "tierpsy.processing.ProcessLocal",
    "tramway.__main__",
)


VERBS = (("status",), ("status", "--failures"), ("why", "{name}"), ("doctor",))
MORE_VERBS = (
    *(("--all",), ("status", "--usage"), ("why", "nosuch"), ("redo",), ("accept",), ("moved",), ("join",), ("verify",)),
    *(("redo", "--yes", "{name}"), ("undo", "--list"), ("clean",)),
)


def bring_programs(folder: Path) -> str:
    """Make programs and modules that start and do no work, and return the activate.sh that leads to them."""
    for name in PROGRAMS:
        path = folder / "bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM)
        path.chmod(0o755)
    for name in ("matlab/bin/antrax_glnxa64_mcr_interface", "mcr/runtime/glnxa64/.keep"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text("#!/bin/bash\n")
        (folder / name).chmod(0o755)
    for name in MODULES:
        path = folder / "lib" / f"{name.replace('.', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("__version__ = '1.0'\n")
    return (
        f"export PATH={folder}/bin:{Path(sys.executable).parent}:$PATH PYTHONPATH={folder}/lib\n"
        f"export ANTRAX_PATH={folder}/matlab ANTRAX_MCR={folder}/mcr PYTHONDONTWRITEBYTECODE=1\n"
    )


def bring_files(lab: Lab, tracker: str) -> None:
    """Put in place what a user brings along, and one thing to work on."""
    for name in FILES.get(tracker, ()):
        (lab.root / name).parent.mkdir(parents=True, exist_ok=True)
        (lab.root / name).write_text("1 0.5 0.5 0.1\n")
        os.utime(lab.root / name, (LONG_AGO, LONG_AGO))
    if tracker not in ("tramway", "snakemake", "dynvision"):
        video = lab.root / "RawVideos" / ("exp1/videos/1_1/exp1_1.avi" if tracker == "antrax" else "d1/a.avi")
        video.parent.mkdir(parents=True, exist_ok=True)
        draw(video, [straight(20, 20, 1)], frames=5)
        os.utime(video, (LONG_AGO, LONG_AGO))


def own_text(text: str) -> str:
    """Return a text without what is no word of a tracker: paths, a key of project.yml, a kind of check."""
    return re.sub(r"\S*/\S*|SHA256SUMS[.]videos|# videos:|video: \w+", " ", text)


@pytest.mark.parametrize("tracker", TRACKERS)
def test_every_screen(baked_with: Bake, tmp_path: Path, tracker: str) -> None:
    """A project's page, settings and screens, before and after a failure, say neither videos for else nor {{ }}."""
    lab = Lab(copy_tree(baked_with(tracker), tmp_path / f"{tracker}_myproject"), tmp_path)
    lab.activate(bring_programs(tmp_path / "programs"))
    own, units = {"README.md", "project.yml"}, UNITS.get(tracker, "videos")
    shown = {name: (lab.root / name).read_text() for name in own}
    settings = yaml.safe_load(shown["project.yml"]) | {"params": GIVEN.get(tracker, {})}
    (lab.root / "project.yml").write_text(yaml.safe_dump(settings))
    for name in ("scan with nothing", "scan", "scan of the failed"):
        ran = lab.scan()
        shown[name] = ran.out + ran.err
        if name == "scan":
            assert f"1 {units.removesuffix('s')} found." in ran.out, ran
            lab.run("bash", ran.out.rsplit(maxsplit=1)[1])
        elif name == "scan with nothing":
            bring_files(lab, tracker)
    for words in VERBS if units == "videos" else (*VERBS, *MORE_VERBS):
        ran = lab.rt(*[word.format(name=NAMES.get(tracker, "a.avi")) for word in words])
        shown[" ".join(words)] = ran.out + ran.err
    for script in ("workspace/get_files2process.sh", "summarizer/get_cmd2process.sh"):
        shown[script] = lab.run("bash", script, "--help", folder="").out
    assert tracker in ("opencv", "custom") or "failed" in shown["status"], shown["status"]
    assert "has NOT" not in shown["doctor"], shown["doctor"]
    for name, text in shown.items():
        assert "{{" not in text, (name, text)
        assert "{%" not in text, (name, text)
        if units != "videos":
            assert not re.search(r"\bvideos?\b", own_text(text), re.IGNORECASE), (name, text)


def test_the_words_of_a_new_project_are_the_tracker_s(baked_with: Bake) -> None:
    """The words with which cookiecutter writes a project's page are those that the tracker's steps say."""
    words = json.loads((REPOSITORY / "cookiecutter.json").read_text())["_words"]
    said = {tracker: words.get(tracker, words[""])["units"] for tracker in TRACKERS}
    assert said == {tracker: UNITS.get(tracker, "videos") for tracker in TRACKERS}
