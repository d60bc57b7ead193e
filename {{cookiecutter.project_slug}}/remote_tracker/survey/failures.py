"""The failures of a unit: in which way, for which cause, and whether what they were made with has changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..model import Cause, Record
from ..named_tuple import NamedTuple
from .sentences import last_words


class MadeWith(NamedTuple):
    """What tasks are made with, beside their inputs; "" where it is not known."""

    params: str  # the fingerprint of parameters and models
    version: str  # of the tracker
    activate: str  # the digest of activate.sh


def is_mended(failure: Record, now: MadeWith) -> bool:
    """Return whether a task failed with other parameters, another version or another activate.sh than tasks have now.

    What is not known of one of the two counts as the same.
    """
    then = MadeWith(failure.params, failure.version, failure.activate)
    return any(old and new and old != new for old, new in zip(then, now, strict=True))


def refuted(successes: Sequence[Record], mark: str, bad: str) -> list[Record]:
    """Return the last successes in a row that were on the input ``mark``, as records of the bad result they made."""
    others = [index for index, record in enumerate(successes) if record.inputs != mark]
    same = successes[others[-1] + 1 :] if others else successes
    return [record._replace(result="bad", exit=None, why=bad) for record in same]


def own_words(record: Record) -> str:
    """Return what a failed task said last, or how it ended where it said nothing."""
    return (last_words(record) or f"{record.result} (exit code {record.exit})") if record.result else "vanished"


def failure_kind(record: Record) -> str:
    """Return the way in which a task failed, without what differs between videos: paths, their names, numbers. Pure.

    The numbers of signals and exit codes stay: they tell the way.
    """
    return without_names(record)[:120]


def without_names(record: Record) -> str:
    """Return a failed task's own words, a mark for each path, for the video's name, and for each number in them. Pure.

    The mark of a path is /..., of the name *, of a number N: ``is_meant_by`` knows them.
    """
    if not record.result:
        return "vanished"
    stem = record.unit.rpartition("/")[2].rpartition(".")[0]
    said = re.sub(r"(/[^\s:'\"]+)+", "/...", own_words(record))
    said = re.sub(rf"\b{re.escape(stem)}\b", "*", said) if len(stem) > 2 else said
    return re.sub(r"(?<!signal )(?<!exit code )(?<!\d)\d+", "N", said)


def is_meant_by(words: str, key: str) -> bool:
    """Return whether a failure's own words, of whatever video, fit the words ``key``, which has marks in them. Pure."""
    marks = {"/...": r"(?:/\.\.\.|(?:/[^\s:'\"]+)+)", "*": r"\S+", "N": r"(?:N|\d+)"}
    parts = re.split(r"(/\.\.\.|\*|N)", key)
    return re.fullmatch("".join(marks.get(part) or re.escape(part) for part in parts), words) is not None


def failure_cause(record: Record) -> Cause:
    """Return the cause of a failure: by its result where it vanished or is bad, else its record's cause, or FAILED."""
    if not record.result:
        return Cause.VANISHED
    return Cause.BAD_RESULT if record.result == "bad" else record.cause or Cause.FAILED
