"""inputs x outputs x task records x queue -> State: every decision on what a piece of work is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model import OTHER_PARAMETERS, OTHER_VERSION, Record, State

SURROUNDINGS = (70, 73, 74)  # run_task.sh: no helper, no work folder, no space; no fault of the video's
ELSEWHERE = "made elsewhere: its checks hold, no record of ours"
SETTLING = "finished just now; its results are not seen from here yet"
DESPITE = "its task failed, its result is whole"
STATE_WORDS = (
    (State.FINISHED, "finished"),
    (State.RUNNING, "running"),
    (State.QUEUED, "queued"),
    (State.UNPROCESSED, "to do"),
    (State.INCOMPLETE, "failed"),
    (State.WAITING, "waiting"),
    (State.NOT_READY, "not ready"),
    (State.SET_ASIDE, "set aside"),
    (State.GONE, "gone"),
    (State.INVALID, "invalid"),
)


class Evidence(NamedTuple):
    """What is known of one unit.

    ``mark`` is its inputs' fingerprint now; ``problem`` and ``waits`` as the scan found them; ``queue``
    is QUEUED, RUNNING or None; ``outputs`` is "none", "some" or "whole"; ``bad`` is the first check that
    fails on whole outputs; ``finished`` the last record of success; ``failures`` those since then;
    ``grouped`` is true where it gathers several files, so that a late one changes it; ``unready`` says why
    it must not start yet. ``ways`` says of each failure how it failed (none: all alike), and ``hopeless`` that
    after the last of them no other try can help. ``other`` says what else its result was made with;
    ``settling`` that it finished so lately that a shared disk may not show its results yet.
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
    ways: Sequence[str] = ()
    hopeless: bool = False
    other: str = ""
    settling: bool = False


class Decision(NamedTuple):
    """A unit's state, the reason in a few words, whether an old result stands in the way, and whether it failed.

    ``last`` is the record of the failure that the reason tells of; ``hopeless`` says that no other try can help;
    ``old_ns`` is the latest mtime of what lies where its results belong, 0 where nothing does.
    """

    state: State
    reason: str = ""
    stale: bool = False
    failed: bool = False
    last: Record | None = None
    hopeless: bool = False
    old_ns: int = 0


def decide(facts: Evidence, attempts: int) -> Decision:
    """Return what the unit is; ``attempts`` failures in a row set it aside (0: never)."""
    if facts.queue is not None:
        return Decision(facts.queue)
    if facts.problem:
        return Decision(State.INVALID, facts.problem)
    whole = facts.outputs == "whole" and not facts.bad
    if whole and not _is_changed(facts) and not (facts.grouped and facts.waits):
        return Decision(State.FINISHED, _remark_of(facts))
    if facts.settling and facts.outputs != "whole" and facts.finished and facts.finished.inputs == facts.mark:
        return Decision(State.RUNNING, SETTLING)
    if facts.unready:
        return Decision(State.NOT_READY, facts.unready)
    if facts.waits:
        return Decision(State.WAITING, facts.waits)
    same = [f for f in facts.failures if f.inputs == facts.mark]
    alike = _find_most_alike(facts)
    if attempts and len(alike) >= attempts:
        return Decision(State.SET_ASIDE, describe_failure(alike[-1], len(alike)), last=alike[-1])
    if attempts and same and facts.hopeless:
        return Decision(State.SET_ASIDE, describe_failure(same[-1]), last=same[-1])
    if whole:
        return Decision(State.INCOMPLETE, "its input changed since it was processed", stale=True)
    if facts.outputs == "whole":
        return Decision(State.INCOMPLETE, f"bad result: {facts.bad}", True, True, same[-1] if same else None)
    if same:
        return Decision(
            State.INCOMPLETE, describe_failure(same[-1]), failed=True, last=same[-1], hopeless=facts.hopeless
        )
    asked_anew = facts.outputs == "some" and facts.other == OTHER_PARAMETERS  # the rest was perhaps never to be made
    if facts.finished and facts.finished.inputs == facts.mark and not asked_anew:
        what = "some of its results are gone" if facts.outputs == "some" else "its results are gone"
        return Decision(State.GONE, f"finished once (batch {facts.finished.batch}), {what}")
    if facts.outputs == "some":
        return Decision(State.INCOMPLETE, "some of its results are there, not all")
    return Decision(State.UNPROCESSED)


