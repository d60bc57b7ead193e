"""A stand-in for each test of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pbs.stand import Stand


@pytest.fixture
def prepared(tmp_path: Path) -> Iterator[Stand]:
    """A stand-in that is not up yet; it is down after the test, and left no process behind."""
    made = Stand(tmp_path)
    yield made
    assert made.sh("down").code == 0
    log = made.folder / "log"
    assert "Traceback" not in (log.read_text() if log.exists() else "")


@pytest.fixture
def stand(prepared: Stand) -> Stand:
    """A stand-in that is up."""
    return prepared.up()
