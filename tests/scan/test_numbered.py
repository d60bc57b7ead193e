"""A recording in several numbered files is one piece of work, its files in the order of their numbers, none missing."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Lab
from remote_tracker.scan.numbered import order_by_number

SERIES: dict[str, Any] = {
    "input": {"video": r"RawVideos/{subdir}/{name,[^/]+?}{part,(?:_\d+)?}.{ext,avi|mp4}"},
    "per": ["subdir", "name"],
    "numbered": "part",
    "output": {"copy": "Results/{subdir}/{name}.txt"},
    "command": "cat {{ input.video }} > {{ output.copy }}",
}


@pytest.mark.parametrize(
    ("values", "order", "problem"),
    [
        (["_10", "_9", "_8"], (2, 1, 0), ""),
        (["_002", "_001"], (1, 0), ""),
        (["-7"], (0,), ""),
        ([""], (0,), ""),
        (["0", "1", "2"], (0, 1, 2), ""),
        (["_1", "_2", "_4"], (0, 1, 2), "its files go from number 1 to 4, and number 3 is not there"),
        (["_0", "_00"], (0, 1), "two of its files have the number 0"),
        (["", "_1"], (0, 1), "one of its files has no number, others have"),
    ],
)
def test_order(values: list[str], order: tuple[int, ...], problem: str) -> None:
    """Files are ordered by their numbers, not as text; a gap, a number twice and a file without one are problems."""
    assert order_by_number(values) == (order, problem)


def test_a_recording_in_several_files(lab: Lab) -> None:
    """Its files are one task, given in their order; a file that comes later makes it to be done again."""
    lab.tracker(**SERIES)
    for number in range(8, 12):
        lab.video(f"d1/tank a_{number}.avi", f"part {number}\n")
    lab.video("d1/alone.avi", "alone\n")
    assert lab.go().code == 0
    assert lab.results() == ["d1/alone.txt", "d1/tank a.txt"]
    assert lab.result("d1/tank a.txt").read_text() == "part 8\npart 9\npart 10\npart 11\n"
    assert lab.counts() == {"finished": 2}
    lab.video("d1/tank a_12.avi", "part 12\n")
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    assert lab.process().code == 0
    assert lab.result("d1/tank a.txt").read_text().endswith("part 11\npart 12\n")


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("d1/tank_4.avi", "part 4", "its files go from number 1 to 4, and number 3 is not there"),
        ("d1/tank_3.avi", "", "tank_3.avi: it is empty"),
        ("d1/tank_02.avi", "part 2", "two of its files have the number 2"),
        ("d1/tank_2.mp4", "part 2", "two of its files have the number 2"),
    ],
)
def test_what_is_no_whole_recording(lab: Lab, name: str, content: str, why: str) -> None:
    """A recording of which a file is missing, empty or there twice is invalid, by name: its times would be wrong."""
    lab.tracker(**SERIES)
    for number in (1, 2):
        lab.video(f"d1/tank_{number}.avi", f"part {number}\n")
    lab.video(name, content)
    assert lab.counts() == {"invalid": 1}
    assert why in lab.rt("status").out


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"per": None}, '"numbered" orders the files of a group: say with "per" what one group is.'),
        ({"numbered": "name"}, 'unknown wildcard "name"'),
        ({"numbered": "parts"}, 'unknown wildcard "parts"'),
    ],
)
def test_wrong_words(lab: Lab, keys: dict[str, Any], why: str) -> None:
    """The word needs a group, and a wildcard of its files that does not name the group."""
    lab.tracker(**{**SERIES, **keys})
    lab.videos(1)
    ran = lab.scan()
    assert ran.code == 1
    assert why in ran.err
