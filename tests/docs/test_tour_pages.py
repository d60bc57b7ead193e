"""What holds for all tours of docs/tours without typing them, and for the gallery."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lab import REPOSITORY
from programs import load_program
from terminals import TOURS

GALLERY = REPOSITORY / "docs" / "images" / "gallery"


def test_typed_screens_are_typed_in_order() -> None:
    """Commands of typed screens are typed in order, each in its window; dots stand for lines."""
    program = load_program("docs/renew_screens.py")
    page = "<!-- screen: typed -->\n```text\n$ a\n1\n...\nin 4 s\nfar$ b\n\n$ c\nold\n```\n<!-- end -->\n"
    page += "<!-- wait: queue -->\n<!-- screen: scan -->\n```text\n$ z\n```\n<!-- end -->\n"
    answers = {"a": "1\n2\n3\nin 5 s\n", "b": "", "c": "new\n"}
    seen: list[tuple[str, ...]] = []

    def type_command(where: str, command: str) -> str:
        seen.append((where, command))
        return answers[command]

    fresh = program.retyped(page, type_command, lambda word: seen.append((word,)))
    assert seen == [("", "a"), ("far", "b"), ("", "c"), ("queue",)]
    assert fresh == page.replace("old", "new")
    assert program.count_commands(page) == 3
    assert program.renewed(page, {"scan": "$ z\n"}) == page


@pytest.mark.parametrize("page", sorted(TOURS.glob("*.md")), ids=lambda page: page.stem)
def test_each_tour_is_typed(page: Path) -> None:
    """A test types the commands of each tour; the page says how many there are, and from what its screens come."""
    text = page.read_text(encoding="utf-8")
    tests = [path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").glob("*/test_tours*.py")]
    assert any(f'TOURS / "{page.name}"' in test for test in tests)
    assert f"**{load_program('docs/renew_screens.py').count_commands(text)} commands**" in text
    assert "## What these screens come from" in text


def test_the_images_of_the_gallery_are_small_and_shown() -> None:
    """The gallery shows each of its images, none over 150 KB and all of them under 1 MB; one script names them all."""
    images, page = sorted(GALLERY.glob("*")), (REPOSITORY / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert [path.name for path in images] == sorted(re.findall(r"\(images/gallery/([\w.-]+)\)", page))
    sizes = [path.stat().st_size for path in images]
    assert max(sizes) <= 150_000
    assert sum(sizes) < 1_000_000
