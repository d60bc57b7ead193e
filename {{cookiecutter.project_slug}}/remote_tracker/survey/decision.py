"""inputs x outputs x task records x queue -> State: every decision on what a piece of work is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..model import Cause, Record, State
from ..partial_copies import PartialCopy, describe_copy
from .sentences import SENTENCES, STATE_WORDS, describe_failure

SURROUNDINGS = (70, 73, 74)  # run_task.sh: no helper, no work folder, no space; no fault of the video's


class Evidence(NamedTuple):
    """What is known of one unit.

    ``mark`` is its inputs' fingerprint now; ``problem`` and ``waits`` as the scan found them; ``queue`` is QUEUED,
    RUNNING or None; ``outputs`` is "none", "some" or "whole"; ``bad`` is the first check that fails on whole outputs,
    ``left_by`` is the failure that left these; ``finished`` the last record of success; ``failures`` those
    since then; ``grouped`` is true where it gathers several files, so that a late one changes it; ``unready`` is the
    unfinished copy for which it must not start yet. ``ways`` says of each failure how it failed (none: all alike), and
    ``hopeless`` that after the last of them no other try can help. ``other`` says what else its result was made with;
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
    unready: PartialCopy | None = None
    ways: Sequence[str] = ()
    hopeless: bool = False
    other: Cause | None = None
    settling: bool = False
    left_by: Record | None = None


class Decision(NamedTuple):
    """A unit's state and its cause (None: there is nothing to say); ``detail`` is what people are told beside.

    ``outdated`` says that an old result stands in the way, ``failed`` that the unit failed. ``last`` is the record of
    the failure that the cause is of, ``times`` how often in a row; ``hopeless`` says that no other try can help;
    ``old_ns`` is the latest mtime of what lies where its results belong, 0 where nothing does.
    """

    state: State
    cause: Cause | None = None
    detail: str = ""
    outdated: bool = False
    failed: bool = False
    last: Record | None = None
    hopeless: bool = False
    old_ns: int = 0
    times: int = 1

    @property
    def reason(self) -> str:
        """Return why, in a few words for people, empty where there is nothing to say."""
        if self.last and not self.detail:
            failure = describe_failure(self.last, self.times)
            left = self.cause is Cause.LEFT_BY_FAILURE
            return SENTENCES[Cause.BAD_RESULT].replace("{}", failure) if left else failure
        sentence = SENTENCES.get(self.cause, "{}") if self.cause else ""
        return sentence.replace("{}", self.detail)


def decide(facts: Evidence, attempts: int) -> Decision:
    """Return what the unit is; ``attempts`` failures in a row set it aside (0: never)."""
    if facts.queue is not None:
        return Decision(facts.queue)
    if facts.problem:
        return Decision(State.INVALID, Cause.UNFIT_INPUT, facts.problem)
    whole = facts.outputs == "whole" and not facts.bad and not facts.left_by
    if whole and not _is_changed(facts) and not (facts.grouped and facts.waits):
        return Decision(State.FINISHED, _remark_of(facts))
    if facts.settling and facts.outputs != "whole" and facts.finished and facts.finished.inputs == facts.mark:
        return Decision(State.RUNNING, Cause.SETTLING)
    if facts.unready:
        return not_ready(facts.unready)
    if facts.waits:
        return Decision(State.WAITING, Cause.AWAITS_STAGE, facts.waits)
    same = [f for f in facts.failures if f.inputs == facts.mark]
    alike = _find_most_alike(facts)
    if attempts and len(alike) >= attempts:
        return Decision(State.SET_ASIDE, failure_cause(alike[-1]), last=alike[-1], times=len(alike))
    if attempts and same and facts.hopeless:
        return Decision(State.SET_ASIDE, failure_cause(same[-1]), last=same[-1])
    if whole:
        return Decision(State.INCOMPLETE, Cause.INPUT_CHANGED, outdated=True)
    if facts.outputs == "whole":
        if facts.left_by:
            return Decision(State.INCOMPLETE, Cause.LEFT_BY_FAILURE, "", True, True, facts.left_by)
        return Decision(State.INCOMPLETE, Cause.BAD_RESULT, facts.bad, True, True, same[-1] if same else None)
    return _decide_on_rest(facts, same)


