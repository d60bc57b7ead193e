"""The status of a project fits on a screen: what needs a look first, ten days in 24 lines, more days folded."""

from __future__ import annotations

import os

import pytest
from lab import LIST_DAY, Lab

HIGH = 24  # lines of a terminal; the last is for what is typed


@pytest.fixture
def ten_days(lab: Lab) -> Lab:
    """A project with a step for days, ten days of videos, most finished, two that failed, one to do."""
    fails = "grep -q bad {{ input.video }} && { echo no animals >&2; exit 3; }; "
    lab.tracker(LIST_DAY, command=f"{fails}cp {{{{ input.video }}}} {{{{ output.copy }}}}")
    for day in range(10):
        lab.video(f"2026010{day}/a.avi", f"a{day}")
        lab.video(f"2026010{day}/b.avi", "bad" if day in (3, 7) else f"b{day}")
    lab.go()
    lab.video("20260109/new.avi", "new")
    return lab


def test_ten_days_fit(ten_days: Lab) -> None:
    """What needs a look stands first, and all fits on a terminal with a line to type in."""
    lines = ten_days.rt("status").out.splitlines()
    assert len(lines) < HIGH
    assert lines[2:5] == [
        "Needs a look:",
        "  20260103/b.avi: failed (exit code 3): no animals",
        "  20260107/b.avi: failed (exit code 3): no animals",
    ]
    assert lines[-1].startswith("Next:")


@pytest.mark.parametrize("days", [11, 60])
def test_more_days_fold(days: int, lab: Lab) -> None:
    """Of more days those that are alike are a line, and --all-days shows each."""
    for day in range(days):
        lab.video(f"day{day:02d}/a.avi")
    folded, whole = lab.rt("status").out, lab.rt("status", "--all-days").out
    assert f"  {days} days, all to do (day00 to day{days - 1:02d}): {days} videos\n" in folded
    assert "  Each day:  ./rt status --all-days\n" in folded
    assert len(folded.splitlines()) < HIGH
    assert sum(line.startswith("  day") for line in whole.splitlines()) == days


def test_what_is_alike_is_told_once(lab: Lab) -> None:
    """What is said of all tasks of a video stands once, with their number, and leaves room for the other videos."""
    models = [f"m{number}" for number in range(8)]
    lab.tracker(each={"model": models}, output={"copy": "Results/{subdir}/{name}_{model}.txt"})
    for name in "ab":
        lab.video(f"d1/{name}.avi", "")
    why = "it is empty"
    told = [f"d1/{name}.avi,model=m0 and 7 more of the same" for name in "ab"]
    looks = lab.rt("status").out.partition("Needs a look:\n")[2].partition("\n\n")[0]
    assert looks.splitlines() == [f"  {name}: {why}" for name in told]
    failures = lab.rt("status", "--failures").out
    assert [failures.count(f"    {name}: invalid: {why}") for name in told] == [1, 1]
    assert "\n16 x the video cannot be read\n" in failures
    assert " more (" not in failures
    said = lab.scan().out
    assert [said.count(f"Invalid: {name}: {why}") for name in told] == [1, 1]


def test_many_failures_are_counted(lab: Lab) -> None:
    """Of many units that need a look some are named, the others counted, with what shows all."""
    for number in range(30):
        lab.video(f"d1/v{number:02d}.avi", "")
    lines = lab.rt("status").out.splitlines()
    assert sum(line.startswith("  d1/v") for line in lines) == 6
    assert "  ... and 24 more:  ./rt status --failures" in lines


def test_what_is_being_copied_needs_no_look(lab: Lab) -> None:
    """A video that is being copied is named below the table, and is no trouble; one whose copy broke off is."""
    copied = lab.video("d1/.new.avi.Ab3dE9")
    os.utime(copied)
    lines = lab.rt("status").out.splitlines()
    assert "Being copied, look again in 2 min: d1/new.avi" in lines
    assert "Needs a look:" not in lines
    assert "copy: 0 of 1 video needs a look" in lab.rt("status", "--failures").out
    os.utime(copied, (0, 0))
    lines = lab.rt("status").out.splitlines()
    assert not any("Being copied" in line for line in lines)
    assert lines[lines.index("Needs a look:") + 1].startswith("  d1/new.avi: a copy of it was broken off")


def test_of_many_copies_some_are_named(lab: Lab) -> None:
    """While a day is copied the line stays short."""
    for number in range(9):
        os.utime(lab.video(f"d1/v{number}.avi.filepart"))
    told = ", ".join(f"d1/v{number}.avi" for number in range(6))
    assert f"Being copied, look again in 2 min: {told} and 3 more" in lab.rt("status").out.splitlines()
