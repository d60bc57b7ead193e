"""A project made by cookiecutter itself, with the answers that a test gives."""

from __future__ import annotations

import shutil
from pathlib import Path

from cookiecutter.main import cookiecutter
from lab import REPOSITORY, TEMPLATE


def bake(place: Path, **answers: str) -> Path:
    """Return the project that cookiecutter makes below ``place``, from a copy of the template without caches."""
    template = place / "template"
    template.mkdir(parents=True)
    for name in ("hooks", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, template / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copy(REPOSITORY / "cookiecutter.json", template)
    return Path(cookiecutter(str(template), no_input=True, extra_context=answers, output_dir=str(place / "out")))
