"""What tasks noted about their files, read from the ends of logs and from a batch's file of contents."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from remote_tracker.content.entry import Entry
from remote_tracker.content.noted import render_entry
from remote_tracker.records.contents import Contents, load_entries, render_contents

START = (
    "# start 2026-11-29T13:57:28+0000 host=h pid=1 job=j batch=1 task=1 token=0-ab params=p size=1 mtime=1.0 unit=v\n"
)
END = "# end 2026-11-29T13:57:29+0000 token=0-ab exit=0 seconds=1 result=finished why=\n"


AGAIN = "# end 2026-11-29T13:57:29+0000 token=0-ab exit=1 seconds=1 result=failed why=no line end\n"


def entry(path: str, sha256: str = "a" * 64) -> Entry:
    """Return an entry of a result at this path."""
    return Entry("out", 5, 10**18, 3, 10**18 + 5, sha256, "b" * 64, -1, path)


def lines(*entries: Entry) -> str:
    """Return what a task writes about these entries."""
    return "".join(f"# content 0-ab {render_entry(one)}\n" for one in entries)


@pytest.mark.parametrize("count", [0, 1, 2, 3000])
@pytest.mark.parametrize("before", ["", "the tracker's words\n", "x" * 100_000 + "\n", "no line end"])
def test_the_lines_before_the_end(tmp_path: Path, count: int, before: str) -> None:
    """All entries right before the last line are read, however many they are and whatever stands before them."""
    entries = [entry(f"x{i}") for i in range(count)]
    (tmp_path / "log").write_text(START + before + lines(*entries) + END + "a scheduler's words\n")
    assert load_entries(tmp_path / "log") == tuple(entries)


@pytest.mark.parametrize("token", ["0-ab ", "", "0-abc ", "0-a "])
@pytest.mark.parametrize("behind", ["", "more words\n", "more words\n" + END, END])
def test_what_a_tracker_printed_is_no_note(tmp_path: Path, token: str, behind: str) -> None:
    """Lines not right before the end of a run, or without its token, are no notes: a tracker may print anything."""
    forged = lines(entry("x")).replace("0-ab ", token)
    (tmp_path / "log").write_text(START + forged + behind)
    expected = (entry("x"),) if token == "0-ab " and behind == END else ()
    assert load_entries(tmp_path / "log") == expected
    assert load_entries(tmp_path / "missing") == ()


def test_notes_of_an_earlier_run_are_no_notes_of_the_last(tmp_path: Path) -> None:
    """A run that noted nothing has no notes, whatever the run before it noted in the same log."""
    for rest in ("no line end" + AGAIN, AGAIN, ""):
        (tmp_path / "log").write_text(START + lines(entry("x")) + END + START + rest)
        assert load_entries(tmp_path / "log") == ()


def test_a_log_without_an_end_is_not_read_whole(tmp_path: Path) -> None:
    """A running task may print more than any memory holds, in one line: its log has no notes, and little is read."""
    (tmp_path / "log").write_text(START)
    os.truncate(tmp_path / "log", 2**41)
    assert load_entries(tmp_path / "log") == ()


def test_the_later_line_on_a_file_holds(tmp_path: Path) -> None:
    """A sample that was noted first is completed by the line with the whole digest."""
    (tmp_path / "log").write_text(START + lines(entry("x", ""), entry("y", ""), entry("x")) + END)
    assert {one.path: bool(one.sha256) for one in load_entries(tmp_path / "log")} == {"x": True, "y": False}


@pytest.mark.parametrize("number", range(5))
def test_each_task_is_found_in_the_file(tmp_path: Path, number: int) -> None:
    """The entries of any task are found, and of a task without entries none; without the file the logs are read."""
    dice = random.Random(number)
    told = {
        task: [entry(f"x{task}\n{i}") for i in range(dice.randrange(4))] for task in dice.sample(range(1, 900), 200)
    }
    path = tmp_path / "contents.txt"
    path.write_text(render_contents(told))
    contents = Contents(path, lambda task: tmp_path / "none")
    assert all(list(contents.of(task)) == told.get(task, []) for task in range(902))
    (tmp_path / "log").write_text(START + lines(entry("z")) + END)
    assert Contents(tmp_path / "missing", lambda task: tmp_path / "log").of(7) == (entry("z"),)
