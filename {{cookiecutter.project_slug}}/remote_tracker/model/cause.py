"""Why a piece of work is what it is: values that decisions, retries, hints and programs go by; no sentence is one."""

from __future__ import annotations

from enum import Enum


class Cause(Enum):
    """Why something is as it is. The value stands in logs, in records.tsv, in signatures.yml and in JSON: it stays."""

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
    INPUT_MISSING = "input-missing"
    INPUT_REFUSED = "input-refused"
    INPUT_NOT_READY = "input-not-ready"
    # What its results show.
    LEFT_BY_FAILURE = "left-by-failure"
    INPUT_CHANGED = "input-changed"
    PARTLY_MADE = "partly-made"
    GONE = "gone"
    PARTLY_GONE = "partly-gone"
    SETTLING = "settling"
    MADE_ELSEWHERE = "made-elsewhere"
    DESPITE_FAILURE = "despite-failure"
    OTHER_PARAMETERS = "other-parameters"
    OTHER_VERSION = "other-version"
    # What keeps it from being started.
    UNFIT_INPUT = "unfit-input"
    AWAITS_STAGE = "awaits-stage"
    BEING_COPIED = "being-copied"
    COPY_BROKEN_OFF = "copy-broken-off"
    CHANGED_JUST_NOW = "changed-just-now"


CAUSE_OF = {cause.value: cause for cause in Cause}
