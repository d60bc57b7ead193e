"""Decide on the state of a unit, by its inputs, its outputs, the records of its tasks and the queue. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Cause, Record, State
from ..named_tuple import NamedTuple
from ..partial_copies import PartialCopy, describe_copy
from .failures import failure_cause
from .sentences import SENTENCES, describe_cancelled, describe_failure

# Exit codes of run_task.sh that are no fault of the video's: no helper, no work folder, no space.
SURROUNDINGS = (70, 73, 74)


class Evidence(NamedTuple):
    """What is known about one unit."""

    mark: str  # the fingerprint of its inputs now
    problem: str  # as in Unit
    waits: str  # as in Unit
    queue: State | None  # QUEUED, RUNNING, NOT_READY where a redo is moving its old results, or None
    outputs: str  # how many of its outputs are there: "none", "some" or "whole"
    bad: str  # the first check that fails on whole outputs; "": none fails
    finished: Record | None  # the last success
    failures: Sequence[Record]  # the failures since the last success
    grouped: bool = False  # it gathers several files, so that a file that comes late changes it
    unready: PartialCopy | None = None  # the unfinished copy for which no task may start with it yet
    ways: Sequence[str] = ()  # for each failure the way in which it failed; empty: all failed in the same way
    mended: Sequence[bool] = ()  # for each failure whether what it was made with has changed since; empty: none has
    hopeless: bool = False  # after the last failure that counts no other try can help
    other: Cause | None = None  # OTHER_PARAMETERS or OTHER_VERSION, where its result was made with others than now
    settling: bool = False  # it finished so lately that a shared disk may not show its results yet
    left_by: Record | None = None  # the failure that left the outputs which are there
    mixed: bool = False  # a task ended while it replaced the outputs, so that old and new may be mixed
    changed: bool = False  # no success noted its outputs as they are now
    cancelled: Record | None = None  # its last run, where that was cancelled
    freed: bool = False  # the results of its last success were deleted here, since they lie at home, proven


class Decision(NamedTuple):
    """The state of a unit, and why it is in it."""

    state: State
    cause: Cause | None = None  # why it is in this state; None: there is nothing to say
    detail: str = ""  # what people are told beside the cause
    outdated: bool = False  # an old result stands in the way
    failed: bool = False  # the unit failed
    last: Record | None = None  # the failure that the cause tells about
    hopeless: bool = False  # no other try can help
    old_ns: int = 0  # the latest mtime of the files where its results belong, ns since 1970; 0: no files
    times: int = 1  # how often it failed so since its last success
    is_empty: bool = False  # its result is whole, and nothing was found in the video

    @property
    def reason(self) -> str:
        """Return why the unit is in its state, in a few words for people, "" where there is nothing to say."""
        if self.last and not self.detail:
            failure = describe_failure(self.last, self.times)
            left = self.cause is Cause.LEFT_BY_FAILURE
            return SENTENCES[Cause.BAD_RESULT].replace("{}", failure) if left else failure
        sentence = SENTENCES.get(self.cause, "{}") if self.cause else ""
        return sentence.replace("{}", self.detail)


def decide(facts: Evidence, attempts: int) -> Decision:
    """Return the decision on a unit; ``attempts`` failures in the same way set the unit aside (0: never)."""
    if facts.queue is not None:
        return Decision(facts.queue, Cause.BEING_MOVED if facts.queue is State.NOT_READY else None)
    if facts.problem:
        cause = Cause.INPUT_REFUSED if is_mark_of_empty(facts.mark) else Cause.UNFIT_INPUT
        return Decision(State.INVALID, cause, facts.problem)
    whole = facts.outputs == "whole" and not facts.bad and not facts.left_by and not facts.mixed
    if whole and not _is_changed(facts) and not (facts.grouped and facts.waits):
        return Decision(State.FINISHED, _remark_of(facts))
    unseen = facts.outputs != "whole" or facts.mixed
    if facts.settling and unseen and facts.finished and facts.finished.inputs == facts.mark:
        return Decision(State.RUNNING, Cause.SETTLING)
    if facts.unready:
        return not_ready(facts.unready)
    if facts.waits:
        return Decision(State.WAITING, Cause.AWAITS_STAGE, facts.waits)
    same = [f for f in facts.failures if f.inputs == facts.mark]
    standing = [failure for failure, _ in _find_standing(facts)]
    alike = _find_most_alike(facts)
    if attempts and len(alike) >= attempts:
        return Decision(
            State.SET_ASIDE, failure_cause(alike[-1]), last=alike[-1], times=len(alike), hopeless=facts.hopeless
        )
    if attempts and standing and facts.hopeless:
        return Decision(State.SET_ASIDE, failure_cause(standing[-1]), last=standing[-1], hopeless=True)
    if whole or (not same and _is_of_old_input(facts)):
        return Decision(State.INCOMPLETE, Cause.INPUT_CHANGED, outdated=True)
    if facts.mixed and facts.outputs != "none":
        return Decision(State.INCOMPLETE, Cause.PARTLY_PUBLISHED, outdated=True)
    if facts.outputs == "whole":
        if facts.left_by:
            return Decision(State.INCOMPLETE, Cause.LEFT_BY_FAILURE, "", True, True, facts.left_by)
        return Decision(State.INCOMPLETE, Cause.BAD_RESULT, facts.bad, True, True, same[-1] if same else None)
    return _decide_on_rest(facts, same)


def _decide_on_rest(facts: Evidence, same: Sequence[Record]) -> Decision:
    """Return the decision on a unit whose results are not whole; ``same`` are its failures on the input as it is."""
    ended = facts.cancelled
    if same:
        last = same[-1]
        cause, told = (ended.cause, describe_cancelled(ended, last)) if ended else (failure_cause(last), "")
        return Decision(State.INCOMPLETE, cause, told, failed=True, last=last, hopeless=facts.hopeless)
    some = facts.outputs == "some"
    asked_anew = some and facts.other is Cause.OTHER_PARAMETERS  # perhaps nobody ever asked for the missing results
    if facts.finished and facts.finished.inputs == facts.mark and not asked_anew:
        if facts.freed:
            return Decision(State.FINISHED, Cause.FREED)
        return Decision(State.GONE, Cause.PARTLY_GONE if some else Cause.GONE, facts.finished.batch)
    if some:
        return Decision(State.INCOMPLETE, Cause.PARTLY_MADE)
    return Decision(State.UNPROCESSED, ended.cause, describe_cancelled(ended)) if ended else Decision(State.UNPROCESSED)


def is_mark_of_empty(mark: str) -> bool:
    """Return whether a mark of inputs belongs to a single, empty file: nothing of its copy came."""
    return mark.startswith("0 ")


def word_of_outputs(there: int, wanted: int, finished: Record | None, mark: str) -> str:
    """Return how many of a unit's outputs are there: "none", "some" or "whole".

    Where its stage makes none (``wanted`` is 0), its last success on the inputs with this ``mark`` stands for them.
    """
    if not wanted:
        return "whole" if finished and finished.inputs == mark else "none"
    if there < wanted:
        return "some" if there else "none"
    return "whole"


def not_ready(copy: PartialCopy) -> Decision:
    """Return the decision that a unit is not ready, since its input is an unfinished copy."""
    cause = Cause.COPY_BROKEN_OFF if copy.broken_off else Cause.BEING_COPIED
    return Decision(State.NOT_READY, cause, describe_copy(copy))


def _remark_of(facts: Evidence) -> Cause | None:
    """Return the remark that people read about a whole result, None for most results."""
    if facts.finished:
        return Cause.CHANGED_SINCE if facts.changed else facts.other
    return Cause.DESPITE_FAILURE if facts.failures else Cause.MADE_ELSEWHERE


def _is_of_old_input(facts: Evidence) -> bool:
    """Return whether results that do not hold were made from an earlier input: they are no bad result."""
    is_old = facts.finished is not None and facts.finished.inputs != facts.mark
    return facts.outputs == "whole" and is_old and not facts.left_by


def _find_most_alike(facts: Evidence) -> list[Record]:
    """Return the unit's failures that count, in the most frequent way; SURROUNDINGS do not count."""
    found: dict[str, list[Record]] = {}
    for failure, way in _find_standing(facts):
        if failure.exit not in SURROUNDINGS:
            found.setdefault(way, []).append(failure)
    return max(found.values(), key=len, default=[])


def _find_standing(facts: Evidence) -> list[tuple[Record, str]]:
    """Return the failures that count, on the input as it is and with what tasks have now; each with its way."""
    number = len(facts.failures)
    rows = zip(facts.failures, facts.ways or [""] * number, facts.mended or [False] * number, strict=True)
    return [(failure, way) for failure, way, mended in rows if failure.inputs == facts.mark and not mended]


def _is_changed(facts: Evidence) -> bool:
    """Return whether whole results were made from another input than the input that lies there now.

    A failure on this input proves nothing where an older success stands: a task that fails publishes nothing.
    """
    if facts.finished:
        return facts.finished.inputs != facts.mark
    return bool(facts.failures) and all(f.inputs != facts.mark for f in facts.failures)


def remarks_of(decision: Decision) -> list[Cause]:
    """Return the remarks that people read about a finished unit."""
    return [*filter(None, [decision.cause]), *([Cause.NOTHING_FOUND] if decision.is_empty else [])]


def end_of(decision: Decision) -> Cause | None:
    """Return the cause for which the unit's task ended, also where the decision's cause is the result that it left."""
    if decision.cause is Cause.LEFT_BY_FAILURE and decision.last:
        return decision.last.cause
    return decision.cause
