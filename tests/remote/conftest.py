"""A project at home and its other side behind two real sshd; skipped, with the reason, where there is no sshd."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, copy_tree
from sshds import Sshds, two_sshds
from two_sides import Home


@pytest.fixture(scope="session")
def sshds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshds]:
    """Two sshd that are up, and their users."""
    with two_sshds(tmp_path_factory.mktemp("sshds")) as made:
        yield made


@pytest.fixture
def home(sshds: Sshds, blank: Path, plain_lab: Lab, tmp_path: Path) -> Iterator[Home]:
    """A project at home that is connected to its other side."""
    far = Lab(tmp_path / "far" / "tiny_project", sshds.far_home)
    copy_tree(blank, far.root)
    far.settings()
    far.tracker()
    (far.root / ".remote-tracker.yml").write_text(f'python: "{sys.executable}"\n')
    made = Home(plain_lab.root, plain_lab.home, far, sshds)
    made.settings(remote={"login": "swc", "folder": str(far.root)})
    yield made
    made.clear()
    far.clear()
    sshds.close()
