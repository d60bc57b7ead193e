"""What make test draws of the cases of tests that take long, and that nothing is drawn where somebody asks for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta

import pytest
from drawing import draw, find_left_out
from lab import REPOSITORY

DAY = date(2026, 11, 30)


@pytest.mark.parametrize(("cases", "most"), [(1, 1), (6, 2), (7, 2), (49, 8), (3, 3), (2, 5)])
def test_each_case_has_its_turn(cases: int, most: int) -> None:
    """A day draws as many as it may, each time the same, and within so many days every case was drawn."""
    days = [draw(cases, most, DAY + timedelta(days=later)) for later in range(-(-cases // most))]
    assert {len(drawn) for drawn in days} == {min(cases, most)}
    assert set().union(*days) == set(range(cases))
    assert draw(cases, most, DAY) == days[0]


def test_cases_of_several_tests_are_drawn_together() -> None:
    """Tests that are cases of one thing are drawn as one; others by themselves; whatever has too few cases stays."""
    together, alone = pytest.mark.drawn(1, of="ends").mark, pytest.mark.drawn(2).mark
    always = pytest.mark.drawn("all").mark
    marked = [
        (0, "f.py::a", together),
        (1, "f.py::b", together),
        (2, "f.py::e", always),
        (4, "f.py::c", alone),
        (5, "f.py::c", alone),
        (6, "f.py::c", alone),
        (7, "f.py::d", alone),
    ]
    left = find_left_out(marked, DAY)
    assert len(left & {0, 1}) == 1
    assert len(left & {4, 5, 6}) == 1
    assert not left & {2, 7}


def collected(*words: str) -> list[str]:
    """Return the tests that a run of pytest in the repository would do."""
    argv = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *words]
    done = subprocess.run(argv, cwd=REPOSITORY, env={**os.environ}, capture_output=True, text=True, timeout=300)
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_only_the_whole_is_drawn() -> None:
    """A run of the folder leaves out cases, one of a file none, and make test-generated runs all that are left out."""
    here, file = REPOSITORY / "tests", REPOSITORY / "tests/trackers/test_antrax.py"
    beside = [path for path in here.iterdir() if path.name not in ("trackers", "conftest.py")]
    beside += [path for path in file.parent.iterdir() if path != file]
    alone = [f"--ignore={path}" for path in beside]
    every, few = collected(str(file)), collected("tests", *alone)
    assert set(few) < set(every)
    assert set(collected("tests", "-k", "test", *alone)) == set(every)
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    generated = re.findall(r"^test-generated:.*\n\t.*pytest.* --generated -m \"(.*?)\"", makefile, re.MULTILINE)
    assert set(every) - set(few) <= set(collected("tests", "--generated", "-m", generated[0], *alone))
