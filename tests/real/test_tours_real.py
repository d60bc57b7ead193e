"""The tours of docs/tours that need real trackers are typed, command by command."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import yaml
from baking import copy_template
from lab import SMALL_PATH
from slurm_lab import SlurmLab
from snakemaking import let_find_slurm
from terminals import TOURS, Terminal, check_page
from test_dynvision import CONFIG, SMALL, draw_images, install
from test_tramway import SECONDS, write_locations

if TYPE_CHECKING:
    from conftest import DynVision


def open_window(slurm: Path, top: Path) -> Terminal:
    """Return a window in a home on the login node of the real Slurm."""
    home, programs, template = top / "home", top / "programs", copy_template(top / "place")
    home.mkdir()
    programs.mkdir()
    (programs / "cookiecutter").symlink_to(Path(sys.executable).with_name("cookiecutter"))
    environment = SlurmLab(top, home, slurm).environment(PATH=f"{programs}:{SMALL_PATH}")
    del environment["REMOTE_TRACKER_TEST"]
    return Terminal(home, environment, {str(template): "PLACE", str(home): "/home/lab"}, "login1")


def test_tramway(slurm: Path, tramway: Path, tmp_path: Path) -> None:
    """The tour of TRamWAy: two files and a region of each, meshes, maps of diffusivity, one table of cells."""
    window = open_window(slurm, tmp_path)
    home = window.folder
    project = SlurmLab(home / "tramway_cells", home, slurm)
    (home / "tramway_here.sh").write_text(f"export PATH={quote(str(tramway))}:$PATH\n")
    for seed in (1, 2):
        write_locations(home / f"20260101/cell{seed}.trxyt", seed)
    check_page(TOURS / "tramway.md", {"": window}, lambda _: project.wait_until_empty(SECONDS))


def test_dynvision(slurm: Path, dynvision: DynVision, tmp_path: Path) -> None:
    """The tour of DynVision: a small model is trained and tested by its own workflow, its rules as jobs of Slurm."""
    window = open_window(slurm, tmp_path)
    home = window.folder
    project = SlurmLab(home / "dynvision_vision", home, slurm)
    install(dynvision.source, home / "dynvision")
    draw_images(home / "dynvision/data/raw/tinyimagenet")
    programs = [let_find_slurm(tmp_path / "slurms", f"{slurm}/slurm.conf"), dynvision.programs, SMALL_PATH]
    lines = [f"export PATH={quote(':'.join(map(str, programs)))}", f"export PYTHONPATH={quote(str(home))}/dynvision"]
    (home / "dynvision_here.sh").write_text("\n".join([*lines, "export WANDB_MODE=offline", ""]))
    params = {"folder": str(home / "dynvision"), "experiments": {"short": "test_model_variations"}, **SMALL}
    told = yaml.safe_dump({"params": {**params, "config": CONFIG}}, sort_keys=False, default_flow_style=None, width=110)
    (home / "experiment.yml").write_text(told)
    check_page(TOURS / "dynvision.md", {"": window}, lambda _: project.wait_until_empty(3 * SECONDS))
