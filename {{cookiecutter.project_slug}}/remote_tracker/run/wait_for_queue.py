"""Waits for the jobs of a project that an earlier ./rt run, or a person, submitted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ..batches.submit import has_left
from ..batches.wait import wait_until
from ..model import Project, Stage, State
from ..records import Batch, find_batches
from ..survey import Survey, load_queue

ONLY_WAITING = "Ctrl-C, or logging out, ends the waiting, not the job; ./rt run goes on where it was."


def wait_for_others(
    project: Project, stages: Sequence[Stage], survey: Survey, every_s: float, say: Callable[[str], None]
) -> int:
    """Wait until no task that was submitted before is left in the queue; returns how many were, 0 without a queue.

    The queue is asked every ``every_s`` seconds; where it does not answer, it is asked again. A task of the survey that
    left the queue just now without a last line counts as running for a while: it is waited for once. Jobs of other
    people that the queue does not show are not waited for.
    """
    scheduler = project.cluster.scheduler
    if scheduler.is_local:
        return 0
    flying = [batch for stage in stages for batch in _find_flying(project, stage)]
    count = 0 if survey.queue.hidden else survey.counts[State.QUEUED] + survey.counts[State.RUNNING]
    if not flying and not count:
        return 0
    say(f"Waiting for what is queued or running already. {ONLY_WAITING}")
    time.sleep(every_s)
    for batch in flying:
        wait_until(partial(has_left, batch.ref(scheduler), scheduler), bool, every_s)
    return max(count, len(flying))


def _find_flying(project: Project, stage: Stage) -> Iterator[Batch]:
    """Yield the batches of a stage that the queue holds; where it does not answer, all that are not over."""
    batches = [batch for batch in find_batches(project, stage) if not (batch.is_sealed or batch.is_given_up)]
    queue = load_queue(project.cluster.scheduler, batches)
    for batch in batches:
        if batch.number not in queue.hidden and (batch.number in queue.alive or not queue.asked):
            yield batch
