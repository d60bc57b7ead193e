"""The findings of a scan: units of work, the records that tasks wrote about themselves, and the states of units."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from hashlib import md5
from os import stat_result

from ..named_tuple import NamedTuple
from ..partial_copies import PartialCopy
from .cause import Cause


class Unit(NamedTuple):
    """One piece of a stage's work: what one task processes."""

    key: str  # its name for people (``20260101/plate7.avi``), unique in its stage
    values: tuple[str, ...]  # a value for each of the stage's ``unit_wildcards``
    inputs: tuple[tuple[str, ...], ...]  # for each input of the stage its files, as paths below the project
    mark: str  # the fingerprint of the inputs, see :func:`fingerprint_inputs`
    newest_ns: int  # the latest mtime of the inputs, ns since 1970
    problem: str = ""  # in a few words why it cannot be processed as it lies there; "": it can
    waits: str = ""  # the results of earlier stages that must be made first; "": none
    lost: bool = False  # the results that it waits for will not come by themselves
    left_out: str = ""  # the members that a group goes on without, because they will not come by themselves
    unready: PartialCopy | None = None  # the unfinished copy for which no task may start with it yet


def fingerprint_inputs(stats: Sequence[stat_result]) -> str:
    """Return the fingerprint of input files: "size mtime_ns" for a single file, a digest for many, "" for none.

    The digest is the number of files and the MD5 of their lines "size mtime_ns". run_task.sh computes the same
    text from ``stat -c '%s %.9Y'``. Fingerprints are compared for equality: an older mtime is a change, too.
    """
    if len(stats) == 1:
        return mark_of(stats[0])
    if not stats:
        return ""
    lines = "".join(f"{mark_of(entry)}\n" for entry in stats)
    return f"{len(stats)} {md5(lines.encode(), usedforsecurity=False).hexdigest()}"


def mark_of(entry: stat_result) -> str:
    """Return the fingerprint of a single file."""
    return f"{entry.st_size} {entry.st_mtime_ns:010d}"


class Record(NamedTuple):
    """What a task wrote about itself: the first and the last line of its log."""

    unit: str
    batch: str
    task: int
    host: str
    pid: int
    job: str
    inputs: str  # the fingerprint of the inputs when the task started
    params: str  # the fingerprint of parameters and models when the task started
    exit: int | None  # the task's exit code, which is the verdict; None where the log has no end
    seconds: int
    result: str  # finished, failed or bad; empty where the log has no end
    why: str  # the last word on a failure, for people alone
    version: str = ""  # the tracker's version, as the tracker prints it
    ended: str = ""  # how the job ended by the scheduler's accounting, where it was asked
    program: int | None = None  # the tracker's exit code, where it differs from the task's
    cause: Cause | None = None  # why it ended so, where run_task.sh or the scheduler knew
    began: str = ""  # when its process began, in clock ticks since the boot; "" where the log does not say
    activate: str = ""  # the digest of activate.sh when the task started; "" where the log does not say
    at: str = ""  # when the task ended, as 2026-01-31T12:00:00+0100; "" where it is not known


class State(Enum):
    """The state of a unit, in the words that people know."""

    FINISHED = "finished"
    UNPROCESSED = "unprocessed"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"
    QUEUED = "queued"
    RUNNING = "running"
    NOT_READY = "not ready"
    SET_ASIDE = "set aside"
    GONE = "gone"
    MOVED = "moved"
    WAITING = "waiting"
