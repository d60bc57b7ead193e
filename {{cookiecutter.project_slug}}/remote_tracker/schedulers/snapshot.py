"""A look at any scheduler's queue: recent answers are used again, and hidden or missing answers are dealt with."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from .. import shell
from ..model.scheduling import SETTLING_S, BatchRef, Job, Queue, hide, queue_of
from .match import is_of_another, may_others_submit

TIMEOUT_S = 60.0  # longest wait for the answer to any question
SNAPSHOT_S = 2.0  # how long an answer may be used again, for another stage
_answers: dict[tuple[object, ...], tuple[float, list[shell.Result]]] = {}
_kept: list[float] = []  # for how many seconds instead, where a program said so


def keep_answers(seconds: float) -> None:
    """Use each answer of a scheduler for so many seconds from now on: what looks again and again asks it seldom."""
    _kept[:] = [seconds]


class NotTold(Exception):
    """The queue did not answer, or its answer cannot be read; the exception's text is the reason."""


def look(
    batches: Sequence[BatchRef], find_jobs: Callable[[bool], Iterable[Job]], hides_jobs: Callable[[], bool]
) -> Queue:
    """Return the jobs of these batches that may still run.

    ``find_jobs`` returns this user's jobs or, called with True, everybody's; it may raise NotTold. Where the scheduler
    ``hides_jobs`` of other people, a batch that another person listed or ran counts as queued.
    """
    if not batches:
        return Queue()
    others = [batch.folder.name for batch in batches if is_of_another(batch.folder)]
    try:
        jobs = list(find_jobs(bool(others) or may_others_submit(batches)))
    except NotTold as error:
        return Queue(asked=False, why_not=str(error))
    queue = queue_of(jobs, SETTLING_S)
    return hide(queue, others) if others and hides_jobs() else queue


def complaint_of(answer: shell.Result) -> str:
    """Return why a call failed: the last line of its complaint.

    The line "Connection refused" says little; the line behind it names the server.
    """
    lines = [line.strip() for line in answer.err.splitlines() if line.strip()]
    return lines[-1] if lines else answer.complaint


def ask(
    calls: Sequence[Sequence[str]], names: Sequence[str], fresh: bool, environment: Mapping[str, str] | None = None
) -> list[shell.Result]:
    """Return the answers to these calls, up to the first call that fails.

    Unless ``fresh`` is set, answers that are at most SNAPSHOT_S old, or as old as ``keep_answers`` said, are returned
    again, where PATH and the variables ``names``, which choose the queue that is asked, have not changed.
    """
    key = (*map(tuple, calls), *(os.environ.get(name) for name in ("PATH", *names)))
    when, answers = _answers.get(key, (0.0, []))
    if fresh or not answers or time.monotonic() - when > max([SNAPSHOT_S, *_kept]):
        when, answers = time.monotonic(), []
        for argv in calls:
            answers.append(shell.ask(argv, env=environment, timeout=TIMEOUT_S))
            if answers[-1].code:
                break
        _answers[key] = (when, answers)
    return answers
