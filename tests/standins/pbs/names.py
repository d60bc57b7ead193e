"""Names of jobs, and the ranges of arrays."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from pbs.wire import SERVER

RANGE = re.compile(r"(\d+)-(\d+)(?::(\d+))?(?:%(\d+))?")
ID = re.compile(r"(\d+)(\[(\d*)\])?(?:\.([A-Za-z0-9_.-]+))?(?:@[\w.-]+)?")


class Range(NamedTuple):
    """The indices of an array: from, to, step."""

    start: int
    end: int
    step: int

    def indices(self) -> range:
        """Return each index."""
        return range(self.start, self.end + 1, self.step)

    def __str__(self) -> str:
        return f"{self.start}-{self.end}" + (f":{self.step}" if self.step > 1 else "")


class JobId(NamedTuple):
    """A job's number; subjob is None for a single job, -1 for an array, else that subjob's."""

    number: int
    subjob: int | None

    def __str__(self) -> str:
        shown = "" if self.subjob is None else "[]" if self.subjob < 0 else f"[{self.subjob}]"
        return f"{self.number}{shown}.{SERVER}"

    def array(self) -> JobId:
        """Return the name of the whole array."""
        return JobId(self.number, -1)


def read_range(text: str, percent: bool = True) -> tuple[Range, int | None] | None:
    """Return the range of -J and how many may run at once; None for what qsub refuses.

    1-1 is refused, 1-2:2 (one index) is not; lists are not known; ``percent`` is False for older versions.
    """
    found = RANGE.fullmatch(text)
    if not found:
        return None
    start, end, step = int(found[1]), int(found[2]), int(found[3] or 1)
    if start >= end or step < 1 or (found[4] and (not percent or int(found[4]) < 1)):
        return None
    return Range(start, end, step), int(found[4]) if found[4] else None


def read_id(text: str) -> JobId | None:
    """Return the job that a text names; None for what is no name of a job of this server."""
    found = ID.fullmatch(text)
    if not found or (found[4] and found[4] != SERVER):
        return None
    return JobId(int(found[1]), None if not found[2] else int(found[3]) if found[3] else -1)


def write_indices(left: Collection[int], whole: Range) -> str:
    """Return the indices not yet started, as array_indices_remaining shows them: "-" for none, "1-3,7"."""
    if not left:
        return "-"
    if len(left) == len(whole.indices()) and len(left) > 1:
        return str(whole)
    runs: list[list[int]] = []
    for index in sorted(left):
        if runs and index == runs[-1][-1] + whole.step:
            runs[-1][1:] = [index]
        else:
            runs.append([index])
    shown = ["-".join(map(str, run)) + (f":{whole.step}" if len(run) > 1 and whole.step > 1 else "") for run in runs]
    return ",".join(shown)
