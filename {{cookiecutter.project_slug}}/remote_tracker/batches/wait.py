"""Waiting for what others do: looks, some time apart, until what is waited for is seen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple, TypeVar

Seen = TypeVar("Seen")
LOOK_S = 1.0  # between looks at a log, which cost the scheduler nothing
ASK_S = 60.0  # between questions to the queue


class Clock(NamedTuple):
    """What tells the seconds that passed, and what lets some pass."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


CLOCK = Clock(time.monotonic, time.sleep)


def wait_until(
    look: Callable[[], Seen],
    is_over: Callable[[Seen], bool],
    every_s: float,
    most_s: float = math.inf,
    clock: Clock = CLOCK,
) -> Seen:
    """Look again and again, ``every_s`` seconds; return the first sight that is over, or the last after ``most_s``."""
    end = clock.now() + most_s
    while True:
        seen = look()
        if is_over(seen) or clock.now() > end:
            return seen
        clock.sleep(every_s)


def wait_for_job(
    look: Callable[[], Seen], is_over: Callable[[Seen], bool], has_left: Callable[[], bool], clock: Clock = CLOCK
) -> Seen:
    """Return the first sight of a job's log that is over, or how the log is once the job ``has_left`` the queue.

    The log is looked at every ``LOOK_S`` seconds, the queue is asked only every ``ASK_S``.
    """
    asked, gone = clock.now(), False

    def look_and_ask() -> Seen:
        nonlocal asked, gone
        if clock.now() - asked > ASK_S:
            asked, gone = clock.now(), has_left()
        return look()

    return wait_until(look_and_ask, lambda seen: gone or is_over(seen), LOOK_S, clock=clock)
