"""What happened to one piece of work, over all batches."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

from remote_tracker.disk.files import write_file
from remote_tracker.model import Cause, Record
from remote_tracker.records import History, history, load_sealed, open_sealed, render_sealed
from remote_tracker.records.sealed import SEALED
from scan.trees import make_record


def failed(batch: str, unit: str = "a", result: str = "failed") -> Record:
    """Return a record of a failure."""
    return make_record(unit, batch, exit=1, result=result)


def history_of(*told: Record) -> History:
    """Return the history of these records, a batch each."""
    history = History()
    for record in told:
        history.add(record.batch, [record])
    return history


def test_failures_since_success() -> None:
    """Failures count since the last success only, oldest first."""
    history = history_of(failed("0001"), make_record("a", "0002"), failed("0003"), failed("0004", result="bad"))
    finished = history.finished("a")
    assert finished is not None
    assert finished.batch == "0002"
    assert [r.batch for r in history.failures("a", finished)] == ["0003", "0004"]


def test_youngest_success() -> None:
    """Of several successes the youngest counts."""
    found = history_of(make_record("a", "0001"), make_record("a", "0002", seconds=7)).finished("a")
    assert found is not None
    assert found.seconds == 7


def test_successes() -> None:
    """All that made a result are told, oldest first, since it was forgiven; one that found it there made nothing."""
    found_it = make_record("a", "0002", cause=Cause.ALREADY_FINISHED)
    history = history_of(make_record("a", "0001"), found_it, make_record("b", "0003"), make_record("a", "0004"))
    assert [r.batch for r in history.successes("a")] == ["0001", "0004"]
    history.forgive("0002", ["a"])
    assert [r.batch for r in history.successes("a")] == ["0004"]


def test_without_a_past() -> None:
    """A name that never ran has no past."""
    history = history_of(failed("0001"))
    assert (history.finished("b"), history.failures("b", None)) == (None, [])


def test_cancelled_is_no_failure() -> None:
    """What was stopped by the user did not fail; what vanished did."""
    history = history_of(failed("0001", result="cancelled"), failed("0002", "b", result=""))
    assert (list(history.failed), len(history.failures("b", None))) == (["b"], 1)


def test_forgiven() -> None:
    """A redo forgets what happened up to that batch, and nothing that came after it."""
    history = history_of(failed("0001"), make_record("a", "0002"), failed("0003"))
    history.forgive("0002", ["a"])
    assert history.finished("a") is None
    assert [r.batch for r in history.failures("a", None)] == ["0003"]


def test_others_not_forgiven() -> None:
    """A redo of one piece of work says nothing of another."""
    history = history_of(make_record("a", "0001"), make_record("b", "0002"))
    history.forgive("0002", ["b"])
    assert history.finished("a") is not None


def test_ten_thousand_batches() -> None:
    """Batch 10000 is younger than 9999."""
    history = history_of(failed("9998"), make_record("a", "9999"), failed("10000"))
    assert [r.batch for r in history.failures("a", history.finished("a"))] == ["10000"]
    history.forgive("9999", ["a"])
    assert [r.batch for r in history.failures("a", None)] == ["10000"]


def seal(folder: Path, *told: Record) -> Path:
    """Write a sealed batch."""
    path = folder / told[0].batch / SEALED
    path.parent.mkdir()
    write_file(path, render_sealed(told))
    return path


def test_successes_read_when_asked_for(tmp_path: Path) -> None:
    """A sealed batch's successes are read when one is looked for, once, and not where a younger batch has it."""
    past = History()
    for batch, unit in (("0001", "a"), ("0002", "b")):
        path = seal(tmp_path, make_record(unit, batch), failed(batch, "c"))
        sealed = open_sealed(path)
        assert sealed is not None
        past.add(batch, sealed.failures, sealed)
    with patch.object(history, "load_sealed", side_effect=load_sealed) as load:
        assert len(past.failures("c", None)) == 2
        assert load.call_count == 0
        assert past.finished("b") == make_record("b", "0002")
        assert load.call_count == 1
        assert past.finished("a") == past.finished("a") == make_record("a", "0001")
        assert load.call_count == 2
