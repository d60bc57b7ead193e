"""What a scan finds: pieces of work, what tasks wrote of themselves, and what becomes of both."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from hashlib import md5
from os import stat_result
from typing import NamedTuple

OTHER_PARAMETERS = "made with other parameters"
OTHER_VERSION = "made with another version of the tracker"


class Unit(NamedTuple):
    """One piece of a stage's work.

    ``key`` names it to people (``20260101/plate7.avi``) and is unique in its stage; ``values`` belong to
    the stage's ``unit_wildcards``; ``inputs`` holds, for each input of the stage, its files (paths below
    the project); ``mark`` is the inputs' fingerprint (see :func:`fingerprint_inputs`), ``newest_ns`` their latest
    mtime. ``problem`` says in a few words why it cannot be processed as it lies there, else empty;
    ``waits`` names what must be made first, and ``lost`` is true where that will not come by itself.
    A group that goes on without such ones names them in ``left_out``. ``unready`` says why it must not be
    started yet, where that passes by itself: it is being copied.
    """

    key: str
    values: tuple[str, ...]
    inputs: tuple[tuple[str, ...], ...]
    mark: str
    newest_ns: int
    problem: str = ""
    waits: str = ""
    lost: bool = False
    left_out: str = ""
    unready: str = ""


def fingerprint_inputs(stats: Sequence[stat_result]) -> str:
    """Return the fingerprint of input files: "size mtime_ns" of one, a digest of that of many, "" of none.

    run_task.sh computes the same from ``stat -c '%s %.9Y'``; a change is seen whichever way time ran.
    """
    if len(stats) == 1:
        return f"{stats[0].st_size} {stats[0].st_mtime_ns:010d}"
    if not stats:
        return ""
    lines = "".join(f"{s.st_size} {s.st_mtime_ns:010d}\n" for s in stats)
    return f"{len(stats)} {md5(lines.encode(), usedforsecurity=False).hexdigest()}"


class Record(NamedTuple):
    """What one task wrote of itself: the first and the last line of its log.

    ``result`` is finished, failed or bad, or empty where the log has no end; ``inputs`` is the input
    fingerprint when it started; ``params`` that of parameters and models, ``version`` the tracker's own word;
    ``why`` the last word on a failure; ``ended`` what the scheduler's accounting says, where it was asked;
    ``exit`` is the task's code, which is true, ``program`` that of the tracker where it is another one.
    """

    unit: str
    batch: str
    task: int
    host: str
    pid: int
    job: str
    inputs: str
    params: str
    exit: int | None
    seconds: int
    result: str
    why: str
    version: str = ""
    ended: str = ""
    program: int | None = None


class State(Enum):
    """What a unit is, in the words people know."""

    FINISHED = "finished"
    UNPROCESSED = "unprocessed"
    INCOMPLETE = "incomplete"
    INVALID = "invalid"
    QUEUED = "queued"
    RUNNING = "running"
    NOT_READY = "not ready"
    SET_ASIDE = "set aside"
    GONE = "gone"
    WAITING = "waiting"
