"""The page is put together so that no data ends an element, and nothing in it is loaded from elsewhere."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from remote_tracker.page.assemble import ASSETS, assemble, find_scripts, pack

from page.synthetic import draw_plates

LONGEST_SCRIPT = 250
MAKES_HTML = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser"
)
ASKS = re.compile(r"\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|\bimport\(|https?:")


class Loaded(HTMLParser):
    """Collects what the elements of a page name as addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses of an element."""
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]


def unpacked(packed: str) -> object:
    """Return what was packed, as the page reads it."""
    return json.loads(zlib.decompress(base64.b64decode(packed), -zlib.MAX_WBITS).decode("utf-8"))


@pytest.mark.parametrize("name", ["</script><b>", "\\", "\u2028", "\ud800x", "🪱", "<!--data-->", "\x00"])
def test_any_name_comes_back(name: str) -> None:
    """What is packed is unpacked as it was, half characters too; its letters can end no element."""
    packed = pack({"name": name})
    assert unpacked(packed) == {"name": name}
    assert re.fullmatch("[A-Za-z0-9+/=]+", packed)


def test_each_mark_is_replaced_once() -> None:
    """Each part stands in its place, also where data holds the mark of another part."""
    html = assemble({**draw_plates(12, 2), "notes": ["<!--script-->"]})
    assert not re.search("<!--(style|libraries|data|script)-->", html)
    assert html.count("showPage(data)") == 2


def test_what_comes_late_is_packed_behind_what_came_first() -> None:
    """Data that comes pair by pair, a list of it element by element, makes the page that a mapping makes."""
    elements, late = [{"name": "\ud800"}, "</script>", []], [False]

    def pairs() -> Iterator[tuple[str, object]]:
        each = iter(elements)
        yield "first", 1
        yield "each", each
        late[0] = not list(each)  # all were asked for before this pair
        yield "none", iter(())
        yield "last", {"a": None}

    html = assemble(pairs())
    assert html == assemble({"first": 1, "each": elements, "none": [], "last": {"a": None}})
    assert late == [True]
    assert assemble({}) == assemble(iter(()))


def test_nothing_is_loaded_from_elsewhere() -> None:
    """No element names an address but a place in the page itself, no style and no script of ours loads anything."""
    parser = Loaded()
    html = assemble(draw_plates(12, 2))
    parser.feed(html)
    assert [address for address in parser.addresses if not address.startswith("#")] == []
    assert not {"link", "img", "iframe", "object", "embed", "base"} & set(parser.tags)
    sheets = "".join(path.read_text(encoding="utf-8") for path in sorted(ASSETS.glob("*.css")))
    assert not re.search(r"url\(|@import|@font-face", sheets)
    asking = [
        f"{path.name}: {found[0]}"
        for path in find_scripts()
        for found in ASKS.finditer(path.read_text(encoding="utf-8"))
    ]
    assert not asking


@pytest.mark.parametrize("path", find_scripts(), ids=lambda path: path.name)
def test_scripts_are_small_and_make_no_html(path: object) -> None:
    """A script of the page fits in one's head, and makes elements of texts, never HTML."""
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert len(text.splitlines()) <= LONGEST_SCRIPT
    assert not MAKES_HTML.search(text)
