"""What a piece of work is: the whole table of decisions, kept as a file that people read.

After a change that is meant:   REWRITE_GOLDEN=1 python -m pytest tests/survey/test_decision.py   and read it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from remote_tracker.model import Record, State
from remote_tracker.survey.decision import Decision, Evidence, decide
from remote_tracker.survey.failures import MadeWith, failure_kind, is_mended, refuted
from remote_tracker.survey.sentences import describe_failure
from scan.trees import make_record

TABLE = Path(__file__).parent / "golden" / "state_table.txt"
NOW, BEFORE = "1 1700000000000000000", "9 1600000000000000000"
ATTEMPTS = 3


def failure(inputs: str, result: str = "failed") -> Record:
    """Return a failure on this input."""
    return make_record(inputs=inputs, result=result, exit=1, why="" if not result else "it broke")


GOOD, OLD = make_record(inputs=NOW), make_record(inputs=BEFORE)
Past = tuple[Record | None, list[Record]]
PASTS: dict[str, Past] = {
    "never ran": (None, []),
    "finished": (GOOD, []),
    "finished, on another input": (OLD, []),
    "failed": (None, [failure(NOW)]),
    "bad result": (None, [failure(NOW, "bad")]),
    "vanished": (None, [failure(NOW, "")]),
    "failed 3 times": (None, [failure(NOW)] * ATTEMPTS),
    "failed 3 times by its surroundings": (None, [failure(NOW)._replace(exit=73)] * ATTEMPTS),
    "failed, on another input": (None, [failure(BEFORE)]),
    "failed 3 times, on another input": (None, [failure(BEFORE)] * ATTEMPTS),
    "failed on another, then twice on this": (None, [failure(BEFORE), failure(NOW), failure(NOW)]),
    "finished, then failed": (GOOD, [failure(NOW)]),
    "finished, then failed 3 times": (GOOD, [failure(NOW)] * ATTEMPTS),
    "finished on another input, then failed": (OLD, [failure(NOW)]),
    "finished on another, then failed 3 times": (OLD, [failure(NOW)] * ATTEMPTS),
}
OUTPUTS = {
    "none": ("none", ""),
    "some": ("some", ""),
    "whole": ("whole", ""),
    "whole, a check fails": ("whole", "no end"),
}
BLOCKS: dict[str, tuple[str, str, State | None, int]] = {
    "nothing in the way": ("", "", None, ATTEMPTS),
    "nothing in the way, what was set aside is asked for": ("", "", None, 0),
    "waits for an earlier stage": ("", "a.avi (track: running)", None, ATTEMPTS),
    "something is wrong with its input": ("it is empty", "", None, ATTEMPTS),
    "wrong, and waits": ("it is empty", "a.avi (track: running)", None, ATTEMPTS),
    "queued": ("", "", State.QUEUED, ATTEMPTS),
    "a redo is moving its old results": ("", "", State.NOT_READY, ATTEMPTS),
    "running, wrong, and waits": ("it is empty", "a.avi (track: running)", State.RUNNING, ATTEMPTS),
}


def decided(block: str, past: str, outputs: str) -> Decision:
    """Return one cell's decision."""
    problem, waits, queue, attempts = BLOCKS[block]
    finished, failures = PASTS[past]
    there, bad = OUTPUTS[outputs]
    return decide(Evidence(NOW, problem, waits, queue, there, bad, finished, failures), attempts)


def cell(decision: Decision) -> str:
    """Return a decision as a cell of the table."""
    marks = "".join([" *" if decision.outdated else "", " !" if decision.failed else ""])
    return f"{decision.state.value}{marks}" + (f" ({decision.reason})" if decision.reason else "")


def lines() -> Iterator[str]:
    """Yield the table, line by line: the past, the results on disk, what is decided."""
    yield "# What a piece of work is. * an old result stands in the way; ! it counts as failed."
    yield "# Three attempts. Rows: what its tasks wrote | its results on disk | what it is (why)."
    for block in BLOCKS:
        yield f"\n== {block}"
        for past in PASTS:
            for outputs in OUTPUTS:
                yield f"{past:<40} | {outputs:<20} | {cell(decided(block, past, outputs))}"


def test_table() -> None:
    """Each cell of the table of decisions is as written down."""
    if os.environ.get("REWRITE_GOLDEN"):
        TABLE.write_text("\n".join(lines()) + "\n")
    written = TABLE.read_text().splitlines()
    assert "\n".join(lines()).splitlines() == written


@pytest.mark.parametrize("block", BLOCKS)
def test_queue_and_problems_first(block: str) -> None:
    """The queue is believed before the input, and the input before any result."""
    problem, _, queue, _ = BLOCKS[block]
    found = {decided(block, past, outputs).state for past in PASTS for outputs in OUTPUTS}
    if queue:
        assert found == {queue}
    elif problem:
        assert found == {State.INVALID}


def test_done_is_proven() -> None:
    """Nothing is finished whose results are not there, whole, with checks that hold."""
    for block in BLOCKS:
        for past in PASTS:
            for outputs in set(OUTPUTS) - {"whole"}:
                assert decided(block, past, outputs).state is not State.FINISHED


