"""Runs the tasks of a listed batch on this machine, and shows how far it is, without scanning."""

from __future__ import annotations

import os
from collections.abc import Callable, Container
from functools import partial

from ..batches.aside import finish_moves
from ..config.signatures import load_signatures
from ..model import Project
from ..notify import tell_news
from ..records import BatchesFolder
from ..report.moved import stuck_lines
from ..report.next_step import after
from ..report.standing import Did
from .local_runner import run_batch
from .progress import Screen

Say = Callable[[str], None]
STOPPED = 130
ENDS_OF_RUN = (Did.RAN, Did.FAILED, Did.HALTED, Did.STOPPED)


def run_tasks(
    project: Project,
    folder: str,
    batch: str,
    tasks: int,
    jobs: int | None,
    say: Say,
    nexts: Container[Did] = ENDS_OF_RUN,
    here: str = "",
) -> int:
    """Run a batch's tasks here, showing how far it is; returns the exit code (1: a task failed, 130: stopped).

    Behind other ends than ``nexts``, what to type next is left out: the caller goes on by itself. Whoever types it
    stands in the folder ``here`` ("": the current).
    """

    def following(did: Did) -> str:
        return after(project, did, folder, here=here) if did in nexts else ""

    if batch == "none":
        say(f"Nothing is listed. Next:  scan again with {after(project, Did.FOUND_NO_LIST, folder, here=here)}")
        return 0
    for line in stuck_lines(project, finish_moves(project)):
        say(line)
    place = BatchesFolder(project.root / folder).batch(batch)
    with Screen(tasks, place, following) as screen:
        load = partial(load_signatures, project.root)
        code = screen.close(run_batch(place, tasks, jobs or os.cpu_count() or 1, screen.tell, load))
    if code != STOPPED and (stage := project.tracker.stage(place.stage)):  # who stopped it knows
        tell_news(project, stage)
    return code
