"""The schedulers: each is a value that holds argument vectors, readers of texts, data and a template of directives.

The type ``model.scheduling.Scheduler`` says what a scheduler offers. Each package holds what is known of its scheduler
(states, reasons, refusals) as commented data. A scheduler starts a process only to ask its queue.
"""

from __future__ import annotations

import os
import re
from importlib import import_module

from ..errors import RemoteTrackerError
from ..model.scheduling import QueueSystem, Scheduler

NAMES = ("local", "slurm", "pbs", "sge", "lsf")


def get_scheduler(name: str) -> Scheduler:
    """Return the scheduler called ``name``, which is in NAMES; raises TypeError where its module holds no scheduler.

    The scheduler's module is loaded only now: a scan starts without the other schedulers' readers of JSON and XML.
    """
    scheduler = import_module(f"{__name__}.{name}").SCHEDULER
    if not isinstance(scheduler, Scheduler):
        raise TypeError(f"{__name__}.{name}.SCHEDULER is no Scheduler")
    return scheduler


def require_queue(scheduler: Scheduler) -> QueueSystem:
    """Return the scheduler's queue; raises RemoteTrackerError where tasks run on this machine."""
    if scheduler.queue is None:
        raise RemoteTrackerError(f"scheduler: {scheduler.name} has no queue: tasks run on this machine.")
    return scheduler.queue


def advise(scheduler: Scheduler, refusal: str) -> tuple[str, str]:
    """Return the option of ``./rt submit`` that a refusal is about, and what to do; two "" for an unknown refusal."""
    refusals = scheduler.queue.submission.refusals if scheduler.queue else ()
    return next(((w, advice) for pattern, w, advice in refusals if re.search(pattern, refusal)), ("", ""))


def find_overrides(scheduler: Scheduler) -> list[str]:
    """Return the environment variables, set here, that the scheduler would obey instead of the lines a scan writes."""
    names = scheduler.queue.submission.overriding_env if scheduler.queue else ()
    return [name for name in names if name in os.environ]
