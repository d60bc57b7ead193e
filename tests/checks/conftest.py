"""What the tests of the checks share: one clause asked about one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.checks import KINDS, Files, validate
from remote_tracker.model import Check

DATA = Path(__file__).resolve().parents[2] / "../shared/data"

Ask = Callable[..., str]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Return ask(kind, path, **options): the reason against the output of that path, "" where the clause holds."""

    def ask(kind: str, path: Path | str, **options: Any) -> str:
        assert validate(kind, "result", options) == ""
        files = Files(root=tmp_path, outputs={"result": (str(path),)})
        return KINDS[kind].examine(Check(kind, "result", options), files)

    return ask


@pytest.fixture
def real() -> Callable[[str], Path]:
    """Return real(path): a file that a real program wrote; the test is skipped where it is absent."""

    def find(path: str) -> Path:
        found = DATA / path
        if not found.exists():
            pytest.skip(f"no {path} here: the real trackers' outputs are not part of the project")
        return found

    return find
