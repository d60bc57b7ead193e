"""Projects of any tracker, made by cookiecutter, whose programs are stand-ins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from baking import bake_once
from lab import REPOSITORY, Lab, copy_tree
from warm import find_warm_python

STANDINS = REPOSITORY / "tests" / "standins" / "trackers"
PYTHONS = f"{STANDINS.parent / 'python'}:{Path(sys.executable).parent}"  # for a PATH
Bake = Callable[[str], Path]
Make = Callable[[str], Lab]


@pytest.fixture(scope="session")
def baked_with(tmp_path_factory: pytest.TempPathFactory) -> Bake:
    """Return what gives the project of a tracker on local, made once; not to be changed."""
    return partial(bake_once, tmp_path_factory)


def lead_to_standin(tracker: str) -> str:
    """Return the activate.sh that leads to a tracker's stand-in."""
    found = STANDINS / tracker
    told = f"PYTHONPATH={found / 'lib'} PYTHONDONTWRITEBYTECODE=1 WARM_PYTHON={find_warm_python()}"
    return f"export PATH={found / 'bin'}:{PYTHONS}:$PATH\nexport {told}\n"


@pytest.fixture
def make(baked_with: Bake, tmp_path: Path) -> Iterator[Make]:
    """Return what makes a project of a tracker on this machine, whose activate.sh leads to that tracker's stand-in."""
    labs: list[Lab] = []

    def made(tracker: str) -> Lab:
        root, home = tmp_path / f"{tracker}_myproject", tmp_path / "home"
        copy_tree(baked_with(tracker), root)
        if tracker == "idtrackerai":  # its stand-in brings no torch that sees a GPU
            told = (root / "project.yml").read_text()
            (root / "project.yml").write_text(told.replace("params: {}", "params: {device: cpu}"))
        home.mkdir(exist_ok=True)
        lab = Lab(root, home)
        labs.append(lab)
        lab.activate(lead_to_standin(tracker))
        return lab

    yield made
    for lab in labs:
        lab.clear()


@pytest.fixture
def worms(baked_with: Bake, tmp_path: Path) -> Iterator[object]:
    """A project of the tracker tierpsy, with the stand-in of Tierpsy."""
    pytest.importorskip("h5py", reason="h5py is not installed")
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    from worms import Worms

    made = Worms(tmp_path / "tierpsy_myproject", tmp_path / "home")
    made.home.mkdir()
    copy_tree(baked_with("tierpsy"), made.root)
    made.bring_tierpsy()
    yield made
    made.clear()
