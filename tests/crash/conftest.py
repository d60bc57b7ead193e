"""Projects for the crash tests, each with room beside it for the copies that are killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from crashes import CrashLab, Prepared
from lab import copy_tree

Make = Callable[[], CrashLab]


@pytest.fixture(scope="module")
def fresh(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> CrashLab:
    """A project to be prepared once for all tests of a file, and the shim that counts steps."""
    top = tmp_path_factory.mktemp("crash")
    lab = CrashLab(copy_tree(blank, top / "project"), top / "home")
    lab.put_shim()
    lab.works()
    return lab


@pytest.fixture
def crash_lab(prepared: Prepared, fresh: CrashLab, tmp_path: Path) -> Iterator[CrashLab]:
    """A copy of what the file prepared; what is left running in it is ended."""
    lab = CrashLab(copy_tree(prepared.root, tmp_path / "project"), fresh.home)
    yield lab
    lab.more = {}
    lab.clear()
    shutil.rmtree(lab.root, ignore_errors=True)
