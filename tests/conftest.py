"""Fixtures that tests of the whole share: a project made quickly, and one made by cookiecutter itself."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from datetime import date
from pathlib import Path

import dealing
import drawing
import pytest
from baking import bake_once, copy_once
from hypothesis import settings
from lab import LOCALE, ONE_THREAD, Lab, find_changed_packages
from locales import environment_of
from rewinding import Beginnings, make_plain

# Compiled tests are kept outside this folder, also where Python is told to keep none: each worker would compile all.
sys.pycache_prefix = os.path.expanduser("~/.cache/remote-tracker/tests")
sys.dont_write_bytecode = False

SEEDS = {"few": 4, "generated": 20, "deep": 200}  # of each crash test: half of them kill at a step, half by the clock
EXAMPLES = {"few": 40, "generated": 200, "deep": 10_000}  # of each property
for name, most in EXAMPLES.items():
    settings.register_profile(name, max_examples=most, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take --generated and --deep: more seeds of each crash test, more examples of each property."""
    for name in ("generated", "deep"):
        told = f"{SEEDS[name]} seeds and {EXAMPLES[name]:,} examples, not {SEEDS['few']} and {EXAMPLES['few']}"
        parser.addoption(f"--{name}", action="store_true", help=told)
    parser.addoption("--day", default=str(date.today()), help="draw the cases of this day, not of today")


def pytest_configure(config: pytest.Config) -> None:
    """Choose how many examples each property is held against; refuse a locale that cannot be had."""
    os.environ.update(ONE_THREAD)
    # A shell without a terminal starts what stands before "&" with Ctrl-C ignored, and all that starts from there.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", drawing.MARK)
    config.pluginmanager.register(dealing)
    config.pluginmanager.register(drawing)
    config.addinivalue_line("markers", "seeded: a crash test, which make test-generated runs with more seeds")
    settings.load_profile(_depth(config))
    if LOCALE and not environment_of(LOCALE):
        raise pytest.UsageError(f"RT_LOCALE={LOCALE}: cannot be made here: install the package locales (localedef).")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Let Python not look for what is unused while it collects tests, nor among them later: that takes 2 s a worker."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def _depth(config: pytest.Config) -> str:
    return next((name for name in ("deep", "generated") if config.getoption(f"--{name}")), "few")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that takes a ``seed`` with a few of them, with --generated and --deep with more."""
    if "seed" in metafunc.fixturenames:
        seeds = range(SEEDS[_depth(metafunc.config)])
        metafunc.parametrize(
            "seed", [pytest.param(seed, marks=(pytest.mark.seeded, pytest.mark.drawn(2))) for seed in seeds]
        )


@pytest.fixture(scope="session", autouse=True)
def _packages_stay() -> Iterator[None]:
    """The files that copies of a project share are at the end what they were: a test that changes one owns it."""
    yield
    assert not find_changed_packages()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's folder, copied once and compiled; not to be changed."""
    return copy_once(tmp_path_factory)


@pytest.fixture
def plain_lab(blank: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project whose tracker copies each video; what a test leaves running is ended."""
    made = make_plain(blank, tmp_path)
    yield made
    made.clear()


@pytest.fixture(scope="module")
def beginnings(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Beginnings]:
    """The projects that the tests of a file begin with, made once (``rewound``)."""
    place = tmp_path_factory.mktemp("begun")
    yield Beginnings(blank, place)
    shutil.rmtree(place)


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
