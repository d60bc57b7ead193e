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
LONGEST: tuple[str, ...] = ()


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
