"""Put the page together from its parts beside this module: skeleton, style, libraries, script, and the packed data."""

from __future__ import annotations

import re
from pathlib import Path

ASSETS = Path(__file__).with_name("assets")
_MARK = re.compile("<!--(style|libraries|data|script)-->")


def fill_page(packed: str) -> str:
    """Return the page as HTML, with ``packed`` as its data; raises OSError where a part cannot be read."""
    parts = {
        "style": f"<style>\n{_load('report.css')}</style>",
        "libraries": _script("libraries.js"),
        "data": f'<script type="application/octet-stream" id="data">{packed}</script>',
        "script": _script("report.js"),
    }
    return _MARK.sub(lambda mark: parts[mark[1]], _load("report.html"))


def _script(name: str) -> str:
    return f"<script>\n{_load(name)}</script>"


def _load(name: str) -> str:
    path = ASSETS / name
    return path.read_text(encoding="utf-8") if name.endswith(".html") or path.exists() else ""