def _remark_of(facts: Evidence) -> str:
    """Return what is to be said of a whole result, as people should know of it; empty for most."""
    if facts.finished:
        return facts.other
    return DESPITE if facts.failures else ELSEWHERE


def _find_most_alike(facts: Evidence) -> list[Record]:
    """Return the failures on this very input of the way that most of them were of; surroundings count not."""
    ways = facts.ways or [""] * len(facts.failures)
    found: dict[str, list[Record]] = {}
    for failure, way in zip(facts.failures, ways, strict=True):
        if failure.inputs == facts.mark and failure.exit not in SURROUNDINGS:
            found.setdefault(way, []).append(failure)
    return max(found.values(), key=len, default=[])


def _is_changed(facts: Evidence) -> bool:
    """Return whether whole results belong to another input than the one that lies there now.

    A failure on this input proves nothing where an older success stands: a task that fails publishes nothing.
    """
    if facts.finished:
        return facts.finished.inputs != facts.mark
    return bool(facts.failures) and all(f.inputs != facts.mark for f in facts.failures)


def refuted(successes: Sequence[Record], mark: str, bad: str) -> list[Record]:
    """Return the last tasks in a row that said they had finished this input, as the bad results that they made."""
    others = [index for index, record in enumerate(successes) if record.inputs != mark]
    same = successes[others[-1] + 1 :] if others else successes
    return [record._replace(result="bad", exit=None, why=bad) for record in same]


def describe_failure(record: Record, times: int = 1) -> str:
    """Return a failure, the last of so many, in a few words, as people are told it."""
    often = f" {times} times" if times > 1 else ""
    if not record.result:
        ended = f"; the scheduler says {record.ended}" if record.ended else ""
        return f"vanished{often}: started on {record.host}, no end was written{ended}"
    code = f" (exit code {record.exit})" if record.exit is not None else ""
    words = f"bad result{often}" if record.result == "bad" else f"failed{often}{code}"
    but = ", though the scheduler says COMPLETED" if record.ended == "COMPLETED" else ""
    return f"{words}: {record.why}{but}" if record.why else f"{words}{but}"


def failure_kind(record: Record) -> str:
    """Return how a task failed, without what differs from one to the next: paths, its own name, numbers. Pure."""
    if not record.result:
        return "vanished"
    stem = record.unit.rpartition("/")[2].rpartition(".")[0]
    said = re.sub(r"(/[^\s:'\"]+)+", "/...", record.why or f"{record.result} {record.exit}")
    said = re.sub(rf"\b{re.escape(stem)}\b", "*", said) if len(stem) > 2 else said
    return re.sub(r"\d+", "N", said)[:120]


def describe_decision(decision: Decision) -> str:
    """Return what a unit is and why, the word once."""
    word, reason = word_of(decision), decision.reason
    return reason if reason.startswith((word, "bad result", "vanished", "finished once")) else f"{word}: {reason}"


def word_of(decision: Decision) -> str:
    """Return what a unit is, in the words of people; what is to be done again for no fault of its own is to do."""
    if decision.state is State.INCOMPLETE and not decision.failed:
        return "to do"
    return dict(STATE_WORDS)[decision.state]


def is_gone(decision: Decision) -> bool:
    """Return whether what was finished once is missing now."""
    return decision.state is State.GONE


def is_stale(decision: Decision) -> bool:
    """Return whether a whole result was made with other parameters, or by another version of the tracker."""
    return decision.state is State.FINISHED and decision.reason in (OTHER_PARAMETERS, OTHER_VERSION)