def _decide_on_rest(facts: Evidence, same: Sequence[Record]) -> Decision:
    """Return what a unit is whose results are not all there; ``same`` are its failures on this very input."""
    if same:
        last = same[-1]
        return Decision(State.INCOMPLETE, failure_cause(last), failed=True, last=last, hopeless=facts.hopeless)
    some = facts.outputs == "some"
    asked_anew = some and facts.other is Cause.OTHER_PARAMETERS  # the rest was perhaps never to be made
    if facts.finished and facts.finished.inputs == facts.mark and not asked_anew:
        return Decision(State.GONE, Cause.PARTLY_GONE if some else Cause.GONE, facts.finished.batch)
    return Decision(State.INCOMPLETE, Cause.PARTLY_MADE) if some else Decision(State.UNPROCESSED)


def not_ready(copy: PartialCopy) -> Decision:
    """Return that a unit is not ready, for an unfinished copy of its input."""
    cause = Cause.COPY_BROKEN_OFF if copy.broken_off else Cause.BEING_COPIED
    return Decision(State.NOT_READY, cause, describe_copy(copy))


def _remark_of(facts: Evidence) -> Cause | None:
    """Return what is to be said of a whole result; None for most."""
    if facts.finished:
        return facts.other
    return Cause.DESPITE_FAILURE if facts.failures else Cause.MADE_ELSEWHERE


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


def failure_kind(record: Record) -> str:
    """Return how a task failed, without what differs from one to the next: paths, its own name, numbers. Pure."""
    if not record.result:
        return "vanished"
    stem = record.unit.rpartition("/")[2].rpartition(".")[0]
    said = re.sub(r"(/[^\s:'\"]+)+", "/...", record.why or f"{record.result} {record.exit}")
    said = re.sub(rf"\b{re.escape(stem)}\b", "*", said) if len(stem) > 2 else said
    return re.sub(r"\d+", "N", said)[:120]


def failure_cause(record: Record) -> Cause:
    """Return the cause of a failure, where none is known how it ended."""
    if not record.result:
        return Cause.VANISHED
    return Cause.BAD_RESULT if record.result == "bad" else record.cause or Cause.FAILED


def end_of(decision: Decision) -> Cause | None:
    """Return the cause for which the unit's task ended, also where what counts is the result that it left."""
    if decision.cause is Cause.LEFT_BY_FAILURE and decision.last:
        return decision.last.cause
    return decision.cause


BAD = (Cause.BAD_RESULT, Cause.LEFT_BY_FAILURE)
OWN_WORDS = (*BAD, Cause.VANISHED, Cause.GONE, Cause.PARTLY_GONE)  # their sentences say what the unit is


def describe_decision(decision: Decision) -> str:
    """Return what a unit is and why, the word once."""
    word, reason = word_of(decision), decision.reason
    return reason if decision.failed or decision.cause in OWN_WORDS else f"{word}: {reason}"


def describe_state(decision: Decision) -> str:
    """Return the word for what a unit is, then why; a failure is told without the word before it."""
    word, reason = word_of(decision), decision.reason
    if decision.failed and decision.cause not in (*BAD, Cause.VANISHED):
        return reason
    return f"{word}: {reason}" if reason else word


def word_of(decision: Decision) -> str:
    """Return what a unit is, in the words of people; what is to be done again for no fault of its own is to do."""
    if decision.state is State.INCOMPLETE and not decision.failed:
        return "to do"
    return dict(STATE_WORDS)[decision.state]


def is_bad(decision: Decision) -> bool:
    """Return whether a result was made that does not hold."""
    return decision.cause in BAD


def is_gone(decision: Decision) -> bool:
    """Return whether what was finished once is missing now."""
    return decision.state is State.GONE


def is_stale(decision: Decision) -> bool:
    """Return whether a whole result was made with other parameters, or by another version of the tracker."""
    return decision.state is State.FINISHED and decision.cause in (Cause.OTHER_PARAMETERS, Cause.OTHER_VERSION)
