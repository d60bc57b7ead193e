"""What the scheduler says, what the task wrote, what lies there: the whole table, kept as a file that people read.

After a change that is meant:   REWRITE_GOLDEN=1 python -m pytest tests/records/test_reconciliation.py   and read it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from remote_tracker.records import History, read_record, reconcile
from remote_tracker.schedulers.accounting import read_ends
from remote_tracker.schedulers.used import read_used
from remote_tracker.survey.decision import Evidence, decide
from scan.trees import end_line, start_line

TABLE = Path(__file__).parent / "golden" / "reconciliation.txt"
MARK = "1 1700000000000000000"
ENDS = ("", "COMPLETED", "FAILED", "TIMEOUT", "OUT_OF_MEMORY", "CANCELLED", "NODE_FAIL", "PREEMPTED")
LOGS = {
    "no log": "",
    "began, no end": start_line() + "at work\n",
    "exit 0, proven": start_line() + end_line(),
    "exit 0, bad": start_line() + end_line("bad", 65, "a_tracks.csv is empty"),
    "exit 1": start_line() + end_line("failed", 1, "no animals"),
    "exit 137": start_line() + end_line("failed", 137, "Killed"),
    "stopped": start_line() + end_line("cancelled", 143, "it was stopped"),
}
OUTPUTS = {
    "none": ("none", ""),
    "some": ("some", ""),
    "whole": ("whole", ""),
    "bad": ("whole", "a_tracks.csv: its last line is cut short"),
}


def decided(ended: str, log: str, outputs: str) -> str:
    """Return what becomes of a video, and the reason, for one cell."""
    record = read_record(LOGS[log], "0001", 1)
    history = History()
    history.add("0001", [reconcile(record, ended)] if record else [])
    finished = history.finished("d/a.avi")
    there, bad = OUTPUTS[outputs]
    decision = decide(Evidence(MARK, "", "", None, there, bad, finished, history.failures("d/a.avi", finished)), 3)
    return f"{decision.state.value}{f': {decision.reason}' if decision.reason else ''}"


def lines() -> Iterator[str]:
    """Yield the table, a line a cell; what is the same for every word of the scheduler stands once."""
    yield "# scheduler     | its own log    | outputs | what it is, and what people are told"
    for log in LOGS:
        for outputs in OUTPUTS:
            cells = {ended: decided(ended, log, outputs) for ended in ENDS}
            if len(set(cells.values())) == 1:
                cells = {"(any)": cells[""]}
            for ended, cell in cells.items():
                yield f"{ended or '(not told)':15} | {log:14} | {outputs:7} | {cell}"


def test_table() -> None:
    """Each cell, scheduler x exit code x outputs, is as written down."""
    if os.environ.get("REWRITE_GOLDEN"):
        TABLE.write_text("\n".join(lines()) + "\n")
    assert "\n".join(lines()).splitlines() == TABLE.read_text().splitlines()


@pytest.mark.parametrize("ended", ENDS)
@pytest.mark.parametrize("log", LOGS)
@pytest.mark.parametrize("outputs", ["none", "some", "bad"])
def test_no_word_makes_a_result(ended: str, log: str, outputs: str) -> None:
    """Whatever scheduler and task say, nothing is finished whose outputs are not whole."""
    assert not decided(ended, log, outputs).startswith("finished")


Rows = Sequence[Mapping[str, str]]


@pytest.mark.parametrize(
    ("rows", "per_job", "words", "lags"),
    [
        ([{"id": "12_3", "state": "FAILED"}], 1, {3: "FAILED"}, False),
        ([{"id": "12_3", "state": "CANCELLED by 1000"}], 1, {3: "CANCELLED"}, False),
        ([{"id": "12_3", "state": "COMPLETED"}, {"id": "12_3.batch", "state": "FAILED"}], 1, {3: "COMPLETED"}, False),
        ([{"id": "12[3]", "state": "COMPLETED"}, {"id": "12[]", "state": "FAILED"}], 1, {3: "COMPLETED"}, False),
        ([{"id": "12_[4-9]", "state": "CANCELLED"}], 1, {}, False),
        ([{"id": "12_1", "state": "TIMEOUT"}], 3, {1: "TIMEOUT", 2: "TIMEOUT", 3: "TIMEOUT"}, False),
        ([{"id": "12_1", "state": "RUNNING"}], 1, {}, True),
        ([{"id": "12_1", "state": "FAILED"}, {"id": "19_1", "state": "RUNNING"}], 1, {}, True),
        ([{"id": "12_1", "state": "FAILED"}, {"id": "19_1", "state": "COMPLETED"}], 1, {1: "COMPLETED"}, False),
        ([], 1, {}, False),
    ],
)
def test_ends(rows: Rows, per_job: int, words: dict[int, str], lags: bool) -> None:
    """A task's end is that of its youngest job; steps and whole arrays tell nothing, what still goes on is no end."""
    assert read_ends(read_used(rows), per_job) == (words, lags)
