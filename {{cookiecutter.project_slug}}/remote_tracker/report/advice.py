"""Decide what to type next, from how a project stands. Pure; each ``Next:`` of a screen is decided here and only here.

Each advice leads to a screen whose own advice leads on, until nothing is left to type: the rest is to wait, to copy
videos, to mend what a screen names, or to look at the results.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Did(Enum):
    """What the command did whose screen ends with the advice."""

    LISTED = "a scan wrote a list"
    SCANNED = "a scan found nothing that it could list"
    FOUND_NO_LIST = "there was no list to run"
    RAN = "the listed tasks ended here"
    FAILED = "the listed tasks ended here, and some failed"
    STOPPED = "a signal stopped the tasks"
    RAN_ALL = "everything that could be run was run"
    SENT = "tasks were sent to the queue"
    SENT_NONE = "no task could be sent"
    PILOTED = "the pilot finished"
    PILOT_FAILED = "the pilot failed"
    LOOKED = "the state of everything was shown"
    TRIAGED = "the failures were shown by cause"
    RETRIED_NONE = "no failed task could be tried again"
    TOOK_ALONG = "results were taken along to new names"
    REDID = "results were moved aside"
    UNDID = "results were brought back"
    ACCEPTED = "results were accepted"
    CANCELLED = "tasks were cancelled"
    CHANGED_NOTHING = "there was nothing to change"
    FREED = "space was freed"
    EXPORTED = "tasks were handed to Snakemake"
    VERIFIED = "results were read whole"
    REFUTED = "results were read whole, and some are bad"
    JOINED = "the tables of the days were joined"


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
    LOGS = "look at a log"
    SNAKEMAKE = "start Snakemake"
    WAIT = "wait for tasks"
    WAIT_FOR_COPY = "wait for files that are being copied"
    BRING = "copy videos"
    COPY_AGAIN = "copy videos again, or take them out"
    MEND_THEN_RETRY = "mend what is named, then try again"
    MEND_THEN_SCAN = "mend what is named, then scan"
    LOOK = "look at the results"
    LOOK_AT_MISSING = "look at the list of what is in no table"


ENDS = (*Do,)[[*Do].index(Do.WAIT) :]


class Advice(NamedTuple):
    """What to do next, and in which folder or with which stage."""

    do: Do
    folder: str = ""  # of a scan: workspace or summarizer
    stage: str = ""  # of a retry


class Joined(Enum):
    """How the joined table stands."""

    NOTHING = "no day has a table"
    OLD = "it is not there, or older than a day's table"
    NEW = "no day's table is younger"


@dataclass(frozen=True)
class Stand:
    """How many units of one stage are in which state."""

    stage: str = ""
    folder: str = "workspace"
    to_do: int = 0  # a scan would list them; those that failed and may be tried again are among them
    failed: int = 0  # how many of the units to do have failed before
    in_flight: int = 0  # queued or running
    arriving: int = 0  # still being copied
    broken_off: int = 0  # a copy was broken off
    held: int = 0  # their old results could not be moved
    stranded: int = 0  # they wait for files that cannot come by themselves
    waiting: int = 0  # they wait for an earlier stage
    aside: int = 0  # failed too often, another try may help
    hopeless: int = 0  # failed, no other try can help
    gone: int = 0
    moved: int = 0
    invalid: int = 0
    finished: int = 0
    archived: int = 0  # finished, and the videos are no longer here
    halted: bool = False  # the last list halted itself

    @property
    def is_empty(self) -> bool:
        """Return whether the stage has no unit, and never had."""
        return self == Stand(self.stage, self.folder)

    @property
    def to_mend(self) -> int:
        """Return how many units need something mended on the disk before anything can be done."""
        return self.held + self.stranded

    @property
    def to_copy(self) -> int:
        """Return how many units have a video that must be copied again or taken out."""
        return self.hopeless + self.invalid + self.broken_off


@dataclass(frozen=True)
class Situation:
    """How a project stands behind a command."""

    did: Did
    folder: str = "workspace"  # where the command worked: workspace or summarizer
    stages: tuple[Stand, ...] = ()  # in the tracker's order
    is_whole: bool = True  # ``stages`` holds all stages; else those of the summarizer are not known
    has_queue: bool = False
    has_tables: bool = True  # the tracker has a stage that summarizes
    joined: Joined = Joined.NOTHING
    unexplained: int = 0  # finished videos that are in no table, though all tables are up to date


TO_STATUS = (Did.SENT, Did.SENT_NONE, Did.RETRIED_NONE, Did.UNDID, Did.CANCELLED, Did.FREED, Did.VERIFIED)
TO_SCAN = (Did.FOUND_NO_LIST, Did.RAN, Did.STOPPED, Did.REDID, Did.ACCEPTED, Did.REFUTED)
AFTER: Mapping[Did, Do] = {
    **dict.fromkeys((*TO_STATUS, Did.CHANGED_NOTHING), Do.STATUS),
    **dict.fromkeys(TO_SCAN, Do.SCAN),
    Did.LISTED: Do.RUN_LIST,
    Did.FAILED: Do.SCAN_THEN_STATUS,
    Did.PILOTED: Do.SUBMIT,
    Did.PILOT_FAILED: Do.LOGS,
    Did.EXPORTED: Do.SNAKEMAKE,
}
WITH_FOLDER = (Do.SCAN, Do.SCAN_THEN_STATUS)


def advise(now: Situation) -> Advice:
    """Return what to do next; for what a command leaves behind always the same, else by how the project stands."""
    if now.did in AFTER:
        do = AFTER[now.did]
        return Advice(do, now.folder if do in WITH_FOLDER else "")
    return next(filter(None, (rule(now) for rule in RULES)), Advice(Do.LOOK))


def _take_along(now: Situation) -> Advice | None:
    if any(one.moved for one in now.stages):
        return Advice(Do.SCAN_AS_NEW if now.did is Did.TOOK_ALONG else Do.MOVED)
    return None


def _work(now: Situation) -> Advice | None:
    """Return how to do what can be done, or that what is being done is waited for; stage by stage."""
    for one in now.stages:
        if one.to_do:
            return _do(now, one)
        if one.in_flight:
            return Advice(Do.WAIT if now.did in (Did.LOOKED, Did.TRIAGED) else Do.STATUS)
    return None


def _do(now: Situation, one: Stand) -> Advice:
    if now.did is Did.SCANNED and one.folder == now.folder:  # a limit of the queue, or a list that cannot be written
        return Advice(Do.WAIT)
    if now.did is Did.RAN_ALL:  # it was tried as often as it helps
        return Advice(Do.FAILURES)
    if one.halted and now.did is Did.LOOKED:
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
    last = [one for one in now.stages if one.folder == "workspace"][-1:]  # the stage that earlier stages work for
    return Advice(Do.BRING) if all(one.is_empty for one in last) else None


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
