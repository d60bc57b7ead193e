"""Write the page of a day: the thumbnails of its videos with names and states, which needs no script. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from ..named_tuple import NamedTuple
from ..survey.sentences import STATE_WORDS
from .assemble import read_asset

# Nothing is loaded but the thumbnails beside the page, and no script runs.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:; base-uri 'none'; form-action 'none'"
HEAD = f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
"""
ORDER = [word for _, word in STATE_WORDS] + ["archived"]


class Shown(NamedTuple):
    """A video on the page of its day."""

    name: str
    state: str
    reason: str
    picture: bytes = b""  # the path of its picture, from Results/report on; empty: there is none
    cell: int = -1  # the place of its thumbnail in the day's sprite; -1: there is none


def day_style() -> str:
    """Return the style sheet of the pages of days: the look of the project's page, and what is theirs alone."""
    return read_asset("look.css") + read_asset("day.css")


def day_page(
    project: str, day: str, videos: Sequence[Shown], sprite: Mapping[str, Any] | None = None, style: str = ""
) -> str:
    """Return the page; ``sprite`` is as in the page's data, its file a path from Results/report on."""
    title = escape(f"{day}: {project}")
    counts = "\n".join(f"<li>{told}</li>" for told in _counts(videos))
    items = "\n".join(_item(one, sprite) for one in videos)
    return (
        f"{HEAD}<title>{title}</title>\n<style>\n{style or day_style()}</style>\n</head>\n<body>\n<header>\n"
        f'<h1>{escape(day)}</h1>\n<p class="quiet">{escape(project)}</p>\n'
        '<p class="back"><a href="../report.html">The whole project</a></p>\n</header>\n'
        f'<main>\n<ul class="counts" aria-label="How the day stands">\n{counts}\n</ul>\n'
        f'<ul class="videos" aria-label="All of the day">\n{items}\n</ul>\n</main>\n</body>\n</html>\n'
    )


def _counts(videos: Sequence[Shown]) -> Iterator[str]:
    """Yield how many videos are in which state, in the order of ./rt status."""
    counts = Counter(one.state for one in videos)
    for state in sorted(counts, key=lambda word: ORDER.index(word) if word in ORDER else len(ORDER)):
        yield f"{_marked(state)} <b>{counts[state]:,}</b>"


def _marked(state: str) -> str:
    """Return the word for a state behind its colour."""
    kind = state.replace(" ", "-") if state in ORDER else "other"
    return f'<span class="mark is-{kind}" aria-hidden="true"></span>{escape(state)}'


def _item(one: Shown, sprite: Mapping[str, Any] | None) -> str:
    thumb = _thumb(one, sprite) if sprite and one.cell >= 0 else ""
    if one.picture:
        thumb = f'<a href="./{escape(quote(one.picture))}">{thumb or "picture"}</a>'
    reason = f'<p class="quiet">{escape(one.reason)}</p>' if one.reason else ""
    return f"<li>{thumb}<strong>{escape(one.name)}</strong><p>{_marked(one.state)}</p>{reason}</li>"


def _thumb(one: Shown, sprite: Mapping[str, Any]) -> str:
    width, height, columns = (int(sprite[key]) for key in ("width", "height", "columns"))
    left, top = one.cell % columns * width, one.cell // columns * height
    place = f"background-image:url('./{quote(sprite['file'])}');background-position:-{left}px -{top}px"
    style = escape(f"{place};width:{width}px;height:{height}px")
    return f'<span class="thumb" role="img" aria-label="{escape(f"tracks of {one.name}")}" style="{style}"></span>'
