"""Why a unit is in its state: values that decisions, retries, hints and programs go by, never by a sentence."""

from __future__ import annotations

from enum import Enum


class Cause(Enum):
    """Why a unit is in its state. The value stands in logs, records.tsv, signatures.yml and JSON: it never changes."""

    # How a task ended.
    FAILED = "failed"
    BAD_RESULT = "bad-result"
    VANISHED = "vanished"
    OUT_OF_MEMORY = "out-of-memory"
    OUT_OF_TIME = "out-of-time"
    OVER_ITS_REQUEST = "over-its-request"
    NODE_FAILED = "node-failed"
    PREEMPTED = "preempted"
    REQUEUED = "requeued"
    CANCELLED = "cancelled"
    QUEUE_CLOSED = "queue-closed"
    STOPPED = "stopped"
    BEING_MADE = "being-made"
    ALREADY_FINISHED = "already-finished"
    ACCEPTED = "accepted"  # nothing ran: a person took the results as they lay there
    NOTED = "noted"  # nothing ran: ./rt verify read the results and noted what they hold
    INPUT_MISSING = "input-missing"
    INPUT_REFUSED = "input-refused"
    INPUT_NOT_READY = "input-not-ready"
    PULLED = "pulled"  # nothing ran here: the results were brought home from the cluster
    MOVED = "moved"  # nothing ran: the results were taken along from another name, or can be
    # What a unit's results show.
    LEFT_BY_FAILURE = "left-by-failure"
    INPUT_CHANGED = "input-changed"
    PARTLY_MADE = "partly-made"
    PARTLY_PUBLISHED = "partly-published"
    GONE = "gone"
    PARTLY_GONE = "partly-gone"
    SETTLING = "settling"
    MADE_ELSEWHERE = "made-elsewhere"
    DESPITE_FAILURE = "despite-failure"
    CHANGED_SINCE = "changed-since"
    OTHER_PARAMETERS = "other-parameters"
    OTHER_VERSION = "other-version"
    ARCHIVED = "archived"  # the video was taken away after its results were made
    NOTHING_FOUND = "nothing-found"
    FREED = "freed"  # its results were deleted here, since they lie at home, proven
    # What keeps a unit's task from being started.
    UNFIT_INPUT = "unfit-input"
    AWAITS_STAGE = "awaits-stage"
    BEING_COPIED = "being-copied"
    COPY_BROKEN_OFF = "copy-broken-off"
    CHANGED_JUST_NOW = "changed-just-now"
    BEING_MOVED = "being-moved"
    NOT_LOOKED_AT = "not-looked-at"  # a folder of its files cannot be read just now


CAUSE_OF = {cause.value: cause for cause in Cause}
