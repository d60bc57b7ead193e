"""Write the page of a day: the thumbnails of its videos with names and states, which needs no script. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple
from urllib.parse import quote

STYLE = """\
:root{color-scheme:light dark;font:16px/1.4 system-ui,sans-serif}body{margin:1rem auto;max-width:72rem;padding:0 1rem}
ul{display:flex;flex-wrap:wrap;gap:1rem;list-style:none;padding:0}li{max-width:14rem;overflow-wrap:anywhere}
.thumb{display:block;background-repeat:no-repeat}
"""


class Shown(NamedTuple):
    """A video on the page of its day."""

    name: str
    state: str
    reason: str
    picture: bytes = b""  # the path of its picture, from Results/report on; empty: there is none
    cell: int = -1  # the place of its thumbnail in the day's sprite; -1: there is none


def day_page(project: str, day: str, videos: Sequence[Shown], sprite: Mapping[str, Any] | None = None) -> str:
    """Return the page; ``sprite`` is as in the page's data, its file a path from Results/report on."""
    title = escape(f"{day}: {project}")
    items = "\n".join(_item(one, sprite) for one in videos)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n"
        f'<p><a href="../report.html">The whole project</a></p>\n<ul>\n{items}\n</ul>\n</main>\n</body>\n</html>\n'
    )


def _item(one: Shown, sprite: Mapping[str, Any] | None) -> str:
    thumb = _thumb(one, sprite) if sprite and one.cell >= 0 else ""
    if one.picture:
        thumb = f'<a href="./{escape(quote(one.picture))}">{thumb or "picture"}</a>'
    state = escape(": ".join(filter(None, (one.state, one.reason))))
    return f"<li>{thumb}<strong>{escape(one.name)}</strong><br>{state}</li>"


def _thumb(one: Shown, sprite: Mapping[str, Any]) -> str:
    width, height, columns = (int(sprite[key]) for key in ("width", "height", "columns"))
    left, top = one.cell % columns * width, one.cell // columns * height
    place = f"background-image:url('./{quote(sprite['file'])}');background-position:-{left}px -{top}px"
    style = escape(f"{place};width:{width}px;height:{height}px")
    return f'<span class="thumb" role="img" aria-label="{escape(f"tracks of {one.name}")}" style="{style}"></span>'
