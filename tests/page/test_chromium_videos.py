"""The table of videos in a real Chromium: sorted, searched, opened, by the mouse and by keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from page.browsing import Keys, Screen, Select
from page.synthetic import draw_plates
from page.written_page import write_page

ALONE = "The pictures and stories lie in report/, beside the page this one was mailed from."
COLUMN = ".videos thead th[data-column='{}'] button"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 10,000 videos."""
    return write_page(tmp_path_factory.mktemp("many"), draw_plates(10_000, 60), alone=True)


def numbers(cells: list[str]) -> list[float]:
    """Return the numbers in cells that are not empty."""
    return [float(cell.replace(",", "")) for cell in cells if cell]


def test_a_heading_sorts_by_number(page: Screen) -> None:
    """A click sorts numbers as numbers, a second one the other way; rows without a number come last both times."""
    for word, order in (("ascending", 1), ("descending", -1)):
        page.click(COLUMN.format("frames"))
        assert page.find(".videos th[data-column=frames]").get_attribute("aria-sort") == word
        page.run("document.querySelector('.videos-view').scrollTop = 0")
        cells = page.cells("frames")
        found = numbers(cells)
        assert found == sorted(found, reverse=order < 0)
        assert len(found) > 20
        assert all(cells[: len(found)])


def test_names_are_sorted_as_people_count(page: Screen) -> None:
    """plate9 comes before plate10, and case does not count."""
    keys = page.run("return ['plate10', 'Plate9', 'ä', 'b', 'a2', ''].map(sortKey)")
    texts = page.run("return [...rankTexts(['plate10', 'Plate9', 'ä', 'b', 'a2', ''])]")
    assert keys[1] < keys[0]
    assert texts[1] < texts[0]
    assert texts[2] < texts[3]
    assert texts[5] == -1


def test_the_search_finds_parts_of_names(page: Screen) -> None:
    """Each word that is typed must be in the row: its name, day, reason, node or a column of the lab; all come back."""
    page.find("#search").send_keys("PLATE2 20260102")
    told = page.text("#rows-told")
    names = page.names()
    assert names
    assert all("20260102/plate2" in name for name in names)
    assert told == f"{len(names)} of 120 videos."
    page.click("#show-all")
    assert page.text("#rows-told").startswith("120 videos.")


@pytest.mark.parametrize(("field", "value", "column"), [("by-day", "20260103", "day"), ("by-state", "failed", "state")])
def test_a_choice_leaves_its_rows(page: Screen, field: str, value: str, column: str) -> None:
    """A day or a state leaves the rows that have it, all of them."""
    Select(page.find(f"#{field}")).select_by_value(f"={value}")
    cells = page.cells(column)
    assert cells
    assert set(cells) == {value}


def test_a_number_is_chosen_between_two(page: Screen) -> None:
    """A column of numbers is limited from below and from above."""
    Select(page.find("#by-column")).select_by_value("frames")
    page.find("#low").send_keys("20000")
    page.find("#high").send_keys("40000")
    found = numbers(page.cells("frames"))
    assert found
    assert all(20_000 <= number <= 40_000 for number in found)


def test_columns_can_be_chosen(page: Screen) -> None:
    """A column that is not shown at first is there as soon as its box is checked."""
    assert not page.find_all(".videos th[data-column=touches]")
    page.click(".columns summary")
    labels = "[...document.querySelectorAll('.columns label')]"
    page.run(f"return {labels}.find(label => label.textContent.trim() === 'touches').firstChild").click()
    assert page.find_all(".videos th[data-column=touches]")
    assert len(numbers(page.cells("touches"))) > 10


def test_few_rows_of_ten_thousand_are_drawn(screen: Screen, many: Path) -> None:
    """Only the rows in view are in the page, the last at the table's end; screen readers know how many there are."""
    screen.open(many)
    assert screen.find(".videos").get_attribute("aria-rowcount") == "10001"
    assert 20 < len(screen.names()) < 80
    screen.run("const view = document.querySelector('.videos-view'); view.scrollTop = view.scrollHeight")
    screen.wait(
        "return [...document.querySelectorAll('tr[data-row]')].at(-1).getAttribute('aria-rowindex') === '10001'"
    )
    assert screen.names()[-1].endswith("plate9999.avi")
    assert len(screen.names()) < 80


