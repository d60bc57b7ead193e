"""What happened so far: the batches of a stage, their records, what of them is still in flight."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ..model import Record, State
from ..records import SEALED, History, age_of, load_logs, load_sealed
from ..schedulers import Queue
from ..schedulers.local import is_running_here


def find_batches(folder: Path, stage: str) -> list[Path]:
    """Return the whole batches of one stage below ``folder``/batches, oldest first."""
    try:
        names = sorted((n for n in os.listdir(folder / "batches") if n.isdigit()), key=age_of)
    except FileNotFoundError:
        return []
    return [path for name in names if stage_of(path := folder / "batches" / name) == stage]


def has_run(batch: Path) -> bool:
    """Return whether a batch was submitted, or one of its tasks was run by hand."""
    return (batch / "owner").exists() or any(batch.glob("output.*"))


def stage_of(batch: Path) -> str:
    """Return the stage that a batch lists, empty for a folder without a batch.yml that can be read."""
    try:
        text = (batch / "batch.yml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):  # a killed scan left none, a bad disk or a person spoilt it
        return ""
    found = re.search(r"^stage: '?(\w+)'?$", text, re.MULTILINE)  # YAML quotes some words, as on
    return found[1] if found else ""


def load_past(batches: Sequence[Path], folder: Path, queue: Queue) -> tuple[dict[str, State], History]:
    """Return what is queued or running, by name, and the history of everything that ran."""
    flying: dict[str, State] = {}
    history = History()
    for batch in batches:
        sealed = batch / SEALED
        if sealed.exists():
            history.add(batch.name, load_sealed(sealed, all_of_it=False), sealed)
            continue
        records = load_logs(batch)
        here = {r.unit: State.RUNNING for r in records if not r.result and is_running_here(r.host, r.pid)}
        if batch.name in queue.alive:
            here |= _in_flight(batch, {r.task: r for r in records}, queue.alive[batch.name])
        flying.update(here)
        history.add(batch.name, [r for r in records if r.result or r.unit not in here])
    for name, units in _load_forgiven(folder / "batches"):
        history.forgive(name, units)
    return flying, history


def _in_flight(batch: Path, started: Mapping[int, Record], tasks: frozenset[int] | None) -> dict[str, State]:
    flying: dict[str, State] = {}
    for task, unit in enumerate(load_names(batch), 1):
        record = started.get(task)
        if (tasks is None or task in tasks) and not (record and record.result):
            flying[unit] = State.RUNNING if record else State.QUEUED
    return flying


def load_names(batch: Path) -> list[str]:
    """Return the names of what a batch lists, task 1 first."""
    text = (batch / "names.txt").read_bytes().decode("utf-8", "surrogateescape")
    return text.split("\n")[:-1]


def _load_forgiven(batches: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield, redo by redo, the number of the newest batch then, and the names it forgave."""
    for path in sorted(batches.glob("redo/*.json")):
        try:
            import json  # as rare as a redo is

            redo = json.loads(path.read_text(encoding="utf-8"))
            after, units = str(redo["after"]), [str(unit) for unit in redo["units"]]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            continue  # it is ours and broken: what it forgave counts again
        yield after, units
