"""Which schedulers' words a log holds: those of any, since a project may have been on another cluster before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model.scheduling import Ending
from . import get_scheduler

# What stands in all lines of a scheduler's endings, so that its module is loaded only where one may be found (^: alone
# it counts only where it begins a line, as it may be a program's word). In a log that holds several, as where LSF
# warned a task before it ended it, the first of these goes first.
MARKS = {"slurm": "slurmstepd", "pbs": "=>> PBS", "lsf": "^TERM_", "sge": "# signal USR1"}
REPORTS = {"lsf": "Sender: LSF System <"}  # likewise of the reports behind a log
_ANY = re.compile("|".join(MARKS.values()), re.MULTILINE)


def find_endings(log: str) -> Iterator[Ending]:
    """Yield the endings that a log may hold, of all schedulers, in the order in which they are to be looked for."""
    if _ANY.search(log):
        for name, mark in MARKS.items():
            if mark.lstrip("^") in log:
                yield from get_scheduler(name).endings


def without_report(log: str) -> str:
    """Return what a log holds before the report that a scheduler writes behind it, of how the job went."""
    for name, mark in REPORTS.items():
        if mark in log:
            log = re.split(get_scheduler(name).report, log, maxsplit=1, flags=re.MULTILINE)[0]
    return log
