"""What is counted as cancelled where a runner and its tasks end while somebody looks at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.batches import cancel_here
from remote_tracker.model import Record
from remote_tracker.records import Batch


def test_a_task_that_ends_with_its_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task whose runner was told to end is not counted again where both end between two questions of a look."""
    asked: list[str] = []

    def has_ended(question: str) -> bool:
        asked.append(question)
        return len(asked) > 1

    def records(_: Batch) -> list[Record]:
        result = "cancelled" if has_ended("tasks") else ""
        return [Record("v.avi", "0001", 1, "n1", 7, "", "", "", None, 0, result, "")]

    monkeypatch.setattr(Batch, "records", records)
    monkeypatch.setattr(cancel_here, "_find_runner", lambda *_: 0 if has_ended("runner") else 9)
    monkeypatch.setattr(cancel_here, "runs_here", lambda *_: True)
    monkeypatch.setattr(cancel_here, "run_of", lambda _: None)
    (tmp_path / "names.txt").write_text("v.avi\n")
    found = list(cancel_here._find_in(Batch(str(tmp_path)), ()))
    assert sorted(asked) == ["runner", "tasks"]
    assert [going.runner for going in found] == [9]
