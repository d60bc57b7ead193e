"""./rt status --watch: opens the project anew for each look, and draws what is found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..config import load_project
from ..errors import WrongUse
from ..model import Project
from ..notify import tell_news
from ..records import find_batches
from ..report.live import live_lines
from ..run.watch import FILES_S, QUEUE_S, is_steerable, watch
from ..schedulers.snapshot import keep_answers
from ..survey import Examined, Survey, examine_some_judged, load_queue
from .options import show


def watch_status(project: Project) -> int:
    """Show the live screen until Ctrl-C, then print its last lines; returns the exit code.

    Raises WrongUse where standard output is no terminal.
    """
    if not is_steerable():
        raise WrongUse("--watch draws on a terminal, and here is none. Without it ./rt status shows all of it once.")

    def look() -> Sequence[str]:
        now = load_project(project.root)
        found = _examine(now)
        for survey, _ in found:
            tell_news(now, survey.stage, survey.queue)
        return live_lines(now, found, datetime.now().astimezone())

    keep_answers(QUEUE_S - 1)  # a look may take long, and asks for each stage and for what a stage waits for
    lines = watch(look, FILES_S if project.cluster.scheduler.is_local else QUEUE_S)
    show("\n".join(lines))
    return 0


def _examine(project: Project) -> list[tuple[Survey, list[Examined]]]:
    """Return the survey of each stage with all of its units; the queue is asked first, for all stages at once."""
    scheduler = project.cluster.scheduler
    queues = [load_queue(scheduler, find_batches(project, stage)) for stage in project.tracker.stages]
    surveys = [Survey(stage, queue=queue) for stage, queue in zip(project.tracker.stages, queues, strict=True)]
    return [(survey, examine_some_judged(project, survey.stage, survey)) for survey in surveys]
