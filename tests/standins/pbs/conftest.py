"""A stand-in for each test of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pbs.stand import Stand


@pytest.fixture
def short_home() -> Iterator[Path]:
    """A home whose path is as long as the one of the transcripts: texts wrap alike."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="") as place:
        yield Path(place)


@pytest.fixture
def prepared(tmp_path: Path, short_home: Path) -> Iterator[Stand]:
    """A stand-in that is not up yet; it is down after the test, and left no process behind."""
    made = Stand(tmp_path, short_home)
    yield made
    assert made.sh("down").code == 0
    log = made.folder / "log"
    assert "Traceback" not in (said := log.read_text() if log.exists() else ""), said


@pytest.fixture
def stand(prepared: Stand) -> Stand:
    """A stand-in that is up."""
    return prepared.up()
