"""The schedulers: one small module each, and a template of directives beside it.

A module promises ``EXTENSION`` (of the job script), ``SUBMIT`` (what people type before its name),
``TEMPLATE`` (its file here), ``block(number, tasks)`` (the lines a scan fills in) and
``read_queue(batches)`` (what of these batch folders may still run).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Queue:
    """What a scheduler holds: batch number -> its tasks that are queued or running; None means any of them.

    ``asked`` is false where the scheduler did not answer, with the reason in ``why_not``.
    """

    alive: Mapping[str, frozenset[int] | None] = field(default_factory=dict)
    asked: bool = True
    why_not: str = ""


class Scheduler(Protocol):
    """What every module of this package offers."""

    EXTENSION: str
    SUBMIT: str
    TEMPLATE: str

    def block(self, number: str, tasks: int) -> list[str]:
        """Return the lines that a scan fills into the job script."""

    def read_queue(self, batches: Sequence[Path]) -> Queue:
        """Return what of these batch folders may still run."""


def scheduler_of(name: str) -> Scheduler:
    """Return the module of the scheduler that a cluster's file names."""
    module: Scheduler = import_module(f"{__name__}.{name}")
    return module


def template_text(scheduler: Scheduler) -> str:
    """Return the text of the scheduler's job script template."""
    return (Path(__file__).parent / scheduler.TEMPLATE).read_text(encoding="utf-8")
