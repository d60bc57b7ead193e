"""The programs of docs/ and demo/ that people type: where a module is missing, one line says what to type."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from lab import REPOSITORY

FOLDERS = ("demo", "docs")
PROGRAMS = sorted(path for folder in FOLDERS for path in (REPOSITORY / folder).glob("*.py"))
PLAIN = ("make_libraries",)  # it needs no module but Python's own


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.stem not in PLAIN], ids=lambda path: path.stem)
def test_a_missing_module_is_one_line(program: Path) -> None:
    """In a Python without any module, as -S leaves it, the line names what is missing and what to type; exit code 1."""
    done = subprocess.run([sys.executable, "-S", program, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("No module named '")
    assert "Type" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_others_need_none() -> None:
    """What is left out above starts in a Python without any module."""
    for name in PLAIN:
        program = f"import runpy; runpy.run_path('docs/{name}.py', run_name='looked_at')"  # its main is not run
        assert subprocess.run([sys.executable, "-S", "-c", program], cwd=REPOSITORY).returncode == 0, name
