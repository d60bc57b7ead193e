"""Verdicts: files read whole, beside what tasks noted about them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from remote_tracker.content.entry import Entry
from remote_tracker.model import Record
from remote_tracker.survey.verdict import compare
from scan.trees import make_record


def entry(path: str, sha256: str, role: str = "out", size: int = 5, sample: str = "") -> Entry:
    """Return what a file held."""
    return Entry(role, size, 1, 2, 3, sha256, sample or sha256, -1, path)


def compared(then: Sequence[Entry], now: Sequence[Entry], added: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """Return the paths of the results and the inputs that changed since one task noted them."""
    found = compare([make_record()], lambda _: then, now, added)
    return [change.path for change in found.results], [change.path for change in found.inputs]


VIDEO = entry("v", "1", "in")


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        ([entry("r", "a")], [entry("r", "a")], []),
        ([entry("r", "a")], [entry("r", "b")], ["r"]),
        ([entry("r", "a")], [entry("r", "a", size=6)], ["r"]),
        ([entry("r", "a"), entry("s", "b")], [entry("r", "b"), entry("s", "a")], ["r", "s"]),
        ([entry("r", "a"), entry("s", "b")], [entry("r", "a")], ["s"]),
        ([entry("d/r", "a")], [entry("d/r", "a"), entry("d/new", "b")], ["d/new"]),
        ([entry("d/r", "a")], [entry("d/r", "a"), entry("d/.nfs1", "b")], []),
        ([entry("r", "", sample="x")], [entry("r", "b", sample="x")], []),
        ([entry("r", "", sample="x")], [entry("r", "b", sample="y")], ["r"]),
    ],
)
def test_results(then: list[Entry], now: list[Entry], changed: list[str]) -> None:
    """A result is as it was where its bytes are, under its name; a sample decides where no more was noted."""
    assert compared(then, now) == (changed, [])


def test_a_globs_new_file() -> None:
    """A file that came into a glob since is no change."""
    assert compared([entry("r1", "a")], [entry("r1", "a"), entry("r2", "b")], ["r1", "r2"]) == ([], [])


@pytest.mark.parametrize(
    ("then", "now", "changed"),
    [
        ([("v", "1")], [("v", "1")], []),
        ([("v", "1")], [("w", "1")], []),
        ([("v", "1")], [("v", "2")], ["v"]),
        ([("v", "1")], [("w", "2")], ["v"]),
        ([("v", "1"), ("w", "2")], [("v", "2"), ("w", "1")], []),
        ([("v", "1"), ("w", "2")], [("v", "1"), ("w", "3")], ["w"]),
        ([("v", "1"), ("w", "1")], [("v", "1"), ("w", "2")], ["w"]),
        ([("v", "1")], [("v", "1"), ("w", "2")], ["w"]),
        ([("v", "1"), ("w", "2")], [("v", "1")], ["w"]),
        ([("v", "1")], [], []),
        ([], [("v", "1")], []),
    ],
)
def test_inputs(then: list[tuple[str, str]], now: list[tuple[str, str]], changed: list[str]) -> None:
    """Inputs are as they were where the same contents are there, whatever their names, and where none is there."""
    before, after = ([entry(path, digest, "in") for path, digest in told] for told in (then, now))
    assert compared([*before, entry("r", "a")], [*after, entry("r", "a")]) == ([], changed)


def test_the_success_that_noted_it_so() -> None:
    """An older success vouches for a result that was put back; where none does, the youngest tells how it changed."""
    noted = {"0002": [entry("r", "b")], "0001": [entry("r", "a")]}
    successes = [make_record(batch="0002"), make_record(batch="0001")]

    def entries_of(record: Record) -> list[Entry]:
        return noted[record.batch]

    old = compare(successes, entries_of, [entry("r", "a")], ())
    assert (old.made, old.results) == (successes[1], ())
    other = compare(successes, entries_of, [entry("r", "c")], ())
    assert other.made == successes[0]
    assert [change.then for change in other.results] == noted["0002"]


def test_a_sample_vouches_for_nothing_that_is_known_better() -> None:
    """Once all bytes were noted, an older success that noted a sample alone does not vouch for other bytes."""
    noted = {"0002": [entry("r", "b", sample="x")], "0001": [entry("r", "", sample="x")]}
    successes = [make_record(batch="0002"), make_record(batch="0001")]
    found = compare(successes, lambda record: noted[record.batch], [entry("r", "c", sample="x")], ())
    assert (found.made, [change.path for change in found.results]) == (successes[0], ["r"])


def test_nothing_noted() -> None:
    """A success without notes is believed; without any success nothing is known."""
    record = make_record()
    assert compare([record], lambda _: [VIDEO], [entry("r", "a")], ()).made == record
    assert not compare([record], lambda _: [VIDEO], [entry("r", "a")], ()).is_known
    assert compare([], lambda _: [], [entry("r", "a")], ()).made is None