def test_few_videos_take_no_room(screen: Screen, tmp_path: Path) -> None:
    """The table of a few videos is as high as its rows."""
    screen.open(write_page(tmp_path, draw_plates(6, 2), alone=True))
    view, table = (screen.find(selector).size["height"] for selector in (".videos-view", ".videos"))
    assert table <= view < table + 40


def test_keys_open_a_video_and_lead_back(page: Screen) -> None:
    """Arrow keys go from name to name, Enter opens the video, Escape closes it, and the focus is where it was."""
    name = page.find("tr[data-row] button.open")
    page.run("arguments[0].focus()", name)
    name.send_keys(Keys.ARROW_DOWN)
    page.driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    third = page.driver.switch_to.active_element
    assert third.text == page.names()[2]
    third.send_keys(Keys.ENTER)
    assert page.find("dialog").get_attribute("open") is not None
    assert page.text("#one-title") == page.names()[2]
    page.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    page.wait("return !document.querySelector('dialog').open")
    assert page.driver.switch_to.active_element.text == page.names()[2]


def test_the_keyboard_leaves_the_table(page: Screen) -> None:
    """A few Tab keys lead through the table and out of it, however many rows it has; none is trapped."""
    page.run("document.querySelector('.videos-view').focus()")
    reached = []
    for _ in range(40):
        page.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(page.run("return document.activeElement.closest('section')?.id ?? ''"))
        if reached[-1] == "results":
            break
    assert reached[-1] == "results"


def test_a_click_opens_picture_story_and_log(page: Screen) -> None:
    """A video, however it is called, opens with its picture, its story and the end of its log, as text."""
    names = page.run("return [...document.querySelectorAll('button.open')].map(b => b.title)")
    raw = page.run("return [...document.querySelectorAll('tr[data-row]')].map(row => Number(row.dataset.row))")[:5]
    assert raw == [0, 1, 2, 3, 4]
    for at, name in enumerate(names[:5]):
        page.run("document.querySelectorAll('tr[data-row] button.open')[arguments[0]].click()", at)
        page.wait("return document.getElementById('one-title').textContent === arguments[0]", name)
        page.wait("return document.querySelector('.told pre')")
        page.wait("const i = document.querySelector('dialog img'); return i && i.complete && i.naturalWidth === 640")
        blocks = page.run("return [...document.querySelectorAll('.told pre')].map(pre => pre.textContent)")
        assert blocks == [f"{name}\n  first seen\n  finished", f"log of {name}\n<b>end</b>"]
        page.run("document.querySelector('dialog').close()")
    assert page.run("return window.hacked") is None


def test_a_video_without_a_picture_says_so(page: Screen) -> None:
    """Where the files lie beside the page but a picture was not made, the page does not call itself mailed."""
    page.find("#search").send_keys("plate50.avi")
    page.click("tr[data-row] button.open")
    page.wait("return document.querySelector('dialog figcaption')")
    assert page.text("dialog figcaption") == "No picture of this video was made."


def test_a_page_that_was_mailed_alone_says_so(screen: Screen, tmp_path: Path) -> None:
    """Without the folder beside it a click says where pictures and stories lie."""
    screen.open(write_page(tmp_path, draw_plates(), alone=True))
    screen.click("tr[data-row] button.open")
    screen.wait("return document.querySelector('.told .quiet.alone') && document.querySelector('dialog figcaption')")
    assert screen.text(".told") == ALONE
    assert screen.text("dialog figcaption") == ALONE


def test_thumbnails_come_from_the_sprite(page: Screen) -> None:
    """The rows of a day whose sprite lies beside the page have thumbnails, each from its own place in it."""
    page.wait("return document.querySelector('.thumb')")
    found = page.run("return [...document.querySelectorAll('.thumb')].slice(0, 6).map(t => t.style.backgroundPosition)")
    assert len(set(found)) == 6


def test_next_goes_down_the_table(page: Screen) -> None:
    """In an opened video, Next shows the next row of the table as it is sorted and chosen."""
    page.click(COLUMN.format("frames"))
    names = page.names()
    page.click("tr[data-row] button.open")
    page.run("[...document.querySelectorAll('dialog button')].find(b => b.textContent === 'Next').click()")
    assert page.text("#one-title") == names[1]