@pytest.mark.parametrize(
    ("record", "times", "text"),
    [
        (failure(NOW), 1, "failed (exit code 1): it broke"),
        (failure(NOW), 3, "failed 3 times (exit code 1): it broke"),
        (failure(NOW, "bad"), 1, "bad result: it broke"),
        (failure(NOW, ""), 2, "vanished 2 times: started on node1, no end was written"),
        (make_record(result="failed", exit=137), 1, "failed (exit code 137)"),
    ],
)
def test_told(record: Record, times: int, text: str) -> None:
    """A failure is told in a few words, with the exit code and the last word."""
    assert describe_failure(record, times) == text


@pytest.mark.parametrize(
    ("ways", "hopeless", "state"),
    [
        (["storage", "storage"], False, State.INCOMPLETE),
        (["storage", "storage", "storage"], False, State.SET_ASIDE),
        (["storage", "memory", "storage", "memory"], False, State.INCOMPLETE),
        (["storage", "storage", "storage", "memory"], False, State.SET_ASIDE),
        (["memory", "storage", "memory", "memory"], False, State.SET_ASIDE),
        (["codec"], True, State.SET_ASIDE),
    ],
)
def test_ways(ways: list[str], hopeless: bool, state: State) -> None:
    """So many failures of one way set it aside, not of several; one after which no try can help does at once."""
    facts = Evidence(NOW, "", "", None, "none", "", None, [failure(NOW)] * len(ways), ways=ways, hopeless=hopeless)
    assert decide(facts, ATTEMPTS).state is state
    asked_for = decide(facts, 0)
    assert (asked_for.state, asked_for.hopeless) == (State.INCOMPLETE, hopeless)


@pytest.mark.parametrize(
    ("mended", "hopeless", "state"),
    [
        ([True, True, True], False, State.INCOMPLETE),
        ([True, True, False], False, State.INCOMPLETE),
        ([False, False, False], False, State.SET_ASIDE),
        ([True, False, True], True, State.SET_ASIDE),
        ([True, True, True], True, State.INCOMPLETE),
    ],
)
@pytest.mark.parametrize("finished", [None, GOOD])
def test_mended(finished: Record | None, mended: list[bool], hopeless: bool, state: State) -> None:
    """Failures count only with what tasks are made with now; others set nothing aside."""
    facts = Evidence(NOW, "", "", None, "none", "", finished, [failure(NOW)] * 3, mended=mended, hopeless=hopeless)
    assert decide(facts, ATTEMPTS).state is state


@pytest.mark.parametrize(
    ("then", "now", "mended"),
    [
        (("p", "1", "a"), ("p", "1", "a"), False),
        (("p", "1", "a"), ("q", "1", "a"), True),
        (("p", "1", "a"), ("p", "2", "a"), True),
        (("p", "1", "a"), ("p", "1", "b"), True),
        (("p", "", ""), ("p", "1", "a"), False),
        (("p", "1", "a"), ("p", "", ""), False),
    ],
)
def test_is_mended(then: tuple[str, str, str], now: tuple[str, str, str], mended: bool) -> None:
    """A change of parameters, version or activate.sh mends; what one side does not tell is no change."""
    record = make_record(params=then[0], version=then[1], activate=then[2])
    assert is_mended(record, MadeWith(*now)) is mended


@pytest.mark.parametrize(
    ("successes", "times", "state"),
    [
        ([GOOD], 1, State.INCOMPLETE),
        ([GOOD, GOOD], 2, State.INCOMPLETE),
        ([GOOD, GOOD, GOOD], 3, State.SET_ASIDE),
        ([OLD, OLD, GOOD], 1, State.INCOMPLETE),
        ([GOOD, GOOD, OLD, GOOD], 1, State.INCOMPLETE),
        ([GOOD, OLD], 0, State.INCOMPLETE),
    ],
)
def test_refuted(successes: list[Record], times: int, state: State) -> None:
    """A success whose result does not hold is a failure: so many in a row, on this very input, set it aside."""
    failures = refuted(successes, NOW, "no end")
    assert [(r.result, r.why) for r in failures] == [("bad", "no end")] * times
    assert decide(Evidence(NOW, "", "", None, "whole", "no end", successes[-1], failures), ATTEMPTS).state is state


def test_hopeless_on_another_input() -> None:
    """A video that was replaced is tried again, however hopeless the one before it was."""
    facts = Evidence(NOW, "", "", None, "none", "", None, [failure(BEFORE)], ways=["codec"], hopeless=True)
    assert decide(facts, ATTEMPTS).state is State.UNPROCESSED


@pytest.mark.parametrize(
    ("unit", "why", "way"),
    [
        ("d/plate7.avi", "plate7.csv: row 12 is short", "*.csv: row N is short"),
        ("d/x.avi", "cannot read /data/lab/x.avi: bad", "cannot read /...: bad"),
        ("d/x.avi", "", "failed (exit code 3)"),
        ("d/x.avi", "crashed (signal 11): at 12", "crashed (signal 11): at N"),
    ],
)
def test_way(unit: str, why: str, way: str) -> None:
    """What differs from video to video is left out of how one failed."""
    assert failure_kind(make_record(unit, result="failed", exit=3, why=why)) == way
