"""A person's words on results, in a real Chromium: said, kept, saved, read back, lapsed; and what is copied."""

from __future__ import annotations

import csv
import time
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.tables.reviewed import read_reviewed
from remote_tracker.tables.spreadsheet import Sheet

from page.browsing import Screen, Select
from page.synthetic import draw_plates
from page.written_page import write_page

COPIED = "navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }"


@pytest.fixture
def plain(screen: Screen, tmp_path: Path) -> Screen:
    """A page on whose videos nobody has said a word."""
    screen.open(write_page(tmp_path, without_words(draw_plates())))
    return screen


def without_words(data: dict[str, Any]) -> dict[str, Any]:
    """Return data without the words of a person."""
    words = ("word", "word_lapsed", "word_about")
    return {**data, "columns": [told for told in data["columns"] if told["name"] not in words]}


def column_of(data: dict[str, Any], name: str) -> list[Any]:
    """Return the values of a column."""
    return list(next(told for told in data["columns"] if told["name"] == name)["values"])


def finished_row(screen: Screen) -> str:
    """Show the finished videos alone, and return the name of the first."""
    Select(screen.find("#by-state")).select_by_value("=finished")
    return screen.names()[0]


def saved(screen: Screen) -> list[dict[str, str]]:
    """Save reviewed.csv, and return its rows."""
    for old in screen.downloads.iterdir():
        old.unlink()
    screen.click("#save-words")
    until = time.monotonic() + 30
    while not (found := list(screen.downloads.glob("reviewed*.csv"))) and time.monotonic() < until:
        time.sleep(0.05)
    with open(found[0], encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_word_is_kept_and_saved(plain: Screen) -> None:
    """A word and a note stand in reviewed.csv with the result that they are about, and stay in the browser."""
    name = finished_row(plain)
    Select(plain.find("tr[data-row] select")).select_by_value("look again")
    plain.click("tr[data-row] button.open")
    plain.find("#note").send_keys('two worms, "one" is\nnot moving')
    plain.run("document.querySelector('dialog').close()")
    data = draw_plates()
    result = column_of(data, "result")[column_of(data, "video").index(name)]
    assert saved(plain) == [
        {"video": name, "word": "look again", "result": result, "note": 'two worms, "one" is\nnot moving'}
    ]
    plain.driver.refresh()
    plain.wait("return document.documentElement.dataset.ready === 'yes'")
    assert "1 look again" in plain.text("#words-count")


def test_rt_reads_what_the_page_saves(plain: Screen) -> None:
    """./rt redo --from and the join read the page's reviewed.csv: the same videos, words, results and notes."""
    plain.find("#search").send_keys("HYPERLINK")
    Select(plain.find("tr[data-row] select")).select_by_value("bad")
    plain.click("tr[data-row] button.open")
    plain.find("#note").send_keys("=1+1, not a formula")
    plain.run("document.querySelector('dialog').close()")
    row = saved(plain)[0]
    said = read_reviewed(plain.downloads / "reviewed.csv", Sheet("reviewed.csv")).about("=HYPERLINK(1,2).avi")
    assert [(one.word, one.result, one.note) for one in said] == [("bad", row["result"], "=1+1, not a formula")]


def test_a_word_needs_a_result(plain: Screen) -> None:
    """A video without a result has no box for a word, in the table and where it is opened."""
    Select(plain.find("#by-state")).select_by_value("=failed")
    assert plain.names()
    assert not plain.find_all("tr[data-row] select")
    plain.click("tr[data-row] button.open")
    assert not plain.find_all("dialog form")


def test_a_word_lapses_with_its_result(plain: Screen, tmp_path: Path) -> None:
    """A word on a result that was made anew is named as lapsed, and counts no more; what is saved keeps it."""
    name = finished_row(plain)
    Select(plain.find("tr[data-row] select")).select_by_value("good")
    data = without_words(draw_plates())
    result = column_of(data, "result")[column_of(data, "video").index(name)]
    results = next(told for told in data["columns"] if told["name"] == "result")
    results["values"][data["columns"][0]["values"].index(name)] = "0" * 64
    plain.open(write_page(tmp_path, data, alone=True))
    lapsed = "Your words: 0 good, 0 bad, 0 look again, 1 lapsed (made anew since): "
    assert plain.text("#words-count") == f"{lapsed}{name}."
    Select(plain.find("#by-word")).select_by_value("lapsed")
    assert plain.names() == [name]
    assert saved(plain) == [{"video": name, "word": "good", "result": result, "note": ""}]
    assert f"1 word in it is about a result that was made anew: {name}." in plain.text("#said")


def test_a_word_of_the_project_that_lapsed_is_saved(screen: Screen, tmp_path: Path) -> None:
    """A word of the project's file about a result of before stays in what the page saves, about that result."""
    data = draw_plates(1000)
    words = next(told for told in data["columns"] if told["name"] == "word_lapsed")
    about, names = column_of(data, "word_about"), column_of(data, "video")
    lapsed = {names[row]: about[row] for row, at in enumerate(words["at"]) if words["words"][at]}
    assert len(lapsed) > 3
    screen.open(write_page(tmp_path, data, alone=True))
    told = {row["video"]: row["result"] for row in saved(screen)}
    assert {name: told[name] for name in lapsed} == lapsed
    assert f"{len(lapsed)} lapsed (made anew since): {', '.join([*lapsed][:3])} and" in screen.text("#words-count")


def test_what_the_project_said_later_counts(plain: Screen, tmp_path: Path) -> None:
    """The browser keeps what was said in it alone: a word that the project's file has anew is shown."""
    name = finished_row(plain)
    Select(plain.find_all("tr[data-row] select")[1]).select_by_value("good")
    data = without_words(draw_plates())
    row = column_of(data, "video").index(name)
    said = [["", "look again"][at == row] for at in range(120)]
    word = {"name": "word", "title": "word", "kind": "word", "unit": "", "meaning": ""}
    at = [int(bool(one)) for one in said]
    data["columns"].append({**word, "words": ["", "look again"], "at": at})
    plain.open(write_page(tmp_path, data, alone=True))
    Select(plain.find("#by-word")).select_by_value("look again")
    assert plain.names() == [name]
    Select(plain.find("tr[data-row] select")).select_by_value("bad")
    data["columns"][-1]["words"][1] = "good"
    plain.open(write_page(tmp_path, data, alone=True))
    assert "1 good, 1 bad, 0 look again." in plain.text("#words-count")


NAMED = [("result", "{}"), ("result", "sha256:{}"), ("sha256_result", "{}"), ("result", ""), ("result", "'{}")]


def test_a_result_is_named_in_any_way(plain: Screen, tmp_path: Path) -> None:
    """A reviewed.csv may name a result by its digest, by its first 16 digits, as videos.csv does, or not at all."""
    Select(plain.find("#by-state")).select_by_value("=finished")
    results = dict(zip(*(column_of(draw_plates(), name) for name in ("video", "result")), strict=True))
    ways = [*product(NAMED, [64, 16])]
    names = [name for name in plain.names() if name in results][: len(ways)]  # as they are, without what is escaped
    for number, (name, ((head, cell), digits)) in enumerate(zip(names, ways, strict=True), 1):
        result = results[name]
        file = tmp_path / f"mine {number}.csv"
        lines = [["video", "word", head], [name, "bad", cell.format(result[:digits])], [name, "good", "0" * 64]]
        with open(file, "w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(lines)
        plain.find("#read-words").send_keys(str(file))
        plain.wait(f"return document.getElementById('words-count').textContent.includes(' 0 good, {number} bad, ')")
        assert "lapsed" not in plain.text("#words-count"), lines


def test_the_words_of_the_project_are_shown(page: Screen) -> None:
    """What the project's own reviewed.csv said when the page was made stands in the table."""
    Select(page.find("#by-word")).select_by_value("good")
    assert page.names()
    assert set(page.run("return [...document.querySelectorAll('tr[data-row] select')].map(s => s.value)")) == {"good"}


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_reviewed_csv_is_read_back(plain: Screen, tmp_path: Path, between: str) -> None:
    """A reviewed.csv, as the page or a spreadsheet wrote it, gives its words back; unknown videos are counted."""
    names = [finished_row(plain), "no/such.avi"]
    file = tmp_path / "mine.csv"
    lines = [["video", "word", "note"], [names[0], "bad", 'a, "b"; c'], [names[1], "good", ""]]
    with open(file, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, delimiter=between).writerows(lines)
    plain.find("#read-words").send_keys(str(file))
    plain.wait("return document.getElementById('words-count').textContent.includes('1 bad')")
    assert "1 word read, 1 line left out" in plain.text("#said")
    assert [(row["video"], row["word"], row["note"]) for row in saved(plain)] == [(names[0], "bad", 'a, "b"; c')]


def test_what_is_copied_is_no_formula(plain: Screen) -> None:
    """Rows that are copied for a spreadsheet have ' before a name that would be a formula; a negative number stays."""
    plain.run(COPIED)
    plain.click("#copy-rows")
    copied = plain.wait("return window.copied").split("\n")
    assert len(copied) == 121
    assert any(line.startswith("'=HYPERLINK") for line in copied)
    assert any(line.startswith("'@SUM") for line in copied)
    assert not [cell for line in copied for cell in line.split("\t") if cell.startswith(("=", "@", "+"))]
    cells = plain.run("return ['-1.5', '-', '+1e5', '-a', '=1', '\\tx', 'plain'].map(safeCell)")
    assert cells == ["-1.5", "-", "+1e5", "'-a", "'=1", "'\tx", "plain"]


def test_selected_cells_are_no_formulas(plain: Screen) -> None:
    """What a person selects with the mouse and copies is as harmless as what the button copies."""
    copied = plain.run(
        "getSelection().selectAllChildren(document.querySelector('.videos tbody'));"
        "const clipboardData = new DataTransfer();"
        "const copy = new ClipboardEvent('copy', {clipboardData, bubbles: true, cancelable: true});"
        "document.querySelector('.videos td').dispatchEvent(copy);"
        "return clipboardData.getData('text/plain')"
    )
    assert "=HYPERLINK" in copied
    assert not [cell for line in copied.split("\n") for cell in line.split("\t") if cell.startswith(("=", "@", "+"))]


def test_the_names_of_a_cause_can_be_had(plain: Screen) -> None:
    """A button copies the names of what failed for a reason, one a line: as many as it says."""
    plain.run(COPIED)
    plain.click(".cause > button")
    copied = plain.wait("return window.copied")
    count = int(plain.text(".cause .count").split()[0])
    assert copied.endswith("\n")
    assert len(copied.splitlines()) == count


def test_a_command_is_copied_as_it_is(plain: Screen) -> None:
    """The line to type for a cause is copied without a change."""
    plain.run(COPIED)
    plain.click(".cause .command button")
    assert plain.wait("return window.copied") == "./rt retry --more-memory 2x"
