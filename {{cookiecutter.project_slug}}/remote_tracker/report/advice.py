"""Decide what to type next, from how a project stands. Pure; each ``Next:`` of a screen is decided here and only here.

Each advice leads to a screen whose own advice leads on, until nothing is left to type: the rest is to wait, to copy
videos, to mend what a screen names, or to look at the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum

from ..named_tuple import NamedTuple
from .standing import Did, Joined, Situation, Stand


class Do(Enum):
    """What to do next. The values from WAIT on are ends: nothing is to be typed before the world has changed."""

    RUN_LIST = "run or submit the list"
    SCAN = "scan a folder"
    SCAN_THEN_STATUS = "scan a folder, then look how far everything is"
    SCAN_AS_NEW = "list what was moved as new"
    SUBMIT = "submit what is to do"
    RETRY = "try again what failed in a stage"
    MOVED = "take results along"
    REDO_GONE = "make again what is gone"
    JOIN = "join the days"
    STATUS = "look how far everything is"
    FAILURES = "look at the failures by cause"
    IGNORED = "look at what is not read"
    LOGS = "look at a log"
    CANCEL = "take a job out of the queue that cannot start"
    SNAKEMAKE = "start Snakemake"
    PUSH = "send videos"
    SCAN_THERE = "scan the project on the other side"
    PULL = "bring results home"
    FREE = "delete there what is shown"
    WAIT = "wait for tasks"
    WAIT_FOR_COPY = "wait for files that are being copied"
    BRING = "copy videos"
    READ_STORES = "say that imgstores are to be read"
    BRING_THEN_PUSH = "copy videos, then send them"
    WRITE_SETUP = "write what is printed, then log in"
    CONVERT = "write files anew, in a format that is read"
    COPY_AGAIN = "copy videos again, or take them out"
    MEND_THEN_RETRY = "mend what is named, then try again"
    MEND_THEN_SCAN = "mend what is named, then scan"
    LOOK = "look at the results"
    OPEN = "open the page of the project"
    LOOK_AT_MISSING = "look at the list of what is in no table"


ENDS = (*Do,)[[*Do].index(Do.WAIT) :]


class Advice(NamedTuple):
    """What to do next, and in which folder or with which stage."""

    do: Do
    folder: str = ""  # of a scan: workspace or summarizer
    stage: str = ""  # of a retry
    batch: str = ""  # of a job that is to be cancelled


TO_STATUS = (Did.SENT, Did.SENT_NONE, Did.RETRIED_NONE, Did.UNDID, Did.CANCELLED, Did.FREED, Did.VERIFIED, Did.PULLED)
TO_SCAN = (Did.FOUND_NO_LIST, Did.RAN, Did.STOPPED, Did.REDID, Did.ACCEPTED, Did.REFUTED)
AFTER: Mapping[Did, Do] = {
    **dict.fromkeys((*TO_STATUS, Did.CHANGED_NOTHING), Do.STATUS),
    **dict.fromkeys(TO_SCAN, Do.SCAN),
    Did.LISTED: Do.RUN_LIST,
    Did.FAILED: Do.SCAN_THEN_STATUS,
    Did.HALTED: Do.FAILURES,
    Did.PILOTED: Do.SUBMIT,
    Did.PILOT_FAILED: Do.LOGS,
    Did.EXPORTED: Do.SNAKEMAKE,
    Did.TOLD_SETUP: Do.WRITE_SETUP,
    Did.PUSHED_NONE: Do.BRING_THEN_PUSH,
    **dict.fromkeys((Did.SET_UP, Did.PUSHED_DRY), Do.PUSH),
    **dict.fromkeys((Did.PUSHED, Did.FREED_THERE), Do.SCAN_THERE),
    Did.FREED_NONE: Do.PULL,
    Did.FREED_DRY: Do.FREE,
}
WITH_FOLDER = (Do.SCAN, Do.SCAN_THEN_STATUS)


def advise(now: Situation) -> Advice:
    """Return what to do next; for what a command leaves behind always the same, else by how the project stands."""
    if now.did in AFTER:
        do = AFTER[now.did]
        return Advice(do, now.folder if do in WITH_FOLDER else "")
    end = Do.OPEN if now.did is Did.REPORTED else Do.LOOK
    return next(filter(None, (rule(now) for rule in RULES)), Advice(end))


def _take_along(now: Situation) -> Advice | None:
    if any(one.moved for one in now.stages):
        return Advice(Do.SCAN_AS_NEW if now.did is Did.TOOK_ALONG else Do.MOVED)
    return None


def _work(now: Situation) -> Advice | None:
    """Return how to do what can be done, or that what is being done is waited for; stage by stage."""
    for one in now.stages:
        if one.to_do:
            return _do(now, one)
        if one.in_flight and now.did in (Did.LOOKED, Did.TRIAGED, Did.SORTED):
            return Advice(Do.CANCEL, batch=one.stuck) if one.stuck else Advice(Do.WAIT)
        if one.in_flight:
            return Advice(Do.STATUS)
    return None


def _do(now: Situation, one: Stand) -> Advice:
    if now.did is Did.SCANNED and one.folder == now.folder and now.scanned in ("", one.stage):
        return Advice(Do.WAIT)  # a limit of the queue, or a list that cannot be written
    if now.did is Did.RAN_ALL:  # what failed was tried as often as it helps; for the rest the queue has no room
        return Advice(Do.FAILURES if one.failed else Do.WAIT)
    if one.halted and now.did in (Did.LOOKED, Did.REPORTED):
        return Advice(Do.FAILURES)
    if now.has_queue and one.failed == one.to_do:
        return Advice(Do.RETRY, stage=one.stage)
    return Advice(Do.SCAN, one.folder)


def _summarize_unseen(now: Situation) -> Advice | None:
    return None if now.is_whole or not now.has_tables else Advice(Do.SCAN, "summarizer")


def _redo_gone(now: Situation) -> Advice | None:
    return Advice(Do.REDO_GONE) if any(one.gone for one in now.stages) else None


def _join(now: Situation) -> Advice | None:
    return Advice(Do.JOIN) if now.has_tables and now.joined is Joined.OLD and now.did is not Did.JOINED else None


def _wait_for_copies(now: Situation) -> Advice | None:
    return Advice(Do.WAIT_FOR_COPY, "workspace") if any(one.arriving for one in now.stages) else None


def _look_at_trouble(now: Situation) -> Advice | None:
    """Return that the failures are to be looked at; on their own screen, what a person does about them."""
    to_mend, to_copy = (sum(getattr(one, kind) for one in now.stages) for kind in ("to_mend", "to_copy"))
    aside = next((one.stage for one in now.stages if one.aside), None)
    if not to_mend and not to_copy and aside is None:
        return None
    if now.did is not Did.TRIAGED:
        return Advice(Do.FAILURES)
    if aside is not None:
        return Advice(Do.MEND_THEN_RETRY, stage=aside)
    return Advice(Do.COPY_AGAIN if to_copy else Do.MEND_THEN_SCAN, "workspace")


def _bring_videos(now: Situation) -> Advice | None:
    stages = [one for one in now.stages if one.folder == "workspace"]
    if not all(one.is_empty for one in stages[-1:]):  # the stage that the others work for
        return None
    if any(one.stores for one in stages):
        return Advice(Do.READ_STORES)
    if any(one.unread for one in stages):
        return Advice(Do.CONVERT if now.did is Did.SORTED else Do.IGNORED)
    return Advice(Do.BRING)


def _look_at_missing(now: Situation) -> Advice | None:
    return Advice(Do.LOOK_AT_MISSING) if now.unexplained else None


Rule = Callable[[Situation], Advice | None]
RULES: Iterable[Rule] = (
    _take_along,
    _work,
    _redo_gone,
    _summarize_unseen,
    _join,
    _wait_for_copies,
    _look_at_trouble,
    _bring_videos,
    _look_at_missing,
)
