"""Fixtures that tests of the whole share: a project made quickly, and one made by cookiecutter itself."""

from __future__ import annotations

import compileall
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from baking import bake_once
from hypothesis import settings
from lab import LOCALE, ONE_THREAD, Lab, copy_project, copy_tree, find_changed_packages
from locales import environment_of

settings.register_profile("quick", max_examples=200, deadline=None)
settings.register_profile("deep", max_examples=10_000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take --deep: more seeds of each crash test, more examples of each property."""
    parser.addoption("--deep", action="store_true", help="200 seeds instead of 20, 10,000 examples instead of 200")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples each property is held against; refuse a locale that cannot be had."""
    os.environ.update(ONE_THREAD)
    settings.load_profile("deep" if config.getoption("--deep") else "quick")
    if LOCALE and not environment_of(LOCALE):
        raise pytest.UsageError(f"RT_LOCALE={LOCALE}: cannot be made here: install the package locales (localedef).")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that takes a ``seed`` with 20 of them, with --deep 200."""
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(200 if metafunc.config.getoption("--deep") else 20))


@pytest.fixture(scope="session", autouse=True)
def _packages_stay() -> Iterator[None]:
    """The files that copies of a project share are at the end what they were: a test that changes one owns it."""
    yield
    assert not find_changed_packages()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's folder, copied once and compiled; not to be changed."""
    project = copy_project(tmp_path_factory.mktemp("blank") / "project")
    compileall.compile_dir(project / "remote_tracker", quiet=2)
    return project


@pytest.fixture
def plain_lab(blank: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project whose tracker copies each video; what a test leaves running is ended."""
    root, home = tmp_path / "tiny_project", tmp_path / "home"
    copy_tree(blank, root)
    home.mkdir()
    made = Lab(root, home)
    made.settings()
    made.tracker()
    yield made
    made.clear()


@pytest.fixture
def lab(plain_lab: Lab) -> Lab:
    """That project; tests in other folders may put it on a cluster."""
    return plain_lab


@pytest.fixture(scope="session")
def baked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project made by cookiecutter with the default answers; not to be changed."""
    return bake_once(tmp_path_factory, "opencv")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """Another file system, of 1 MiB; skipped where mounting is not permitted."""
    place = tmp_path / "other_disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting a small tmpfs is not permitted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
