"""How much of their requests tasks use: accounting tells it for ended tasks, a look at them for running tasks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Project, Stage
from ..model.scheduling import BatchRef, Card, QueueSystem, Used
from ..records import Batch, find_batches
from ..records.sealed import is_maker, load_sealed
from ..schedulers.accounting import GOING, find_tasks
from ..schedulers.local import is_running_here
from ..schedulers.local_use import find_use
from ..text.counted import number_of
from .words import verb_of

WORKED = ("finished", "failed", "bad")  # the results of tasks whose command ran


def usage_lines(project: Project) -> Iterator[str]:
    """Yield lines on each stage's last submitted batch: the memory, time and cores that its tasks use or used."""
    scheduler = project.cluster.scheduler
    if scheduler.queue is None:
        for stage in project.tracker.stages:
            ran = [batch for batch in find_batches(project, stage) if batch.has_run and not batch.is_note]
            for last in ran[-1:]:
                yield from (f"{stage.name}, batch {last.number}: {line}" for line in _lines_here(stage, last))
        return
    for stage in project.tracker.stages:
        submitted = [batch for batch in find_batches(project, stage) if batch.jobs(scheduler)]
        for last in submitted[-1:]:
            for line in _lines_of(scheduler.queue, last.jobs(scheduler), last.ref(scheduler)):
                yield f"{stage.name}, batch {last.number}: {line}"


def _lines_of(queue: QueueSystem, jobs: Sequence[str], batch: BatchRef) -> Iterator[str]:
    running, cards, not_now = queue.live_usage(jobs)
    if running:
        tasks = f"{len(running)}" if batch.per_job == 1 else _count_all(running, batch)
        yield f"{tasks} {verb_of(len(running), 'run')} now; {_now(running, not_now)}{_cards_told(cards)}"
    elif not_now:
        yield not_now
    used, why_not = queue.accounting_usage(jobs)
    ended = [u for u in used if u.state not in GOING]
    if why_not and why_not == not_now and not running:
        return  # as where the server is down: said once
    if why_not or ended or not running:
        yield why_not or summary(ended, batch)


def _lines_here(stage: Stage, batch: Batch) -> Iterator[str]:
    """Yield lines on a batch that ran without a scheduler: records tell the tasks' times, /proc tells the rest."""
    records = load_sealed(batch.sealed_path) if batch.is_sealed else batch.records()
    living = [(r.task, r.pid) for r in records if not r.result and is_running_here(r.host, r.pid, r.began)]
    if running := find_use(living, stage.resources.cpus):
        yield f"{number_of(len(running), 'tasks')} running; {_busy(running)}"
    times = sorted(r.seconds for r in records if r.result in WORKED and is_maker(r))
    if times:
        took = f"time {times[len(times) // 2]} s (median), {times[-1]} s (longest)"
        yield f"{number_of(len(times), 'tasks')} ended; {took}; memory is told while tasks run"
    elif not running:
        yield "no task has ended yet"


def _count_all(used: Sequence[Used], batch: BatchRef) -> str:
    """Return how many jobs there are, and how many tasks they have: a job's use is told of all its tasks together."""
    tasks = sum(len(find_tasks(u, batch.per_job, batch.tasks)) for u in used)
    return f"{number_of(len(used), 'jobs')} with {number_of(tasks, 'tasks')}"


def _now(running: Sequence[Used], why_not: str) -> str:
    if any(u.memory_kib for u in running):
        return _busy(running)
    return f"what they use is not told: {why_not}" if why_not else "what they use is not told yet"


def summary(used: Sequence[Used], batch: BatchRef) -> str:
    """Return a line on ended tasks: their times in seconds, their largest memory, how busy their cores were.

    Where a job takes several tasks, times and memory are a job's, and the line says so.
    """
    began = [u for u in used if u.seconds]
    if not began:
        many = number_of(len(used), "tasks") if batch.per_job == 1 else _count_all(used, batch)
        return f"{many}, nothing told of them yet (accounting lags some seconds)"
    times = sorted(u.seconds for u in began)
    one = f"{len(began)} task{'s' if len(began) > 1 else ''}"
    what = f"{one if batch.per_job == 1 else _count_all(began, batch)} ended"
    return f"{what}; time {times[len(times) // 2]} s (median), {times[-1]} s (longest); {_busy(began)}"


def _busy(used: Sequence[Used]) -> str:
    """Return the largest task's memory, with its request, in MB, and how busy the cores of all tasks are."""
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
