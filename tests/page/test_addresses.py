"""The page needs nothing from elsewhere: no address in it leads out of the folder that it lies in."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from remote_tracker.page.assemble import ASSETS, assemble
from remote_tracker.page.day_page import Shown, day_page

from page.synthetic import draw_data

LEADING = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background", "cite", "ping", "style"}
LOADING = re.compile(r"url\s*\(|@import|image-set\s*\(|https?:|//", re.I)
SPRITE = {"file": "a b.thumbs.png", "width": 144, "height": 108, "columns": 10}


class Addresses(HTMLParser):
    """Collects what a browser would load or could follow, the style sheets, and the handlers in attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.styles: list[str] = []
        self.handlers: list[str] = []
        self._is_style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes of an element."""
        self._is_style = tag == "style"
        self.found += [(name, value or "") for name, value in attrs if name in LEADING]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        """Note a style sheet."""
        if self._is_style:
            self.styles.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note that a style sheet ended."""
        self._is_style = False


def is_from_here(address: str) -> bool:
    """Tell whether an address is a place in the page, or a file beside it."""
    return address.startswith("#") or re.fullmatch(r"(?:\.{1,2}/)?[\w%~.-][\w%~./-]*", address) is not None


@pytest.fixture(scope="module")
def page() -> str:
    """A page with everything in it, and hostile names."""
    return assemble(draw_data(200))


def test_the_page_loads_nothing(page: str) -> None:
    """No attribute of the page leads elsewhere, no style sheet loads anything, and no attribute is a script."""
    told = Addresses(page)
    assert [one for one in told.found if one[0] != "style" and not is_from_here(one[1])] == []
    assert told.handlers == []
    assert [sheet for sheet in told.styles if LOADING.search(re.sub(r"/\*.*?\*/", "", sheet, flags=re.S))] == []


def test_no_part_of_the_page_ends_the_element_that_holds_it() -> None:
    """No script or style sheet that is put into the page holds the end of its element."""
    parts = [path.read_text(encoding="utf-8") for path in ASSETS.rglob("*") if path.suffix in (".js", ".css")]
    assert parts
    assert not [part for part in parts if re.search(r"</(script|style)|<!--", part, re.I)]


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>', "a'b", "javascript:alert(1)", "//evil", "url(x)", "a b\n"]
)
def test_a_day_page_has_names_as_text(name: str) -> None:
    """A hostile name in a day's page adds no element, no handler and no address."""
    videos: list[Any] = [Shown(name, "failed", name, f"pictures/{name}.png".encode(), 13)]
    page = day_page(name, name, videos, {**SPRITE, "file": f"{name}.thumbs.png"})
    plain = Addresses(day_page("p", "d", [Shown("v", "failed", "r", b"pictures/v.png", 13)], SPRITE))
    told = Addresses(page)
    assert [one for one, _ in told.found] == [one for one, _ in plain.found]
    assert all(is_from_here(address) for kind, address in told.found if kind == "href")
    assert all(re.findall(r"url\((.*?)\)", style) in ([], [f"'./{quote(name)}.thumbs.png'"]) for _, style in told.found)
    assert told.handlers == []
    assert "<script" not in page
