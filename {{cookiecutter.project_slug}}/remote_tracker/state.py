"""inputs x outputs x task records x queue -> State: every decision on what a piece of work is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .model import Record, State

SURROUNDINGS = (70, 73, 74)  # run_task.sh: no helper, no work folder, no space; no fault of the video's
WORDS = (
    (State.FINISHED, "finished"),
    (State.RUNNING, "running"),
    (State.QUEUED, "queued"),
    (State.UNPROCESSED, "to do"),
    (State.INCOMPLETE, "failed"),
    (State.WAITING, "waiting"),
    (State.NOT_READY, "not ready"),
    (State.SET_ASIDE, "set aside"),
    (State.INVALID, "invalid"),
)


class Facts(NamedTuple):
    """What is known of one unit.

    ``mark`` is its inputs' fingerprint now; ``problem`` and ``waits`` as the scan found them; ``queue``
    is QUEUED, RUNNING or None; ``outputs`` is "none", "some" or "whole"; ``bad`` is the first check that
    fails on whole outputs; ``finished`` the last record of success; ``failures`` those since then;
    ``grouped`` is true where it gathers several files, so that a late one changes it; ``unready`` says why
    it must not start yet.
    """

    mark: str
    problem: str
    waits: str
    queue: State | None
    outputs: str
    bad: str
    finished: Record | None
    failures: Sequence[Record]
    grouped: bool = False
    unready: str = ""


class Decision(NamedTuple):
    """A unit's state, the reason in a few words, whether an old result stands in the way, and whether it failed.

    ``last`` is the record of the failure that the reason tells of.
    """

    state: State
    reason: str = ""
    stale: bool = False
    failed: bool = False
    last: Record | None = None


def decide(facts: Facts, attempts: int) -> Decision:
    """Return what the unit is; ``attempts`` failures in a row set it aside (0: never)."""
    if facts.queue is not None:
        return Decision(facts.queue)
    if facts.problem:
        return Decision(State.INVALID, facts.problem)
    whole = facts.outputs == "whole" and not facts.bad
    if whole and not _is_changed(facts) and not (facts.grouped and facts.waits):
        known = facts.finished or facts.failures
        return Decision(State.FINISHED, "" if known else "made elsewhere: its checks hold, no record of ours")
    if facts.unready:
        return Decision(State.NOT_READY, facts.unready)
    if facts.waits:
        return Decision(State.WAITING, facts.waits)
    same = [f for f in facts.failures if f.inputs == facts.mark]
    if attempts and sum(f.exit not in SURROUNDINGS for f in same) >= attempts:
        return Decision(State.SET_ASIDE, told(same[-1], len(same)), last=same[-1])
    if whole:
        return Decision(State.INCOMPLETE, "its input changed since it was processed", stale=True)
    if facts.outputs == "whole":
        return Decision(State.INCOMPLETE, f"bad result: {facts.bad}", True, True, same[-1] if same else None)
    if same:
        return Decision(State.INCOMPLETE, told(same[-1]), failed=True, last=same[-1])
    if facts.outputs == "some":
        return Decision(State.INCOMPLETE, "some of its results are there, not all")
    if facts.finished and facts.finished.inputs == facts.mark:
        return Decision(State.INCOMPLETE, "finished once, its results are gone")
    return Decision(State.UNPROCESSED)


def _is_changed(facts: Facts) -> bool:
    """Return whether whole results belong to another input than the one that lies there now.

    A failure on this input proves nothing where an older success stands: a task that fails publishes nothing.
    """
    if facts.finished:
        return facts.finished.inputs != facts.mark
    return bool(facts.failures) and all(f.inputs != facts.mark for f in facts.failures)


def told(record: Record, times: int = 1) -> str:
    """Return a failure, the last of so many, in a few words, as people are told it."""
    often = f" {times} times" if times > 1 else ""
    if not record.result:
        return f"vanished{often}: started on {record.host}, no end was written"
    code = f" (exit code {record.exit})" if record.exit is not None else ""
    words = f"bad result{often}" if record.result == "bad" else f"failed{often}{code}"
    return f"{words}: {record.why}" if record.why else words


def word_of(decision: Decision) -> str:
    """Return what a unit is, in the words of people; what is to be done again for no fault of its own is to do."""
    if decision.state is State.INCOMPLETE and not decision.failed:
        return "to do"
    return dict(WORDS)[decision.state]
