"""Each number of the report says what it means, with the rules as they stand in the code."""

from __future__ import annotations

from array import array

from remote_tracker.measures.meanings import NAMES, load_meanings, values_of
from remote_tracker.measures.track_numbers import TrackNumbers


def test_each_number_has_a_meaning() -> None:
    """Whatever is shown of tracks is defined, no two definitions have one name, and no brace is left open."""
    meanings = load_meanings()
    assert set(NAMES) <= set(meanings)
    assert set(NAMES.values()) <= {*TrackNumbers._fields}
    assert all((one.meaning and one.how) or one.name in NAMES for one in meanings.values())
    assert not [one for one in meanings.values() if "{" in one.meaning + one.how]


def test_rules_are_told_as_they_are() -> None:
    """The numbers of the rules stand in the text."""
    assert "more than 10 times the animal's median step, and of more than 0.03" in load_meanings()["jumps"].how
    assert "18 x 24" in load_meanings()["heat"].meaning


def test_values() -> None:
    """A video's numbers have the names under which they are shown; a video without numbers has no values."""
    numbers = TrackNumbers(1, 2, 3, 4, 0.5, 6, 7, 8, 0.9, 10.0, "px", 11.0, array("I"), (0.0, 0.0, 1.0, 1.0))
    known, unknown = zip(*values_of([numbers, None]).values(), strict=True)
    assert list(known) == [1, 2, 3, 4, 0.5, 6, 7, 0.9, 10.0, 11.0]
    assert set(unknown) == {None}
