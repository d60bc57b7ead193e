"""What tasks used of what they asked for: time, memory and CPU, by the scheduler's accounting."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .model import Project
from .resources import read_memory
from .schedulers import Scheduler, scheduler_of
from .survey import find_batches, find_jobs


@dataclass(frozen=True)
class Used:
    """One task's use: its job and state, seconds, memory at most and as asked for (KiB), CPU seconds, cores."""

    id: str
    state: str
    seconds: int
    memory_kib: int
    asked_kib: int
    cpu_s: float
    cpus: int


def find_used(scheduler: Scheduler, jobs: Sequence[str]) -> tuple[list[Used], str]:
    """Return what the tasks of these jobs used, or the reason why that cannot be told."""
    rows, why_not = scheduler.find_usage(jobs)
    return read_used(rows), why_not


def read_used(rows: Sequence[Mapping[str, str]]) -> list[Used]:
    """Return a task's rows (itself, then its steps as ID.step) as one: the largest memory, the task's own times."""
    memory: dict[str, int] = {}
    for row in rows:
        task = row["id"].partition(".")[0]
        memory[task] = max(memory.get(task, 0), _kib(row.get("memory", "")))
    return [
        Used(
            row["id"],
            row["state"].partition(" ")[0],
            int(row.get("seconds") or 0),
            memory[row["id"]],
            _kib(row.get("asked", "")),
            _cpu_seconds(row.get("cpu", "")),
            int(row.get("cpus") or 1),
        )
        for row in rows
        if "." not in row["id"]
    ]


def _kib(text: str) -> int:
    """Return the KiB of sacct's 87892K, 200M, 4Gn or 4Gc; 0 where nothing is told, or "16?" as it sometimes is."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?[KMGT]?)[nc]?", text)
    return read_memory(found[1]) if found else 0


def _cpu_seconds(text: str) -> float:
    """Return the seconds of sacct's 01:02:03, 02:03.456 or 1-02:03:04."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":") if clock else []:
        total = total * 60 + float(part)
    return total + 86400 * int(days or 0)


def usage_lines(project: Project) -> Iterator[str]:
    """Yield, for each stage's last batch that was submitted, what its tasks used at most of what they asked for."""
    scheduler = scheduler_of(project.cluster.scheduler)
    if scheduler.RUNS_HERE:
        yield "This machine counts nothing: there is no scheduler."
        return
    for stage in project.tracker.stages:
        submitted = [b for b in find_batches(project.root / stage.folder, stage.name) if find_jobs(b, scheduler)]
        for last in submitted[-1:]:
            used, why_not = find_used(scheduler, find_jobs(last, scheduler))
            yield f"{stage.name}, batch {last.name}: {why_not or summary(used)}"


def summary(used: Sequence[Used]) -> str:
    """Return in a line how much of what was asked for the tasks that started used."""
    began = [u for u in used if u.seconds]
    if not began:
        return f"{len(used)} tasks, nothing told of them yet (accounting lags some seconds)"
    most = max(began, key=lambda u: u.memory_kib)
    asked = f" of {most.asked_kib / 1024:,.0f}" if most.asked_kib else ""
    busy = sum(u.cpu_s for u in began) / sum(u.seconds * u.cpus for u in began)
    times = sorted(u.seconds for u in began)
    return (
        f"{len(began)} tasks started; time {times[len(times) // 2]} s (median), {times[-1]} s (longest); "
        f"memory at most {most.memory_kib / 1024:,.0f}{asked} MB; {busy:.0%} of their cores busy"
    )
