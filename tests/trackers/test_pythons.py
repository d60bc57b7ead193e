"""The python that tests of trackers put before theirs answers as theirs would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE
from remote_tracker.config import load_tracker
from trackers.conftest import PYTHONS, STANDINS

ANSWERED = re.findall(r'"-c (import [^"]*)"', (STANDINS.parent / "python" / "python").read_text(encoding="utf-8"))


def ask(*words: str, path: str = PYTHONS, tracker: str = "") -> subprocess.CompletedProcess[str]:
    """Return how the first python of a PATH ends, where it finds what stands in for a tracker."""
    argv = ["env", f"PATH={path}:/usr/bin:/bin", f"PYTHONPATH={STANDINS / tracker / 'lib'}", "python", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("line", ANSWERED)
def test_what_is_answered_at_once_is_true(line: str) -> None:
    """What it says that it can import, the tests' own Python can import."""
    assert ask("-c", line).returncode == 0
    assert ask("-c", line, path=str(Path(sys.executable).parent)).returncode == 0


@pytest.mark.parametrize("tracker", ["deeplabcut", "idtrackerai", "tramway"])
def test_versions_are_those_of_the_stand_ins(tracker: str) -> None:
    """What it says to the line by which a tracker's version is asked, the tests' own Python says."""
    line = (
        load_tracker(TEMPLATE / "remote_tracker/trackers" / tracker / "tracker.yml")
        .version.removeprefix("python -c '")
        .rstrip("'")
    )
    said, told = (ask("-c", line, path=path, tracker=tracker) for path in (PYTHONS, str(Path(sys.executable).parent)))
    assert (said.returncode, said.stdout) == (told.returncode, told.stdout) == (0, told.stdout)
    assert re.fullmatch(r"(tramway )?\d+\.\d+.*\n", said.stdout)
    assert ask("-c", line).returncode == 1  # where there is no stand-in, Python itself has to answer


def test_all_else_is_done_by_the_real_python() -> None:
    """Whatever else it is started for, the tests' own Python does, with the same words and the same end."""
    ran = ask("-c", "import sys; print(sys.executable, sys.argv[1:]); sys.exit(7)", "it's $(one)", "")
    assert (ran.returncode, ran.stdout) == (7, f"{sys.executable} [\"it's $(one)\", '']\n")
    assert "nowhere" in ask("-c", "import nowhere").stderr
