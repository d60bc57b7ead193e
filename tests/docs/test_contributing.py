"""CONTRIBUTING.md and the decision on levels say what the tests hold."""

from __future__ import annotations

import re

import pytest
from lab import REPOSITORY
from test_import_order import LEVELS, LONGEST_FUNCTION, LONGEST_MODULE

PAGES = ("CONTRIBUTING.md", "docs/decisions/0001-levels-of-imports.md")


@pytest.mark.parametrize("page", PAGES)
def test_the_levels_are_those_of_the_test(page: str) -> None:
    """The order of imports that people read is the one that is tested."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    found = re.search(r"<!-- levels -->\n```text\n(.*?)```", text, re.DOTALL)
    assert found, f"{page} has no <!-- levels -->"
    levels = [level.split() for level in re.split(r"[<\n]+ *", found[1].replace("\n<", "<").strip())]
    assert levels == [line.split() for line in LEVELS if line != "__init__"]


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
