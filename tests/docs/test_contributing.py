"""CONTRIBUTING.md says what the tests hold."""

from __future__ import annotations

import re

from lab import REPOSITORY
from test_import_order import LEVELS, LONGEST_FUNCTION, LONGEST_MODULE


def test_the_levels_name_each_room_once() -> None:
    """The order of imports stands in CONTRIBUTING.md alone, and names no module or package twice."""
    names = [name for line in LEVELS for name in line.split()]
    assert len(names) > 20
    assert len(names) == len(set(names))
    others = [path for path in (REPOSITORY / "docs").rglob("*.md") if "<!-- levels -->" in path.read_text("utf-8")]
    assert not others


def test_the_limits_are_those_of_the_test() -> None:
    """The sizes that people read are those that are tested."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"{LONGEST_MODULE} lines" in text
    assert f"{LONGEST_FUNCTION}" in text


def test_the_files_it_names_are_there() -> None:
    """Every path of this repository that CONTRIBUTING.md names exists."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?<![\w/])((?:tests|docs|benchmarks|demo|hooks)/[\w./-]*\w)", text))
    assert named
    assert not [name for name in sorted(named) if not (REPOSITORY / name).exists()]
