"""A project of each tracker, as a user prepares it, whose programs and modules start and do no work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lab import LONG_AGO, Lab
from trackers.sprites import draw, straight

GIVEN = {"sleap": {"model": "m", "device": "cpu"}, "idtrackerai": {"device": "cpu"}}
FILES = {
    "antrax": ("RawVideos/exp1/antrax/parameters/Trck.mat",),
    "tramway": ("RawVideos/d1/cell1.trxyt",),
    "snakemake": ("RawVideos/d1/data.csv",),
    "dynvision": ("dynvision/dynvision/workflow/Snakefile",),
    "sleap": ("AuxiliaryFiles/models/m/training_config.yaml", "AuxiliaryFiles/models/m/best.ckpt"),
    "deeplabcut": ("AuxiliaryFiles/dlc/config.yaml",),
}
PROGRAMS = ("antrax", "ffmpeg", "idtrackerai", "sleap-nn", "snakemake", "trex")
PROGRAM = """#!/bin/bash
case " $* " in
  *" --version "* | *" -version "* | *" --help "* | *" --list-rules "*) echo "${0##*/} 1.0" ;;
  *) echo "it cannot be done" >&2 && exit 3 ;;
esac
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
    (folder / "lib/dynvision/project_paths.py").write_text("class project_paths:\n    working_dir = '.'\n")
    return (
        f"export PATH={folder}/bin:{Path(sys.executable).parent}:$PATH PYTHONPATH={folder}/lib\n"
        f"export WANDB_MODE=offline ANTRAX_PATH={folder}/matlab ANTRAX_MCR={folder}/mcr PYTHONDONTWRITEBYTECODE=1\n"
    )


def bring_files(lab: Lab, tracker: str) -> None:
    """Put in place what a user brings along, and one thing to work on."""
    for name in FILES.get(tracker, ()):
        (lab.root / name).parent.mkdir(parents=True, exist_ok=True)
        (lab.root / name).write_text("Task: idle\n" if name.endswith("config.yaml") else "1 0.5 0.5 0.1\n")
        os.utime(lab.root / name, (LONG_AGO, LONG_AGO))
    if tracker not in ("tramway", "snakemake", "dynvision"):
        video = lab.root / "RawVideos" / ("exp1/videos/1_1/exp1_1.avi" if tracker == "antrax" else "d1/a.avi")
        video.parent.mkdir(parents=True, exist_ok=True)
        draw(video, [straight(20, 20, 1)], frames=5)
        os.utime(video, (LONG_AGO, LONG_AGO))
