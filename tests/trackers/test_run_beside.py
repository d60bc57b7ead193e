"""A program of the user's finds the modules of its tracker wherever the project lies."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from lab import TEMPLATE

RUN_BESIDE = TEMPLATE / "remote_tracker" / "day_tables" / "run_beside.py"
PROGRAM = """\
import sys
from knowledge import WORD  # of the tracker
from own import NUMBER  # beside the program
print(__name__, __file__, sys.argv, WORD, NUMBER)
"""


@pytest.mark.parametrize("name", ["plain", "run 10:30", "a 'b' $c"])
def test_modules_of_the_tracker_and_of_the_program(tmp_path: Path, name: str) -> None:
    """The program runs as if it were called itself, and imports from the tracker's folder and from its own."""
    top = tmp_path / name
    for place, file, text in (("t", "knowledge", "WORD = 'x'"), ("p", "own", "NUMBER = 1"), ("p", "main", PROGRAM)):
        (top / place).mkdir(parents=True, exist_ok=True)
        (top / place / f"{file}.py").write_text(text)
    program = str(top / "p" / "main.py")
    call = [sys.executable, "-B", str(RUN_BESIDE), str(top / "t"), program, "20260101", "--all"]
    ran = subprocess.run(call, capture_output=True, text=True)
    assert ran.stderr == ""
    assert ran.stdout == f"__main__ {program} {[program, '20260101', '--all']} x 1\n"


TRACKERS = {path.parent.name: path for path in sorted(TEMPLATE.glob("remote_tracker/trackers/**/tracker.yml"))}


@pytest.mark.parametrize("path", TRACKERS.values(), ids=TRACKERS)
def test_no_tracker_puts_a_path_into_a_list_with_colons(path: Path) -> None:
    """No command names a path of the project within a list in which a colon ends a path."""
    assert not re.findall(r"PATH=\S*\{\{", path.read_text(encoding="utf-8"))
