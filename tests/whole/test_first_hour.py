"""From nothing to a verified table with the fewest commands, as benchmarks/first_hour plays it with 200 videos."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from lab import REPOSITORY
from programs import load_program

README, FIGURES = ((REPOSITORY / name).read_text(encoding="utf-8") for name in ("README.md", "docs/figures.md"))


@pytest.fixture(scope="module")
def hour() -> ModuleType:
    """The benchmark, as a module."""
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    pytest.importorskip("scipy", reason="scipy is not installed")
    return load_program("benchmarks/first_hour")


def draw_ten(hour: ModuleType, folder: Path) -> dict[str, str]:
    """Draw 20 videos and leave 10: those that are bad, that without an animal, and five of the good; return which."""
    made: dict[str, str] = hour.draw(folder, 20)
    left_out = [name for name, kind in made.items() if kind == "good"][5:]
    for name in left_out:
        (folder / name).unlink()
    return {name: kind for name, kind in made.items() if name not in left_out}


def test_five_commands(hour: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 10 videos four are bad in four ways: five commands, and the good are joined and proven, the bad are named."""
    monkeypatch.delenv(
        "PYTHONDONTWRITEBYTECODE", raising=False
    )  # each command would compile the package, a second of CPU
    made: dict[str, str] = {}
    typed = list(hour.play(tmp_path, lambda folder: made.update(draw_ten(hour, folder))))
    assert not list(hour.find_faults(tmp_path / hour.PROJECT, made, typed))
    assert [one.command for one in typed[2:]] == ["./rt run", "./rt status --failures", "./rt verify"]
    assert [one.code for one in typed] == [0, 0, 1, 0, 0]  # after a run something is to be copied again
    assert {*hour.WAYS} <= {*made.values()}
    assert "track: 6 of 10 videos have whole results" in typed[-1].out


def test_what_is_typed_first_stands_in_readme(hour: ModuleType) -> None:
    """README.md says what cannot be known from a last line: how a project is made, the run of everything, the proof."""
    for command in ("cookiecutter PLACE", *hour.FIRST[2:], hour.LAST):
        assert command in README
    assert f"{hour.MOST}; {len(hour.ANCESTOR)} in the guide" in FIGURES
    row = next(line for line in README.splitlines() if "(`first_hour`)" in line)
    assert [cell.strip(" *") for cell in row.split("|")][2:7:4] == [str(hour.MOST), str(len(hour.ANCESTOR))]
