"""Fixtures of the tests of tracker.yml: a project for one draft, or for a tracker.yml that the test writes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from bench import Bench

Make = Callable[..., Bench]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Return make(tracker, **settings of project.yml): a project for that draft."""

    def make(tracker: str = "", **settings: Any) -> Bench:
        return Bench(tmp_path / "lab_project", tracker, **settings)

    return make
