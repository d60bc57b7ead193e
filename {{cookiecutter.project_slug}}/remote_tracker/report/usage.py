"""What tasks use of what they asked for: those that ran by accounting, those that run by a look at them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..model import Project
from ..model.quantities import read_memory
from ..model.scheduling import Scheduler
from ..records import find_batches
from ..schedulers import scheduler_of

GOING = ("PENDING", "RUNNING", "REQUEUED", "SUSPENDED")


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


@dataclass(frozen=True)
class Card:
    """A GPU at one moment: percent busy, memory held and there (MiB)."""

    busy: int
    held_mib: int
    there_mib: int


def find_used(scheduler: Scheduler, jobs: Sequence[str]) -> tuple[list[Used], str]:
    """Return what the tasks of these jobs used, or the reason why that cannot be told."""
    rows, why_not = scheduler.find_usage(jobs)
    return read_used(rows), why_not


def read_used(rows: Sequence[Mapping[str, str]]) -> list[Used]:
    """Return a task's rows (itself, then its steps as ID.step) as one: the largest memory, the most CPU time."""
    memory: dict[str, int] = {}
    cpu: dict[str, float] = {}
    rows = [row for row in rows if row.get("id")]
    for row in rows:
        task = row["id"].partition(".")[0]
        memory[task] = max(memory.get(task, 0), _kib(row.get("memory", "")))
        cpu[task] = max(cpu.get(task, 0.0), _seconds(row.get("cpu", "")))
    return [
        Used(
            row["id"],
            row.get("state", "").partition(" ")[0],
            _count(row.get("seconds", "")) or int(_seconds(row.get("clock", ""))),
            memory[row["id"]],
            _kib(row.get("asked", "")),
            cpu[row["id"]],
            _count(row.get("cpus", "")) or 1,
        )
        for row in rows
        if "." not in row["id"]
    ]


def read_cards(rows: Sequence[Mapping[str, str]]) -> list[Card]:
    """Return the GPUs of these rows."""
    return [Card(int(row["busy"]), int(row["held"]), int(row["there"])) for row in rows if "busy" in row]


def _kib(text: str) -> int:
    """Return the KiB of sacct's 87892K, 200M, 4Gn or 4Gc; 0 where nothing is told, or "16?" as it sometimes is."""
    found = re.fullmatch(r"(\d{1,15}(?:\.\d+)?[KMGT]?)[nc]?", text, re.ASCII)
    return read_memory(found[1]) if found else 0


def _seconds(text: str) -> float:
    """Return the seconds of sacct's 01:02:03, 02:03.456 or 1-02:03:04, and of squeue's 0:09; 0 for anything else."""
    found = re.fullmatch(r"(?:(\d{1,6})-)?((?:\d{1,9}:)*\d{1,9}(?:\.\d*)?)", text, re.ASCII)
    if found is None:
        return 0.0
    total = 0.0
    for part in found[2].split(":"):
        total = total * 60 + float(part)
    return total + 86400 * int(found[1] or 0)


def _count(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else 0


def usage_lines(project: Project) -> Iterator[str]:
    """Yield, for each stage's last batch that was submitted, what its tasks used at most of what they asked for."""
    scheduler = scheduler_of(project.cluster.scheduler)
    if scheduler.RUNS_HERE:
        yield "This machine counts nothing: there is no scheduler."
        return
    for stage in project.tracker.stages:
        submitted = [batch for batch in find_batches(project, stage) if batch.jobs(scheduler)]
        for last in submitted[-1:]:
            for line in _lines_of(scheduler, last.jobs(scheduler)):
                yield f"{stage.name}, batch {last.number}: {line}"


def _lines_of(scheduler: Scheduler, jobs: Sequence[str]) -> Iterator[str]:
    rows, why_not = scheduler.find_live(jobs)
    if running := read_used(rows):
        yield f"{len(running)} run now; {_now(running, why_not)}{_cards_told(read_cards(rows))}"
    elif why_not:
        yield why_not
    used, why_not = find_used(scheduler, jobs)
    ended = [u for u in used if u.state not in GOING]
    if why_not or ended or not running:
        yield why_not or summary(ended)


def _now(running: Sequence[Used], why_not: str) -> str:
    if any(u.memory_kib for u in running):
        return _busy(running)
    return f"what they use is not told: {why_not}" if why_not else "what they use is not told yet"


def summary(used: Sequence[Used]) -> str:
    """Return in a line how much of what was asked for the tasks that have ended used."""
    began = [u for u in used if u.seconds]
    if not began:
        return f"{len(used)} tasks, nothing told of them yet (accounting lags some seconds)"
    times = sorted(u.seconds for u in began)
    what = f"{len(began)} task{'s' if len(began) > 1 else ''} ended"
    return f"{what}; time {times[len(times) // 2]} s (median), {times[-1]} s (longest); {_busy(began)}"


def _busy(used: Sequence[Used]) -> str:
    """Return how much memory the largest of them has of what it asked for, and how busy the cores of all are."""
    most = max(used, key=lambda u: u.memory_kib)
    asked = f" of {most.asked_kib / 1024:,.0f}" if most.asked_kib else ""
    memory = f"memory at most {most.memory_kib / 1024:,.0f}{asked} MB" if most.memory_kib else "memory not told"
    share = sum(u.cpu_s for u in used) / (sum(u.seconds * u.cpus for u in used) or 1)
    return f"{memory}; {share:.0%} of their cores busy"


def _cards_told(cards: Sequence[Card]) -> str:
    if not cards:
        return ""
    busy = sum(card.busy for card in cards) / len(cards)
    fullest = max(cards, key=lambda card: card.held_mib)
    return (
        f"; {len(cards)} GPU{'s' if len(cards) > 1 else ''} looked at: {busy:.0f}% busy, memory at most "
        f"{fullest.held_mib:,} of {fullest.there_mib:,} MB"
    )
