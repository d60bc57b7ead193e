"""The schedulers: one small module each, and a template of directives beside it.

A module builds argument vectors and reads texts; what it promises is the protocol below. Its knowledge
(states, reasons, refusals) stands in it as commented data. It starts no process but to ask its queue.
"""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path

from ..model.scheduling import Scheduler


def scheduler_of(name: str) -> Scheduler:
    """Return the module of the scheduler that a cluster's file names."""
    module: Scheduler = import_module(f"{__name__}.{name}")
    return module


def advise(scheduler: Scheduler, refusal: str) -> tuple[str, str]:
    """Return which of its ``WORDS`` a refusal is about, and what to do; both empty where it is not known."""
    return next(((w, advice) for pattern, w, advice in scheduler.REFUSALS if re.search(pattern, refusal)), ("", ""))


def find_overrides(scheduler: Scheduler) -> list[str]:
    """Return the names in this environment that would go before what a scan fills in."""
    return [name for name in scheduler.OVERRIDES if name in os.environ]


def program_of(scheduler: Scheduler) -> str:
    """Return the name of the program that takes job scripts."""
    return scheduler.SUBMIT.partition(" ")[0]


def name_of(scheduler: Scheduler) -> str:
    """Return the name that a cluster's file, and a batch's owner, call the scheduler by."""
    return str(vars(scheduler)["__name__"]).rpartition(".")[2]


def template_text(scheduler: Scheduler) -> str:
    """Return the text of the scheduler's job script template."""
    return (Path(__file__).parent / scheduler.TEMPLATE).read_text(encoding="utf-8")
