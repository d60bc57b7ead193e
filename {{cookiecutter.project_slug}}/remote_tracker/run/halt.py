"""Decide when a list on this machine halts itself: tasks fail alike, and not for what their videos are. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..config.signatures import Signature, diagnose
from ..model import Cause, Record
from ..named_tuple import NamedTuple
from ..survey.failures import failure_cause, failure_kind
from ..survey.sentences import describe_failure

ENOUGH = 5  # failures alike in a row, as on a node of a cluster (task_claim.sh)
NOT_ITS_FAULT = (Cause.CANCELLED, Cause.STOPPED, Cause.BEING_MADE, Cause.ALREADY_FINISHED)
OF_ITS_INPUT = (
    Cause.INPUT_REFUSED,
    Cause.INPUT_NOT_READY,
    Cause.INPUT_CHANGED,
    Cause.MOVED,
)


class Streak(NamedTuple):
    """The failures alike that ended last, one after the other, with no success between them."""

    way: str = ""
    length: int = 0
    why: str = ""  # the last failure in its own words

    @property
    def is_enough(self) -> bool:
        """Return whether the list halts."""
        return self.length >= ENOUGH


NO_FAILURE = Streak()


def follow(streak: Streak, record: Record | None, signatures: Sequence[Signature]) -> Streak:
    """Return the streak after another task ended with ``record``.

    What tells nothing of the tracker and this machine leaves the streak as it is: a task without an end, a cancelled
    task, and a failure whose cause is the video's own, as a file that is cut short.
    """
    if record is not None and record.result == "finished":
        return NO_FAILURE
    if record is None or record.result not in ("failed", "bad") or is_of_video(record, signatures):
        return streak
    way = f"{record.result} {record.exit} {failure_kind(record)}"
    length = streak.length + 1 if way == streak.way else 1
    return Streak(way, length, record.why or describe_failure(record))


def is_of_video(record: Record, signatures: Sequence[Signature]) -> bool:
    """Return whether a task failed for what its video is, or for nothing that the tracker did."""
    cause = failure_cause(record)
    if cause in NOT_ITS_FAULT or cause in OF_ITS_INPUT:
        return True
    found = diagnose(describe_failure(record), signatures, cause)
    return found is not None and found.retry == "never"
