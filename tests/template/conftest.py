"""A copy of the template without what lies about in a checkout, and ways to use it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
FOLDER = "{{cookiecutter.project_slug}}"
PARTS = ("cookiecutter.json", "CHANGELOG.md", "hooks", FOLDER)
Making = Callable[..., "subprocess.CompletedProcess[str]"]


def copy_template(target: Path) -> Path:
    """Copy what cookiecutter needs of this repository to ``target``."""
    target.mkdir(parents=True)
    for name in PARTS:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        else:
            shutil.copy(source, target / name)
    return target


def run_cookiecutter(template: Path, folder: Path, *answers: str, **options: str) -> subprocess.CompletedProcess[str]:
    """Run cookiecutter's own command in ``folder`` as a person does, with a home of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {
        "PATH": options.get("path", os.environ["PATH"]),
        "HOME": str(home),
        "TMPDIR": str(home),
        "PWD": str(folder),
        "LANG": "C.UTF-8",
    }
    asked = [] if "input" in options else ["--no-input"]
    return subprocess.run(
        [sys.executable, "-m", "cookiecutter", str(template), *asked, *answers],
        cwd=folder,
        env=environment,
        input=options.get("input", ""),
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A copy of the template that a test may change."""
    return copy_template(tmp_path / "template")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made with the default answers, and beside it the template it came from; not to be changed."""
    place = tmp_path_factory.mktemp("made")
    result = run_cookiecutter(copy_template(place / "template"), place / "out")
    assert result.returncode == 0, result.stdout + result.stderr
    return place / "out" / "opencv_myproject"
