"""The python that tests of trackers put before theirs answers as theirs would."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from trackers.conftest import PYTHONS, STANDINS

ANSWERED = re.findall(r'"-c (import [^"]*)"', (STANDINS.parent / "python" / "python").read_text(encoding="utf-8"))


def ask(*words: str, path: str = PYTHONS) -> subprocess.CompletedProcess[str]:
    """Return how the first python of a PATH ends."""
    argv = ["env", f"PATH={path}:/usr/bin:/bin", "python", *words]
    return subprocess.run(argv, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("line", ANSWERED)
def test_what_is_answered_at_once_is_true(line: str) -> None:
    """What it says that it can import, the tests' own Python can import."""
    assert ask("-c", line).returncode == 0
    assert ask("-c", line, path=str(Path(sys.executable).parent)).returncode == 0


def test_all_else_is_done_by_the_real_python() -> None:
    """Whatever else it is started for, the tests' own Python does, with the same words and the same end."""
    ran = ask("-c", "import sys; print(sys.executable, sys.argv[1:]); sys.exit(7)", "it's $(one)", "")
    assert (ran.returncode, ran.stdout) == (7, f"{sys.executable} [\"it's $(one)\", '']\n")
    assert "nowhere" in ask("-c", "import nowhere").stderr
