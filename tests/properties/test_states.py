"""The laws of what a piece of work is, over whatever may be known of it."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from remote_tracker.model import Cause, Record, State
from remote_tracker.partial_copies import PartialCopy, describe_copy
from remote_tracker.schedulers.accounting import ENDED
from remote_tracker.survey.decision import SURROUNDINGS, Decision, Evidence, decide
from remote_tracker.survey.sentences import describe_failure
from remote_tracker.survey.states import word_of

NOW, BEFORE = "1 1700000000000000000", "9 1600000000000000000"
MARKS = st.sampled_from([NOW, NOW, NOW, BEFORE, ""])
LISTED = (State.UNPROCESSED, State.INCOMPLETE)
FLYING = (State.QUEUED, State.RUNNING)
text = st.sampled_from(["", "", "it broke", "x: y"])
rarely = st.sampled_from([*[""] * 7, "it is so", "x: y"])  # most of what could be in the way is not


def records(
    results: st.SearchStrategy[str], causes: tuple[Cause | None, ...] = (None, Cause.OUT_OF_MEMORY, Cause.INPUT_REFUSED)
) -> st.SearchStrategy[Record]:
    """Return records of tasks that ended so."""
    return st.builds(
        Record,
        unit=st.just("d/a.avi"),
        batch=st.sampled_from(["0001", "0002", "10000"]),
        task=st.integers(1, 9),
        host=st.sampled_from(["n1", "n2"]),
        pid=st.integers(0, 9),
        job=st.just("slurm.1"),
        inputs=MARKS,
        params=st.sampled_from(["aa", "bb"]),
        exit=st.sampled_from([None, 0, 1, 65, 137, *SURROUNDINGS]),
        seconds=st.integers(0, 99),
        result=results,
        why=text,
        version=st.sampled_from(["", "1.0", "2.0"]),
        ended=st.sampled_from(["", "", *ENDED]),
        program=st.sampled_from([None, None, 0, 1]),
        cause=st.sampled_from(causes),
    )


cancelled = st.one_of(st.none(), st.none(), records(st.just(""), (Cause.CANCELLED,)))
failures = st.lists(records(st.sampled_from(["failed", "bad", ""])), max_size=6)
facts = st.builds(
    Evidence,
    mark=MARKS,
    problem=rarely,
    waits=rarely,
    queue=st.sampled_from([*[None] * 6, *FLYING]),
    outputs=st.sampled_from(["none", "some", "whole", "whole", "whole"]),
    bad=text,
    finished=st.one_of(st.none(), records(st.just("finished"))),
    failures=failures,
    grouped=st.booleans(),
    unready=st.sampled_from([*[None] * 7, PartialCopy(".a.avi.x1", 0.0, True), PartialCopy(".a.avi.x1", 9e9, False)]),
    ways=st.just(()),
    mended=st.just(()),
    hopeless=st.just(False),
    other=st.sampled_from([None, None, Cause.OTHER_PARAMETERS, Cause.OTHER_VERSION]),
    settling=st.just(False),
    left_by=st.none(),
    mixed=st.booleans(),
    changed=st.booleans(),
    cancelled=cancelled,
    freed=st.booleans(),
)
attempts = st.integers(0, 5)
_at_fault = records(st.sampled_from(["failed", "bad", ""])).map(lambda r: r._replace(inputs=NOW, exit=1))
set_aside = st.builds(
    Evidence,
    mark=st.just(NOW),
    problem=st.just(""),
    waits=st.just(""),
    queue=st.none(),
    outputs=st.sampled_from(["none", "some", "whole"]),
    bad=text,
    finished=records(st.just("finished")).map(lambda r: r._replace(inputs=BEFORE)),
    failures=st.builds(lambda at_fault, others: [*others, *at_fault], st.lists(_at_fault, min_size=5), failures),
    grouped=st.booleans(),
    unready=st.none(),
    ways=st.just(()),
    mended=st.just(()),
    hopeless=st.just(False),
    other=st.sampled_from([None, None, Cause.OTHER_PARAMETERS, Cause.OTHER_VERSION]),
    settling=st.just(False),
    left_by=st.none(),
    mixed=st.booleans(),
    changed=st.booleans(),
    cancelled=cancelled,
    freed=st.booleans(),
)
FAILED = Record("d/a.avi", "0001", 1, "n1", 1, "slurm.1", NOW, "aa", 1, 1, "failed", "it broke")


@given(known=facts, most=attempts)
def test_what_flies_is_what_the_queue_says(known: Evidence, most: int) -> None:
    """What is queued or running is that, whatever else is known of it: it is never listed, never finished."""
    decision = decide(known, most)
    assert (decision.state in FLYING) == (known.queue is not None)
    if known.queue is not None:
        assert decision == Decision(known.queue)


@given(known=facts, most=attempts)
def test_finished_is_proven(known: Evidence, most: int) -> None:
    """Nothing is finished but whole results whose checks hold, of an input that is fine and has not changed since.

    What was freed was that when it was deleted here.
    """
    decision = decide(known, most)
    if decision.cause is Cause.FREED:
        assert known.freed
        assert known.finished
        assert (known.finished.inputs, known.problem, known.queue) == (known.mark, "", None)
    elif decision.state is State.FINISHED:
        assert (known.outputs, known.bad, known.problem, known.queue) == ("whole", "", "", None)
        marks = [known.finished.inputs] if known.finished else [f.inputs for f in known.failures]
        assert not marks or known.mark in marks
        assert not (known.grouped and known.waits)


@given(known=facts, most=attempts, success=records(st.just("finished")))
def test_whole_and_theirs_is_finished(known: Evidence, most: int, success: Record) -> None:
    """Whole results that hold, by a record of this very input, are finished, whatever failed since."""
    held = known._replace(outputs="whole", bad="", problem="", queue=None, grouped=False, mixed=False)
    assert decide(held._replace(finished=success._replace(inputs=held.mark)), most).state is State.FINISHED


@given(known=facts, most=attempts)
def test_what_cannot_start_is_not_listed(known: Evidence, most: int) -> None:
    """What has a problem, waits, or is not ready is not listed; an invalid one says its problem."""
    decision = decide(known, most)
    if known.problem or known.waits or known.unready:
        assert decision.state not in LISTED
    assert (decision.state is State.INVALID) == (known.queue is None and known.problem != "")
    if decision.state is State.INVALID:
        assert decision.reason == known.problem
    if decision.state is State.WAITING:
        assert decision.reason == known.waits != ""
    if decision.state is State.NOT_READY:
        assert known.unready
        assert decision.reason == describe_copy(known.unready)


@given(known=facts, most=attempts)
def test_same_facts_same_answer(known: Evidence, most: int) -> None:
    """The same facts give the same decision, and are not changed by it."""
    copy = known._replace(failures=[*known.failures])
    assert decide(known, most) == decide(copy, most)
    assert known == copy


@given(known=set_aside, more=failures, most=st.integers(1, 5))
@example(known=Evidence(NOW, "", "", None, "none", "", None, [FAILED] * 3), more=[FAILED._replace(exit=73)] * 2, most=3)
def test_more_failures_never_free(known: Evidence, more: list[Record], most: int) -> None:
    """What is set aside stays so, whatever else fails."""
    assert decide(known, most).state is State.SET_ASIDE
    assert decide(known._replace(failures=[*known.failures, *more]), most).state is State.SET_ASIDE
    assert decide(known._replace(failures=[*more, *known.failures]), most).state is State.SET_ASIDE


@given(known=facts, most=attempts)
def test_set_aside_is_counted(known: Evidence, most: int) -> None:
    """Set aside is what failed so often on this very input, by no fault of its surroundings; 0 attempts: never."""
    decision = decide(known, most)
    counted = sum(f.inputs == known.mark and f.exit not in SURROUNDINGS for f in known.failures)
    if decision.state is State.SET_ASIDE:
        assert 0 < most <= counted
        assert decision.last in known.failures
    elif decision.state in LISTED:
        assert not most or counted < most


@given(
    known=facts, most=attempts, ways=st.lists(st.sampled_from("abc"), min_size=6, max_size=6), hopeless=st.booleans()
)
def test_of_several_ways(known: Evidence, most: int, ways: list[str], hopeless: bool) -> None:
    """Failures of several ways set aside no more than as many of one way do; a hopeless one does at once."""
    mixed = known._replace(ways=ways[: len(known.failures)])
    if decide(mixed, most).state is State.SET_ASIDE:
        assert decide(known, most).state is State.SET_ASIDE
    on_this = [f for f in known.failures if f.inputs == known.mark]
    before = decide(mixed, most)
    if decide(mixed._replace(hopeless=hopeless), most) != before:
        assert hopeless
        assert on_this
        assert before.state in (State.INCOMPLETE, State.SET_ASIDE)  # set aside before: it says that no try can help


@given(known=facts, most=attempts)
def test_a_changed_input_forgives(known: Evidence, most: int) -> None:
    """Failures on another input count for nothing: what changed since is to do again."""
    changed = known._replace(failures=[f for f in known.failures if f.inputs != known.mark])
    decision = decide(changed, most)
    assert decision.state is not State.SET_ASIDE
    assert decision.last is None
    assert not decision.failed or changed.bad


@given(known=set_aside, most=st.integers(1, 9))
def test_fewer_attempts_list_less(known: Evidence, most: int) -> None:
    """What is set aside with some attempts is with fewer, and is listed where it is asked for (0)."""
    if decide(known, most).state is State.SET_ASIDE:
        assert all(decide(known, n).state is State.SET_ASIDE for n in range(1, most))
    assert decide(known, 0).state in LISTED


@given(known=facts, most=attempts)
def test_only_an_old_result_is_outdated(known: Evidence, most: int) -> None:
    """An old result stands in the way only of what is listed, and only where there is a whole one."""
    decision = decide(known, most)
    if decision.outdated:
        assert decision.state is State.INCOMPLETE
        assert known.outputs == "whole" or (known.mixed and known.outputs == "some")
    if decision.state in LISTED and known.outputs == "whole":
        assert decision.outdated


@given(known=facts, most=attempts)
def test_reasons_are_a_line(known: Evidence, most: int) -> None:
    """Each decision is told in a word that people know, with a reason of one line; what is odd has one."""
    decision = decide(known, most)
    assert "\n" not in decision.reason
    assert word_of(decision)
    assert decision.reason or decision.state in (State.FINISHED, State.UNPROCESSED, *FLYING)


@given(record=records(st.sampled_from(["failed", "bad", ""])), times=st.integers(1, 9))
def test_a_failure_is_told(record: Record, times: int) -> None:
    """A failure's words say how often, and hold its own last word."""
    words = describe_failure(record, times)
    assert (f"{times} times" in words) == (times > 1)
    assert not record.result or record.why in words
