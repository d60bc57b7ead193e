"""Projects made by cookiecutter itself, with the answers that a test gives; made once for tests that only copy them."""

from __future__ import annotations

import compileall
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cookiecutter.main import cookiecutter
from lab import REPOSITORY, TEMPLATE, copy_project


def copy_template(place: Path) -> Path:
    """Return a copy of the template without caches, in a new folder below ``place``."""
    template = place / "template"
    template.mkdir(parents=True)
    for name in ("hooks", "docs", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, template / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copy(REPOSITORY / "cookiecutter.json", template)
    return template


def bake(place: Path, **answers: str) -> Path:
    """Return the project that cookiecutter makes below ``place``."""
    template, out = str(copy_template(place)), str(place / "out")
    return Path(cookiecutter(template, no_input=True, extra_context=answers, output_dir=out))


def compile_package(project: Path) -> None:
    """Compile a project's package beside its modules, where a start of Python would put them."""
    prefix, sys.pycache_prefix = sys.pycache_prefix, None
    try:
        compileall.compile_dir(project / "remote_tracker", quiet=2)
    finally:
        sys.pycache_prefix = prefix


def make_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Path]) -> Path:
    """Return what ``make`` makes in an empty folder, made by the first who asks for that name; not to be changed.

    All workers of pytest-xdist share it: each of them has a folder of its own in one folder of the whole run.
    """
    top = factory.getbasetemp()
    top = top.parent if "PYTEST_XDIST_WORKER" in os.environ else top
    place, told = top / f"once_{name}", top / f"once_{name}.path"
    with open(top / f"once_{name}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            shutil.rmtree(place, ignore_errors=True)  # of one who could not make it
            place.mkdir()
            told.write_text(str(make(place)), encoding="utf-8")
    return Path(told.read_text(encoding="utf-8"))


def copy_once(factory: pytest.TempPathFactory) -> Path:
    """Return the template's folder, copied as it is and compiled."""

    def make(place: Path) -> Path:
        project = copy_project(place / "project")
        compile_package(project)
        return project

    return make_once(factory, "blank", make)


def take_compiled(project: Path, blank: Path) -> None:
    """Copy a compiled package over a project's own, whose modules must be the same: to compile them takes a second."""
    own, compiled = project / "remote_tracker", blank / "remote_tracker"
    modules = {path.relative_to(own) for path in own.rglob("*.py")}
    assert modules == {path.relative_to(compiled) for path in compiled.rglob("*.py")}
    assert not [name for name in modules if (own / name).read_bytes() != (compiled / name).read_bytes()]
    subprocess.run(["cp", "-a", "-T", "--", compiled, own], check=True)


def bake_once(factory: pytest.TempPathFactory, tracker: str, **answers: str) -> Path:
    """Return the project of a tracker on local, compiled, so that no copy of it is compiled again."""
    blank = copy_once(factory)

    def make(place: Path) -> Path:
        project = bake(place, tracker=tracker, cluster="local", **answers)
        take_compiled(project, blank)
        return project

    return make_once(factory, "_".join(["baked", tracker, *answers.values()]), make)
