"""How fast the tasks of living batches end, and when all that is queued or running will be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from ..model import Cause, Project, Record, State
from ..named_tuple import NamedTuple
from ..records import Batch, find_batches
from ..records.sealed import is_maker
from ..records.times import when_ended
from ..survey import Examined, Survey

ENOUGH = 3  # fewer ended tasks tell no rate
WINDOW_S = 3600.0  # what ended in the last hour counts: a queue grants more or fewer places in time
TASKS_BACK = 3  # or in the time that so many tasks take one after the other, where that is longer
MOST = 1000  # the ended tasks of a batch that are read, the youngest logs first
MOST_DAYS = 1000  # an end that is further away is no end that anybody plans with
IN_FLIGHT = (State.QUEUED, State.RUNNING)
WORKED = ("finished", "failed", "bad")  # the results of tasks whose command ran


class Ended(NamedTuple):
    """When a task ended, in seconds since 1970, and how long it took."""

    at: float
    seconds: int


class Rate(NamedTuple):
    """How fast tasks end, and when all tasks will have ended."""

    done: int  # how many tasks ended in the time that counts
    per_hour: float
    left: int  # how many are queued or running
    ends: datetime | None  # None where that is too far away to be told
    counts: str = "videos"  # what people call the pieces of work of these tasks
    at: datetime | None = None  # when the rate was reckoned


def find_rate(project: Project, found: Sequence[tuple[Survey, Sequence[Examined]]], now: datetime) -> Rate | None:
    """Return the rate of the living batches of the stage that has most tasks left; None where too few have ended.

    ``found`` holds the survey of each stage with all of its units; ``now`` knows its time zone.
    """
    rates = []
    for survey, seen in found:
        left = sum(is_in_flight(one) for one in seen)
        if left:
            batches = _find_living(project, survey)
            running = {one.unit.key for one in seen if one.decision.state is State.RUNNING}
            ended = [one for batch in batches for one in _load_ended(batch, running)]
            rates.append(reckon(ended, left, now, survey.stage.counts))
    return max(filter(None, rates), key=lambda rate: rate.left, default=None)


def is_in_flight(seen: Examined) -> bool:
    """Return whether a unit is queued or running, and not merely settling: its task has not ended."""
    return seen.decision.state in IN_FLIGHT and seen.decision.cause is not Cause.SETTLING


def _find_living(project: Project, survey: Survey) -> Iterator[Batch]:
    """Yield the batches that the queue, or this machine, still holds; where none can tell, all without an end."""
    for batch in find_batches(project, survey.stage):
        is_held = batch.number in survey.queue.alive or not survey.queue.asked
        if is_held and batch.has_run and not (batch.is_note or batch.is_sealed or batch.is_given_up):
            yield batch


def _load_ended(batch: Batch, running: set[str]) -> Iterator[Ended]:
    """Yield the ends of a batch's tasks; of very many those whose logs were written last, without what still runs."""
    tasks = batch.started
    if len(tasks) > MOST:
        names = batch.names
        tasks = [task for task in tasks if not (task <= len(names) and names[task - 1] in running)]
        tasks = sorted(tasks, key=lambda task: _written(batch, task))[-MOST:]
    for record in filter(None, map(batch.record, tasks)):
        if (at := _read_end(record)) is not None:
            yield Ended(at, record.seconds)


def _written(batch: Batch, task: int) -> float:
    with suppress(OSError):
        return batch.log(task).stat().st_mtime
    return 0.0


def _read_end(record: Record) -> float | None:
    """Return when a task's command ended; None where it did not run, found its result there, or no time is known."""
    ended = when_ended(record) if record.result in WORKED and is_maker(record) else None
    return ended.timestamp() if ended else None


def reckon(ended: Sequence[Ended], left: int, now: datetime, counts: str = "videos") -> Rate | None:
    """Return the rate of ended tasks, with ``left`` that are not over; None where no honest rate can be told.

    It is told of at least ENOUGH tasks that ended lately. Of a batch that began lately the time counts from its first
    task's start to the last end, and what has passed since then as far as it is longer than a task takes: where tasks
    run side by side, none ends for so long. Of an older batch all the time of the window counts. Pure.
    """
    clock = now.timestamp()
    times = sorted(Ended(min(one.at, clock), one.seconds) for one in ended)  # a node's clock may be ahead
    if len(times) < ENOUGH or left <= 0:
        return None
    task_s = sorted(one.seconds for one in times)[len(times) // 2]
    since = clock - max(WINDOW_S, TASKS_BACK * task_s)
    lately = [one for one in times if one.at > since]
    if len(lately) < ENOUGH:
        return None
    took_s = clock - since
    if len(lately) == len(times):  # of very many, the youngest alone are known
        since = times[0].at if len(times) >= MOST else min(one.at - one.seconds for one in times)
        took_s = max(lately[-1].at, clock - task_s) - since
    if took_s <= 0:
        return None
    done = len(lately)
    per_hour = done * 3600 / took_s
    hours = left / per_hour
    ends = now + timedelta(hours=hours) if hours < 24 * MOST_DAYS else None
    return Rate(done, per_hour, left, ends, counts, now)


def tell_rate(rate: Rate) -> str:
    """Return a rate for people, as "48 videos an hour, done about 17:40"; a later day is named."""
    if rate.per_hour >= 2:
        told = f"{rate.per_hour:,.0f} {rate.counts} an hour"
    elif rate.per_hour * 24 >= 2:
        told = f"{rate.per_hour * 24:.0f} {rate.counts} a day"
    else:
        told = f"less than 2 {rate.counts} a day"
    return f"{told}, done about {_when(rate.ends, rate.at or rate.ends)}" if rate.ends else told


def _when(ends: datetime, now: datetime | None) -> str:
    days = (ends.date() - (now or ends).date()).days
    if days > 6:
        return f"{ends:%Y-%m-%d}"
    day = ("", "tomorrow ")[days] if days < 2 else f"{WEEKDAYS[ends.weekday()]} "
    return f"{day}{ends:%H:%M}"


WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
