"""The schedulers: a value each, made of argument vectors, readers of texts and data, with a template of directives.

What a scheduler offers is said by its type, ``model.scheduling.Scheduler``. Its knowledge (states, reasons, refusals)
stands in its package as commented data. It starts no process but to ask its queue.
"""

from __future__ import annotations

import os
import re
from importlib import import_module

from ..errors import RemoteTrackerError
from ..model.scheduling import QueueSystem, Scheduler

NAMES = ("local", "slurm", "pbs", "sge", "lsf")


def get_scheduler(name: str) -> Scheduler:
    """Return the scheduler of this name, one of NAMES; raises TypeError where its module holds none.

    Its own module is loaded only now: a scan starts without the others, which need readers of JSON and XML.
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
    """Return which option of ``./rt submit`` a refusal is about, and what to do; both empty where it is not known."""
    refusals = scheduler.queue.submission.refusals if scheduler.queue else ()
    return next(((w, advice) for pattern, w, advice in refusals if re.search(pattern, refusal)), ("", ""))


def find_overrides(scheduler: Scheduler) -> list[str]:
    """Return the names in this environment that would go before what a scan fills in."""
    names = scheduler.queue.submission.overriding_env if scheduler.queue else ()
    return [name for name in names if name in os.environ]
