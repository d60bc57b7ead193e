"""The sentences that tell people about a unit, made from values. No code reads them back."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Cause, Record, State

# The sentence for a cause; {} stands for the decision's detail.
SENTENCES: Mapping[Cause, str] = {
    Cause.BAD_RESULT: "bad result: {}",
    Cause.INPUT_CHANGED: "its input changed since it was processed",
    Cause.PARTLY_MADE: "some of its results are there, not all",
    Cause.PARTLY_PUBLISHED: "its task ended while it replaced the results: old and new may be mixed",
    Cause.GONE: "finished once (batch {}), its results are gone",
    Cause.PARTLY_GONE: "finished once (batch {}), some of its results are gone",
    Cause.MOVED: "it was {}: ./rt moved takes its results along, where they fit",
    Cause.SETTLING: "finished just now; its results are not seen from here yet",
    Cause.MADE_ELSEWHERE: "made elsewhere: its checks hold, no record of ours",
    Cause.DESPITE_FAILURE: "its task failed, its result is whole",
    Cause.CHANGED_SINCE: "changed since it was made; its checks hold",
    Cause.OTHER_PARAMETERS: "made with other parameters",
    Cause.OTHER_VERSION: "made with another version of the tracker",
    Cause.FREED: "freed: proven at home",
    Cause.ARCHIVED: "finished, its results are whole; what they were made from is no longer here",
    Cause.CHANGED_JUST_NOW: "still being copied (look again in 2 min)",
    Cause.BEING_MOVED: "its old results are not all moved yet",
    Cause.NOT_LOOKED_AT: "not looked at: {}",
}
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
    (State.MOVED, "moved"),
    (State.INVALID, "invalid"),
)
AT_START = (Cause.INPUT_REFUSED, Cause.INPUT_NOT_READY)  # where no result is spoken of


def describe_failure(record: Record, times: int = 1) -> str:
    """Return a failure, the last of ``times`` failures, in a few words for people."""
    often = f" {times} times" if times > 1 else ""
    if not record.result:
        ended = f"; the scheduler says {record.ended}" if record.ended else ""
        return f"vanished{often}: started on {record.host}, no end was written{ended}"
    code = f" (exit code {record.exit})" if record.exit is not None else ""
    words = f"bad result{often}" if record.result == "bad" else f"failed{often}{code}"
    but = ", though the scheduler says COMPLETED" if record.ended == "COMPLETED" else ""
    return f"{words}: {last_words(record)}{but}" if record.why else f"{words}{but}"


def last_words(record: Record) -> str:
    """Return what a failed task said last, without its video's path in it: the name stands beside it already.

    The path of a result stays, also where the result is called as the video is.
    """
    at_start = record.cause in AT_START
    parts = record.why.split(": ")
    named = next((number for number, part in enumerate(parts[:-1]) if _is_video(part, record.unit, at_start)), None)
    return ": ".join(part for number, part in enumerate(parts) if number != named)


def _is_video(path: str, unit: str, by_last_name: bool) -> bool:
    is_elsewhere = path.startswith("/") and path.endswith(f"/{unit}")  # the project's own folder is cut off in a log
    return path in (unit, f"RawVideos/{unit}") or is_elsewhere or (by_last_name and path == unit.rpartition("/")[2])


def describe_cancelled(record: Record, failure: Record | None = None) -> str:
    """Return how a run was cancelled, and the ``failure`` before it, in a few words for people."""
    before = f"; before that: {describe_failure(failure)}" if failure else ""
    return f"cancelled: {record.why}{before}"
