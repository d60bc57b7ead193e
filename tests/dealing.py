"""How the tests are dealt out to the workers of pytest-xdist: those of a file to one worker, the longest files first.

What the tests of a file share is then made once, and no long file is begun when the other workers are at their end.
Not by --dist loadgroup, which marks tests in a way that pytest 9.2 does not heed (pytest-xdist 3.8), and which asks after
each test of all tests that were done before.
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SSHD = "tests/remote"  # the tests of this folder share two sshd, which are brought up once
LONGEST = (
    "tests/docs/test_readme.py",
    "tests/whole/test_first_hour.py",
    "tests/trackers/test_antrax.py",
    "tests/trackers/test_tierpsy.py",
    "tests/trackers/test_tramway.py",
    "tests/trackers/test_sleap.py",
    "tests/whole/test_verify.py",
    "tests/test_style.py",
    "tests/standins/lsf/test_lsf.py",
    "tests/template/test_making.py",
    "tests/template/test_hooks.py",
    "tests/template/test_update_from_previous.py",
    "tests/trackers/test_deeplabcut.py",
    "tests/trackers/test_idtrackerai_deeplabcut_trex_custom.py",
    "tests/trackers/test_opencv_track.py",
    "tests/whole/test_kills.py",
    "tests/whole/test_next.py",
    "tests/whole/test_changes.py",
    "tests/task/test_helper.py",
    "tests/standins/pbs/test_running.py",
    "tests/whole/test_content.py",
    "tests/whole/test_redo.py",
    "tests/whole/test_gate.py",
    "tests/crash/test_crash_update.py",
    "tests/crash/test_storage_read_only.py",
)


def find_share(nodeid: str) -> str:
    """Return the name of what a test is dealt out with: its file, or the folder whose tests share servers."""
    file = nodeid.partition("::")[0]
    return SSHD if file.startswith(f"{SSHD}/") else file


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
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Deal out the tests by their files, in this order."""
    config.option.loadscopereorder = False  # the files with most tests first
    return ByFile(config, log)
