"""What a decision on a unit is called, and the kinds of decisions that verbs choose units by. Pure."""

from __future__ import annotations

from ..model import Cause, State
from .decision import Decision
from .sentences import STATE_WORDS

BAD = (Cause.BAD_RESULT, Cause.LEFT_BY_FAILURE)
COPYING = (Cause.BEING_COPIED, Cause.CHANGED_JUST_NOW)
_WORDS = dict(STATE_WORDS)
OWN_WORDS = (*BAD, Cause.VANISHED, Cause.GONE, Cause.PARTLY_GONE)  # sentences that hold the word for the state


def describe_decision(decision: Decision) -> str:
    """Return the word for a unit's state, then the reason; the reason alone where it tells the state itself."""
    word, reason = word_of(decision), decision.reason
    return reason if decision.failed or decision.cause in OWN_WORDS else f"{word}: {reason}"


def describe_state(decision: Decision) -> str:
    """Return the word for a unit's state, then the reason; for most failures the reason alone."""
    word, reason = word_of(decision), decision.reason
    if decision.failed and decision.cause not in (*BAD, Cause.VANISHED):
        return reason
    return f"{word}: {reason}" if reason else word


def word_of(decision: Decision) -> str:
    """Return the word for a unit's state; a unit that must be done again through no fault of its own is "to do".

    A finished unit whose video was taken away since is "archived".
    """
    if decision.state is State.INCOMPLETE and not decision.failed:
        return "to do"
    if decision.cause is Cause.ARCHIVED:
        return "archived"
    return _WORDS[decision.state]


def is_bad(decision: Decision) -> bool:
    """Return whether a task made a result that does not hold: it is bad, or a failed task left it."""
    return decision.cause in BAD


def is_being_copied(decision: Decision) -> bool:
    """Return whether an input of the unit is being copied, which ends by itself."""
    return decision.state is State.NOT_READY and decision.cause in COPYING


def is_gone(decision: Decision) -> bool:
    """Return whether results of the unit, which finished once, are missing now."""
    return decision.state is State.GONE


def is_changed(decision: Decision) -> bool:
    """Return whether the unit's whole result changed since it was made, and nobody accepted it."""
    return decision.state is State.FINISHED and decision.cause is Cause.CHANGED_SINCE


def is_cancelled(decision: Decision) -> bool:
    """Return whether the unit's last run was cancelled, so that it is to do again."""
    return decision.cause in (Cause.STOPPED, Cause.CANCELLED)


def is_stale(decision: Decision) -> bool:
    """Return whether the unit's whole result was made with other parameters or by another version of the tracker."""
    return decision.state is State.FINISHED and decision.cause in (Cause.OTHER_PARAMETERS, Cause.OTHER_VERSION)
