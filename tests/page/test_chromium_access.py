"""The page for people with screen readers, on paper, and in charts that have words, in a real Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.page.day_page import ORDER, Shown, day_page
from remote_tracker.text.visible import shown

from page.axe import find_violations
from page.browsing import Screen
from page.synthetic import HOSTILE, draw_plates
from page.written_page import png, write_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.drawn(2)
def test_axe_finds_nothing(page: Screen, width: int, scheme: str) -> None:
    """axe-core has no violation, on a telephone and at a desk, in light and dark; with all that folds unfolded, too."""
    page.size(width)
    page.emulate(scheme)
    assert find_violations(page) == []
    page.run("for (const d of document.querySelectorAll('details')) d.open = true")
    page.wait("return document.querySelector('.cause details .names')")
    assert find_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_video(page: Screen, scheme: str) -> None:
    """axe-core has no violation where a video is opened."""
    page.emulate(scheme)
    page.click("tr[data-row] button.open")
    page.wait("return document.querySelector('.told pre')")
    assert find_violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 800, 1400])
def test_axe_finds_nothing_on_the_page_of_a_day(screen: Screen, tmp_path: Path, width: int, scheme: str) -> None:
    """The page of a day shows each video in the colours that a person likes, fits any width, and has no violation."""
    sprite = {"file": "d.thumbs.png", "width": 144, "height": 108, "columns": 10}
    videos = [
        Shown(
            shown(name),
            state,
            "copied only in part" * (state == "invalid"),
            b"pictures/v.png" * (at % 2),
            at if at % 2 else -1,
        )
        for at, (name, state) in enumerate(zip(HOSTILE, ORDER, strict=True))
    ]
    (tmp_path / "d.thumbs.png").write_bytes(png(1440, 216))
    (tmp_path / "d.html").write_text(day_page("flies", "d", videos, sprite), encoding="utf-8")
    screen.size(width)
    screen.emulate(scheme)
    screen.errors()
    screen.driver.get((tmp_path / "d.html").as_uri())
    assert find_violations(screen) == []
    assert screen.errors() == []
    assert [told.text for told in screen.find_all(".videos strong")] == [shown(name) for name in HOSTILE]
    assert screen.run("return document.documentElement.scrollWidth <= window.innerWidth")
    dark = screen.run("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 26)"
    assert dark == (scheme == "dark")


def test_each_state_has_a_colour_of_its_own(page: Screen) -> None:
    """Each word for a state that there is has its own colour in the page's bars and on the pages of days."""
    assert page.run("return STATES.toSorted()") == sorted(ORDER)
    script = "return arguments[0].map(word => { const m = stateMark(word).firstChild; document.body.append(m);"
    colours = page.run(script + " return getComputedStyle(m).backgroundColor + getComputedStyle(m).opacity })", ORDER)
    alike = {"waiting", "not ready", "gone", "moved"}
    assert len({*colours}) == len(ORDER) - len(alike) // 2


def test_charts_have_words_and_tables(page: Screen) -> None:
    """Each chart says in words what it shows, and has its numbers as a table beside it."""
    page.wait("return document.querySelectorAll('.chart svg').length === 2")
    labels = page.run("return [...document.querySelectorAll('.chart svg')].map(svg => svg.getAttribute('aria-label'))")
    assert all("median" in label for label in labels)
    rows = page.run("return [...document.querySelectorAll('figure table')].map(t => t.tBodies[0].rows.length)")
    assert rows == [6, 6]
    maps = page.run("return [...document.querySelectorAll('canvas')].map(c => c.getAttribute('aria-label'))")
    assert len(maps) == 6
    assert all("at the rim" in label for label in maps)


def test_a_feature_is_chosen_by_a_column_of_the_lab(page: Screen) -> None:
    """The distribution of a feature is drawn by day, or by a column that the lab gave."""
    page.run(
        "const f = document.getElementById('feature-by'); f.value = 'genotype'; f.dispatchEvent(new Event('change'))"
    )
    groups = page.run(
        "return [...document.querySelector('#results figure tbody').rows].map(row => row.cells[0].textContent)"
    )
    assert groups == ["wt", "unc-9", "+/-"]


@pytest.mark.parametrize(
    ("videos", "drawn", "said"), [(120, 120, ""), (700, 500, "The first 500 of 700 rows are printed.")]
)
def test_paper_has_the_rows(screen: Screen, tmp_path: Path, videos: int, drawn: int, said: str) -> None:
    """Up to 500 rows are printed, not those in view alone; of more the page says so. Then all is as it was."""
    screen.open(write_page(tmp_path, draw_plates(videos), alone=True))
    before = len(screen.names())
    screen.run("dispatchEvent(new Event('beforeprint'))")
    assert len(screen.names()) == drawn
    assert screen.text("#printed")[: len(said) or None] == said
    screen.run("dispatchEvent(new Event('afterprint'))")
    assert len(screen.names()) == before


def test_every_day_is_on_paper(screen: Screen, tmp_path: Path) -> None:
    """Days that are folded away on a screen are printed, and folded again behind it."""
    screen.open(write_page(tmp_path, draw_plates(60, 30), alone=True))
    last = "return document.querySelector('.day-bars details table').checkVisibility({contentVisibilityAuto: true})"
    assert not screen.run(last)
    screen.run("dispatchEvent(new Event('beforeprint'))")
    assert screen.wait(last)  # what unfolds is visible from the next frame on
    screen.run("dispatchEvent(new Event('afterprint'))")
    assert not screen.run(last)


def test_nothing_is_cut_on_paper(page: Screen) -> None:
    """On paper nothing scrolls: what is folded into a box on a screen is whole."""
    page.emulate(media="print")
    cut = page.run(
        "return [...document.querySelectorAll('.scrolling, pre')]"
        ".filter(element => getComputedStyle(element).overflow !== 'visible').length"
    )
    assert cut == 0
    page.emulate()


def test_values_that_are_all_the_same_have_a_chart(screen: Screen, tmp_path: Path) -> None:
    """Where all values of a feature are the same its boxes are lines in the middle, not bars over the whole width."""
    data = draw_plates(12, 2)
    same = {"low": 1, "q1": 1, "median": 1, "q3": 1, "high": 1, "n": 4}
    feature = {**data["features"][0], "by": {"day": [{"group": day["day"], **same} for day in data["days"]]}}
    screen.open(write_page(tmp_path, {**data, "features": [feature]}, alone=True))
    screen.wait("return document.querySelector('.chart svg rect')")
    boxes = "[...document.querySelector('.chart svg').querySelectorAll('rect')]"
    widths = screen.run(f"return {boxes}.map(box => +box.getAttribute('width'))")
    assert max(widths) < 2
