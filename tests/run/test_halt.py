"""When a list on this machine halts itself: which failures are alike, and which tell nothing of the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.config.signatures import load_signatures
from remote_tracker.model import Cause, Record
from remote_tracker.run.halt import Streak, follow
from scan.trees import make_record

SIGNATURES = load_signatures(Path("/nowhere"))
CUT = "RawVideos/d1/v{n}.avi: the header promises {n}00 frames, {n} could be read: the file is cut short"


def failure(number: int, why: str = "no module named cv2", result: str = "failed", **more: object) -> Record:
    """Return the record of a task that failed."""
    told = make_record(unit=f"d1/v{number}.avi", result=result, exit=1)
    return told._replace(why=why.replace("{n}", str(number)), **more)


def streak(records: list[Record | None]) -> Streak:
    """Return the streak after these tasks have ended."""
    now = Streak()
    for record in records:
        now = follow(now, record, SIGNATURES)
    return now


def test_five_alike_in_a_row() -> None:
    """Five failures alike are enough, four are not; names, paths and numbers of videos make no difference."""
    told = [failure(n, "v{n}: frame {n} of /lab/v{n}.avi: no light") for n in range(1, 6)]
    assert not streak(told[:4]).is_enough
    assert streak(told).is_enough
    assert streak(told).why == "v5: frame 5 of /lab/v5.avi: no light"


@pytest.mark.parametrize("between", [make_record(result="finished"), failure(9, "no light"), failure(9, exit=3)])
def test_another_end_between_begins_anew(between: Record) -> None:
    """A success, another failure and another exit code end the streak."""
    assert not streak([*map(failure, range(4)), between, failure(5)]).is_enough


@pytest.mark.parametrize(
    "between",
    [
        None,
        failure(9, CUT),
        failure(9, "x", result=""),
        failure(9, "x", result="cancelled"),
        failure(9, "cannot be opened", cause=Cause.INPUT_REFUSED),
        failure(9, "its input changed while it ran", cause=Cause.INPUT_CHANGED),
    ],
)
def test_what_tells_nothing_is_passed_over(between: Record | None) -> None:
    """A video's own fault, a task without an end and a cancelled task neither count nor end the streak."""
    assert streak([*map(failure, range(4)), between, failure(5)]).is_enough
    assert streak([between] * 10) == Streak()


def test_inputs_that_are_missing_count() -> None:
    """Where one input after the other is missing it is the storage, not the videos."""
    told = [failure(n, "the input is missing: /lab/v{n}.avi", cause=Cause.INPUT_MISSING) for n in range(5)]
    assert streak(told).is_enough


def test_results_that_are_bad_alike_count() -> None:
    """Five results that the checks refuse in the same way are enough, too."""
    assert streak([failure(n, "v{n}_out: has no column x", "bad") for n in range(5)]).is_enough
