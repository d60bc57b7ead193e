"""The endings in a task's log: every scheduler's are looked for, as a project may have moved from another cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.scheduling import Ending
from . import get_scheduler

# A text that stands in every ending a scheduler writes: its module is loaded only where a log holds the text. A mark
# with ^ must begin a line (where no other mark is found), as a program may print the word, too. Where a log holds
# several schedulers' endings, as where LSF warned a task before it ended it, the first mark here is tried first.
MARKS = {"slurm": "slurmstepd", "pbs": "=>> PBS", "lsf": "^TERM_", "sge": "# signal USR1"}
REPORTS = {"lsf": "Sender: LSF System <"}  # a text that stands in every report a scheduler writes behind a log
_ANY = re.compile("|".join(MARKS.values()), re.MULTILINE)


def find_endings(log: str) -> Iterator[Ending]:
    """Yield the endings to look for in a log, in this order: of every scheduler whose mark the log holds."""
    if _ANY.search(log):
        for name, mark in MARKS.items():
            if mark.lstrip("^") in log:
                yield from get_scheduler(name).endings


def without_report(log: str) -> str:
    """Return a log without the report on the job that a scheduler writes behind it."""
    for name, mark in REPORTS.items():
        if mark in log:
            log = re.split(get_scheduler(name).report, log, maxsplit=1, flags=re.MULTILINE)[0]
    return log
