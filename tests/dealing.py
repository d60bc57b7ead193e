"""How the tests are dealt out to the workers of pytest-xdist: those of a file to one worker, the longest files first.

What the tests of a file share is then made once, and no long file is begun when the other workers are at their end.
Not by --dist loadgroup, which marks tests in a way that pytest 9.2 does not heed (pytest-xdist 3.8), and which looks
after each test at all tests that were done before.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SSHD = "tests/remote"  # the tests of this folder share two sshd, which are brought up once
CHROMIUM = "tests/page/test_chromium"  # the tests of these files share a Chromium: 2 s of CPU to bring it up
LONGEST = (
    CHROMIUM,
    "tests/trackers/test_tierpsy.py",
    "tests/trackers/test_antrax.py",
    "tests/docs/test_readme.py",
    "tests/template/test_making.py",
    "tests/whole/test_verify.py",
    "tests/trackers/test_tramway.py",
    "tests/scan/test_pieces.py",
    "tests/task/test_left.py",
    "tests/whole/test_kills.py",
    "tests/trackers/test_opencv_track.py",
    "tests/task/test_log.py",
    "tests/task/test_helper.py",
    "tests/whole/test_first_hour.py",
    "tests/whole/test_watch.py",
    "tests/trackers/test_sleap.py",
    "tests/standins/pbs/test_transcripts.py",
    "tests/whole/test_streams.py",
    "tests/docs/test_site_built.py",
    "tests/test_starting.py",
    "tests/test_style.py",
    "tests/trackers/test_tierpsy_summaries.py",
    "tests/whole/test_next.py",
    "tests/whole/test_gate.py",
    "tests/whole/test_changes.py",
    "tests/template/test_update_from_previous.py",
    "tests/trackers/test_idtrackerai_deeplabcut_trex_custom.py",
    "tests/task/test_results.py",
    "tests/page/test_libraries.py",
    "tests/standins/lsf/test_lsf.py",
)


MANY = 50  # files of which each worker takes seconds to compile them


def find_uncompiled(files: Sequence[Path]) -> list[Path]:
    """Return the test files that pytest did not compile since they were written."""
    found = []
    for file in files:
        kept = Path(f"{sys.pycache_prefix}{file.parent}") if sys.pycache_prefix else file.parent / "__pycache__"
        times = [path.stat().st_mtime for path in kept.glob(f"{file.stem}.*-pytest-*.pyc")]
        if max(times, default=0) < file.stat().st_mtime:
            found.append(file)
    return found


def compile_tests(files: Sequence[Path]) -> None:
    """Let two processes compile test files, as pytest does when it collects them; a broken file stays as it is."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix or ""
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # a plugin takes its time, and compiles nothing
    argv = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider"]
    halves = [half for half in (files[::2], files[1::2]) if half]
    begun = [subprocess.Popen([*argv, *half], env=environment, stdout=subprocess.DEVNULL) for half in halves]
    for process in begun:
        process.wait()


def find_share(nodeid: str) -> str:
    """Return the name of what a test is dealt out with: its file, or what the files have in common that share more."""
    file = nodeid.partition("::")[0]
    return next((share for share in (SSHD, CHROMIUM) if file.startswith((f"{share}/", f"{share}_"))), file)


def rank(share: str) -> int:
    """Return the place in the order in which tests are begun; the files of a few seconds are the last, alike."""
    return LONGEST.index(share) if share in LONGEST else len(LONGEST)


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """Deals out the tests of one file together, in the order in which tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return find_share(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the files that take longest first."""
    items.sort(key=lambda item: rank(find_share(item.nodeid)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Compile many new test files before the workers begin, of which each would compile all."""
    ignored = [Path(name).resolve() for name in config.getoption("ignore") or ()]
    folders = [path for path in (Path(name).resolve() for name in config.args) if path.is_dir()]
    files = [file for folder in folders for file in sorted(folder.rglob("test_*.py"))]
    new = find_uncompiled([file for file in files if not any(file.is_relative_to(place) for place in ignored)])
    if len(new) >= MANY:
        compile_tests(new)


@pytest.hookimpl(optionalhook=True, trylast=True)  # last: tests/cluster/conftest.py deals by scheduler
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Deal out the tests by their files, in this order."""
    config.option.loadscopereorder = False  # the files with most tests first
    return ByFile(config, log)
