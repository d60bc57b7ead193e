"""What ./rt verify found bad is remembered for as long as it holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.survey.refuted import Refuted


def write(path: Path, rules: str) -> Refuted:
    """Write a file with one bad result."""
    found = Refuted(path, rules)
    found.add(-7, "a.csv: é\udcff is cut")
    assert found.is_changed
    path.write_bytes(found.content())
    return Refuted(path, rules)


def test_remembered(tmp_path: Path) -> None:
    """A reason is told again, of that result alone."""
    found = write(tmp_path / "r", "rules")
    assert (found.reason(-7), found.reason(7), found.is_changed) == ("a.csv: é\udcff is cut", "", False)


def test_other_rules(tmp_path: Path) -> None:
    """What failed under other checks is not believed."""
    write(tmp_path / "r", "rules")
    assert Refuted(tmp_path / "r", "other").reason(-7) == ""


@pytest.mark.parametrize(
    "raw", [None, b"", b"junk", b"[]", b"7", b'{"rules": "rules"}', b'{"rules": "rules", "bad": [7]}', b"[" * 99_999]
)
def test_lost_or_junk(tmp_path: Path, raw: bytes | None) -> None:
    """A file that is missing or damaged costs the finding, no more."""
    if raw is not None:
        (tmp_path / "r").write_bytes(raw)
    assert Refuted(tmp_path / "r", "rules").reason(-7) == ""


def test_forgotten(tmp_path: Path) -> None:
    """A result that is read whole and found fine is no longer refuted, and the file says so afterwards."""
    found = write(tmp_path / "r", "rules")
    found.forget(-7)
    assert (found.reason(-7), found.is_changed) == ("", True)
    (tmp_path / "r").write_bytes(found.content())
    again = Refuted(tmp_path / "r", "rules")
    again.forget(-7)
    assert (again.reason(-7), again.is_changed) == ("", False)
