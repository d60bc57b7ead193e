"""The site as it is built: whole, asking no other server, searched from a disk; needs what `make site` sets up."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import REPOSITORY
from page.browsing import Screen, start_chromium

BUILDER = Path.home() / ".cache" / "remote-tracker" / "site" / "bin" / "python"
needs_builder = pytest.mark.skipif(not os.access(BUILDER, os.X_OK), reason="MkDocs is not installed (make site)")
pytestmark = needs_builder


def build(program: Path, place: Path) -> subprocess.CompletedProcess[str]:
    """Build the site of the repository in which the program lies."""
    return subprocess.run([BUILDER, program, place], capture_output=True, text=True)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    place = tmp_path_factory.mktemp("site")
    done = build(REPOSITORY / "docs" / "make_site.py", place)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"The site:  {place}/html/index.html\n"
    return place / "html"


def test_no_page_asks_another_server(html: Path) -> None:
    """No page takes a script, a style, a font or a picture from elsewhere: only links that people follow lead there."""
    pages = list(html.rglob("*.html"))
    assert len(pages) > 60
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert not re.findall(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"?(?:https?:)?//", text), page
        assert not re.findall(r"<link[^>]*href=\"?(?:https?:)?//", text), page


@pytest.mark.parametrize(
    ("page", "line", "told"),
    [
        ("docs/limits.md", "[gone](no-such-page.md)", "no-such-page.md"),
        ("README.md", "[gone](docs/limits.md#no-such-heading)", "no-such-heading"),
    ],
)
def test_a_link_that_leads_nowhere_fails(tmp_path: Path, page: str, line: str, told: str) -> None:
    """A link to a page or a heading that there is not ends the build with its name."""
    copy = tmp_path / "copy"
    shutil.copytree(REPOSITORY / "docs", copy / "docs")
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "CITATION.cff", "LICENSE", "mkdocs.yml"):
        shutil.copy(REPOSITORY / name, copy)
    with (copy / page).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = build(copy / "docs" / "make_site.py", tmp_path / "site")
    assert done.returncode == 1
    assert told in done.stdout + done.stderr


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """A Chromium window."""
    place = tmp_path_factory.mktemp("chromium")
    driver = start_chromium(place / "profile", place / "downloads")
    yield Screen(driver, place / "downloads")
    driver.quit()


def test_it_is_searched_from_a_disk(html: Path, screen: Screen) -> None:
    """Opened as a file, without a network, the site finds a word that stands in its pages."""
    screen.size(1400)
    screen.driver.get((html / "index.html").as_uri())
    screen.wait("return typeof __index === 'object'")
    screen.find(".md-search__input").send_keys("walltime")
    screen.wait("return document.querySelectorAll('.md-search-result__item').length > 5")
    assert "signatures.yml" in screen.text(".md-search-result__list")
    assert not screen.errors()


@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize("page", ["index.html", "docs/failures.html", "docs/figures.html", "docs/clusters/slurm.html"])
def test_nothing_is_wider_than_the_window(html: Path, screen: Screen, page: str, width: int) -> None:
    """On a telephone and on a screen only a table, or a screen in its own frame, is moved sideways, never the page."""
    screen.size(width)
    screen.driver.get((html / page).as_uri())
    screen.wait("return document.readyState === 'complete'")
    wide = screen.run("return document.documentElement.scrollWidth")
    assert wide <= screen.run("return window.innerWidth")


@pytest.mark.parametrize("page", ["index.html", "docs/first-hour.html", "docs/trackers/sleap.html"])
def test_a_line_to_type_is_seen_whole(html: Path, screen: Screen, page: str) -> None:
    """On a telephone no line to type is moved sideways; elsewhere none is broken, and columns of screens never are."""
    typed, screens = ".highlight:not([class*=language-]) pre > code", ".language-text pre > code"
    for width, wraps in ((390, True), (1400, False)):
        screen.size(width)
        screen.driver.get((html / page).as_uri())
        screen.wait("return document.readyState === 'complete'")
        ask = f"return [...document.querySelectorAll('{typed}')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        if wraps:
            assert screen.run(ask) == 0
        style = "return [...document.querySelectorAll('{}')].map(e => getComputedStyle(e).whiteSpace)"
        assert set(screen.run(style.format(typed))) == {"pre-wrap" if wraps else "pre"}
        assert set(screen.run(style.format(screens))) <= {"pre"}
