"""Projects of any tracker, made by cookiecutter, whose programs are stand-ins."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter
from lab import REPOSITORY, TEMPLATE, Lab

STANDINS = REPOSITORY / "tests" / "standins"
Make = Callable[[str], Lab]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template without what lies about in a checkout; not to be changed."""
    place = tmp_path_factory.mktemp("template") / "template"
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    for name in ("hooks", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, place / name, ignore=ignored)
    shutil.copy(REPOSITORY / "cookiecutter.json", place)
    return place


@pytest.fixture
def make(template: Path, tmp_path: Path) -> Iterator[Make]:
    """Return what makes a project of a tracker on this machine, whose activate.sh leads to that tracker's stand-in."""
    labs: list[Lab] = []

    def made(tracker: str) -> Lab:
        answers = {"project_name": "p", "tracker": tracker, "cluster": "local"}
        root = cookiecutter(str(template), no_input=True, extra_context=answers, output_dir=str(tmp_path / "out"))
        home = tmp_path / "home"
        home.mkdir(exist_ok=True)
        lab = Lab(Path(root), home)
        labs.append(lab)
        lab.activate(
            f"export PATH={STANDINS / tracker / 'bin'}:{Path(sys.executable).parent}:$PATH\n"
            f"export PYTHONPATH={STANDINS / tracker / 'lib'} PYTHONDONTWRITEBYTECODE=1\n"
        )
        return lab

    yield made
    for lab in labs:
        lab.clear()
