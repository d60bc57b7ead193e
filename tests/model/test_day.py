"""Which day a path of folders belongs to."""

from __future__ import annotations

import pytest
from remote_tracker.model import FIRST_FOLDER, DayFolders
from remote_tracker.model.pattern import Pattern, RequiredFolders, Wildcard, feeds, read_pattern
from remote_tracker.scan import SplitPattern

SESSIONS = DayFolders(r"sub\-[^/]+/ses\-[^/]+", "sub-{sub}/ses-{ses}")


@pytest.mark.parametrize(
    ("folders", "day"),
    [("", ""), ("d1", "d1"), ("expA/d1", "expA"), ("a\nb/c", "a\nb")],
    ids=["none", "one", "two", "line break"],
)
def test_by_itself_a_day_is_the_first_folder(folders: str, day: str) -> None:
    """The first folder, whatever its name; what lies in no folder is of no day."""
    assert FIRST_FOLDER.day_of(folders) == day


@pytest.mark.parametrize(
    ("folders", "day"),
    [
        ("sub-1/ses-2/behav/cam1", "sub-1/ses-2"),
        ("sub-1/ses-2", "sub-1/ses-2"),
        ("sub-1", ""),
        ("sub-1/notes", ""),
        ("calibration/sub-1/ses-2", ""),
        ("", ""),
    ],
)
def test_a_described_day_is_all_of_its_folders(folders: str, day: str) -> None:
    """A path that does not begin with all folders of a day belongs to none."""
    assert SESSIONS.day_of(folders) == day
    assert SESSIONS.depth == 2


def described(text: str) -> Pattern:
    """Return a pattern whose day is a subject's session."""
    pieces = read_pattern(text).pieces
    return Pattern(text, tuple(RequiredFolders("day", SESSIONS.rule) if p == Wildcard("day") else p for p in pieces))


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("Results/sub-1/ses-2/a.csv", {"day": "sub-1/ses-2", "subdir": "", "name": "a"}),
        ("Results/sub-1/ses-2/behav/a.csv", {"day": "sub-1/ses-2", "subdir": "behav", "name": "a"}),
        ("Results/sub-1/a.csv", None),
        ("Results/a.csv", None),
    ],
)
def test_a_pattern_finds_only_what_lies_in_a_day(path: str, values: dict[str, str] | None) -> None:
    """Where project.yml describes a day, {day} is never empty; a path is filled with all of its folders."""
    pattern = described("Results/{day}/{subdir}/{name}.csv")
    assert pattern.match(path) == values
    assert values is None or pattern.fill(values) == path
    assert (SplitPattern(pattern).folder.fullmatch(path.rpartition("/")[0] + "/") is None) is (values is None)


def test_what_a_step_makes_still_feeds_the_days() -> None:
    """The step that makes the results is found by patterns, whatever a day is."""
    made = read_pattern("Results/{subdir}/{name}.csv")
    assert feeds(made, described("Results/{day}/{subdir}/{name}.csv"))
