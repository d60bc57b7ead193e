"""What ./rt report writes, read by a real Chromium: the page of a small project, and one with all that there can be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab import Lab, copy_tree

from page.synthetic import draw_data
from page.test_report import BAD, day_of, make_ran
from page.written_page import write_page

if TYPE_CHECKING:
    from page.browsing import Screen


@pytest.fixture
def reported(blank: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A project of three videos, one of which failed, with its page."""
    (tmp_path / "home").mkdir()
    lab = Lab(copy_tree(make_ran(blank, tmp_path_factory), tmp_path / "tiny_project"), tmp_path / "home")
    assert lab.rt("report").code == 0
    return lab


def test_the_page_of_a_project_is_read(screen: Screen, reported: Lab) -> None:
    """The page shows how the project stands; a failed video opens with its story and its log's end."""
    screen.open(reported.root / "Results/report.html")
    assert screen.errors() == []
    assert not screen.find("#trouble").is_displayed()
    assert screen.text(".big-number") == "2 of 3 videos finished"
    assert screen.text(".cause .count").startswith("1")
    screen.find("#search").send_keys("alert")
    name = f"d2/{BAD.replace('/', '_')}"
    assert screen.names() == [name]
    screen.click("tr[data-row] button.open")
    screen.wait("return document.querySelector('.told pre')")
    told = day_of(reported.root / "Results/report/d2.js")
    blocks = screen.run("return [...document.querySelectorAll('.told pre')].map(pre => pre.textContent)")
    assert blocks == [told["stories"][name], told["logs"][name]]


def test_a_page_with_all_parts_is_read(screen: Screen, tmp_path: Path) -> None:
    """Of a page with all that there can be each part is shown, and Chromium complains about nothing."""
    screen.open(write_page(tmp_path, draw_data(300)))
    screen.wait("return document.querySelectorAll('.chart svg').length === 2")
    assert screen.errors() == []
    assert not screen.find("#trouble").is_displayed()
    nothing = screen.run(
        "return [...document.querySelectorAll('main > section > h2 + p.quiet')].map(p => p.textContent)"
    )
    assert nothing == []
