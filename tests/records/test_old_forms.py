"""What batches from before 0.2 left is still understood: ends without a cause, sealed files without its column."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import Cause, Record
from remote_tracker.records import History, load_sealed, open_sealed, read_record, render_sealed
from remote_tracker.records.history import Made
from remote_tracker.records.sealed import is_sealed, load_finished_names
from remote_tracker.survey.failures import MadeWith, is_mended
from scan.trees import end_line, make_record, start_line

ENDS = [
    ("finished", "finished already, by another batch", Cause.ALREADY_FINISHED),
    ("finished", "", None),
    ("cancelled", "it was stopped", Cause.STOPPED),
    ("cancelled", "process 12 is making this just now", Cause.BEING_MADE),
    ("failed", "the input is missing or may not be read: /lab/a.avi", Cause.INPUT_MISSING),
    ("failed", "the input cannot be started with: not ready: a.avi: is cut short", Cause.INPUT_NOT_READY),
    ("failed", "the input cannot be started with: a.avi: is cut short", Cause.INPUT_REFUSED),
    ("failed", "no animals", None),
    ("bad", "the input cannot be started with: so says a check", None),
]
SEALED_ONLY = [
    ("failed", "out of memory", Cause.OUT_OF_MEMORY),
    ("failed", "over its walltime", Cause.OUT_OF_TIME),
    ("failed", "over what it asked for", Cause.OVER_ITS_REQUEST),
    ("cancelled", "its node failed", Cause.NODE_FAILED),
    ("cancelled", "it was preempted", Cause.PREEMPTED),
]


@pytest.mark.parametrize(("result", "why", "cause"), ENDS)
def test_an_end_without_a_cause(result: str, why: str, cause: Cause | None) -> None:
    """A task of a batch that was queued before an update tells its cause in words."""
    record = read_record(start_line() + end_line(result, 0, why), "0001", 1)
    assert record is not None
    assert (record.result, record.why, record.cause) == (result, why, cause)


def test_a_cause_goes_before_words() -> None:
    """Where an end has a cause, whatever stands behind it is for people; a cause from the future is none."""
    line = end_line("finished", 0, "it was stopped")
    for word, cause in (("already-finished", Cause.ALREADY_FINISHED), ("from-the-future", None)):
        record = read_record(start_line() + line.replace(" why=", f" cause={word} why="), "0001", 1)
        assert record is not None
        assert (record.why, record.cause) == ("it was stopped", cause)


def seal_as_before(path: Path, records: list[Record], kept: int = 0) -> None:
    """Write a sealed file as it was before it had columns for cause, activate.sh, time: the first ``kept`` of them."""
    head, made, *lines, _ = render_sealed(records).split("\n")
    cells = [line.split("\t", 14) for line in lines]
    older = ["\t".join([*row[: 11 + kept], row[14]]) for row in cells]
    path.parent.mkdir()
    now, then = "ended, cause, activate, at, why", ", ".join(["ended", *("cause", "activate")[:kept], "why"])
    path.write_text("\n".join([head.replace(now, then), made, *older, ""]))


@pytest.mark.parametrize(("result", "why", "cause"), [*ENDS, *SEALED_ONLY])
def test_a_sealed_file_of_the_old_form(tmp_path: Path, result: str, why: str, cause: Cause | None) -> None:
    """It is read as it is, not made anew: what accounting said stands nowhere else."""
    old = tmp_path / "0001" / "records.tsv"
    record = make_record(result=result, why=why, ended="FAILED")
    seal_as_before(old, [record, make_record("d/b.avi")])
    assert is_sealed(old)
    assert sorted(load_sealed(old)) == sorted([record._replace(cause=cause), make_record("d/b.avi")])
    opened = open_sealed(old)
    assert opened is not None
    assert opened.failures == ([record._replace(cause=cause)] if result != "finished" else [])
    assert sorted(load_finished_names(opened)) == (["d/a.avi", "d/b.avi"] if result == "finished" else ["d/b.avi"])


def test_a_sealed_file_without_activate(tmp_path: Path) -> None:
    """A sealed file that knows the cause, and not yet activate.sh, is read as it is; its failures count as ever."""
    old = tmp_path / "0001" / "records.tsv"
    record = make_record(result="failed", why="no animals", cause=Cause.INPUT_MISSING)
    seal_as_before(old, [record._replace(activate="0123abcd")], kept=1)
    assert load_sealed(old) == [record]
    assert not is_mended(record, MadeWith(record.params, record.version, "0123abcd"))


def test_a_sealed_file_without_times(tmp_path: Path) -> None:
    """A sealed file that does not say yet when a task ended is read as it is."""
    old = tmp_path / "0001" / "records.tsv"
    record = make_record(activate="0123abcd")
    seal_as_before(old, [record._replace(at="2026-01-31T12:00:00+0100")], kept=2)
    assert load_sealed(old) == [record]


def test_what_made_nothing(tmp_path: Path) -> None:
    """A task of an old batch that found its result there made nothing: its parameters are not the result's."""
    old = tmp_path / "0002" / "records.tsv"
    seal_as_before(old, [make_record(params="other", why="finished already, by another batch")])
    history = History()
    history.add("0001", [make_record(params="first"), make_record("d/b.avi", params="second")])
    history.add("0002", [], open_sealed(old))
    assert history.find_made()["d/a.avi"] == Made("first", "")
