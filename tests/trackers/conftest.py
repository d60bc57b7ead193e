"""Projects of trackers, made by cookiecutter as a lab makes them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter
from lab import REPOSITORY, TEMPLATE

Project = Callable[[str], Path]


@pytest.fixture(scope="session")
def bake(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return bake(tracker): the folder of a project of that tracker on local, made once; not to be changed."""
    place = tmp_path_factory.mktemp("trackers")
    made: dict[str, Path] = {}
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in ("hooks", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, place / "template" / name, ignore=ignored)
    shutil.copy(REPOSITORY / "cookiecutter.json", place / "template")

    def bake(tracker: str) -> Path:
        if tracker not in made:
            answers = {"tracker": tracker, "cluster": "local"}
            template, out = str(place / "template"), str(place / tracker)
            made[tracker] = Path(cookiecutter(template, no_input=True, extra_context=answers, output_dir=out))
        return made[tracker]

    return bake


@pytest.fixture
def worms(bake: Project, tmp_path: Path) -> Iterator[object]:
    """A project of the tracker tierpsy, with the stand-in of Tierpsy."""
    pytest.importorskip("h5py", reason="h5py is not installed")
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    from worms import Worms

    made = Worms(tmp_path / "tierpsy_myproject", tmp_path / "home")
    made.home.mkdir()
    shutil.copytree(bake("tierpsy"), made.root, symlinks=True)
    made.bring_tierpsy()
    yield made
    made.clear()
