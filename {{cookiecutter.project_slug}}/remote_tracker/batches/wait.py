"""Waits for other processes: looks again and again, some time apart, until the awaited thing is seen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar

from ..named_tuple import NamedTuple

Seen = TypeVar("Seen")
LOOK_S = 1.0  # between looks at a log, which cost the scheduler nothing
ASK_S = 60.0  # between questions to the queue
FIRST_ASK_S = 10.0  # before the first question: by then the queue knows of a job that will never run


class Clock(NamedTuple):
    """A clock to wait by."""

    now: Callable[[], float]  # returns seconds that only grow
    sleep: Callable[[float], None]  # lets so many seconds pass


CLOCK = Clock(time.monotonic, time.sleep)


def wait_until(
    look: Callable[[], Seen],
    is_over: Callable[[Seen], bool],
    every_s: float,
    most_s: float = math.inf,
    clock: Clock = CLOCK,
) -> Seen:
    """Call ``look`` every ``every_s`` seconds; return the first result that ``is_over``.

    After ``most_s`` seconds, the last result is returned as it is.
    """
    end = clock.now() + most_s
    while True:
        seen = look()
        if is_over(seen) or clock.now() > end:
            return seen
        clock.sleep(every_s)


def wait_for_job(
    look: Callable[[], Seen], is_over: Callable[[Seen], bool], has_left: Callable[[], bool], clock: Clock = CLOCK
) -> Seen:
    """Return the first look at a job's log that ``is_over``, or the log as it is when the job ``has_left`` the queue.

    The log is looked at every ``LOOK_S`` seconds; the queue is asked after ``FIRST_ASK_S`` seconds, then only every
    ``ASK_S`` seconds. Passes on what ``has_left`` raises.
    """
    asked, pause, gone = clock.now(), FIRST_ASK_S, False

    def look_and_ask() -> Seen:
        nonlocal asked, pause, gone
        if clock.now() - asked > pause:
            gone = has_left()
            asked, pause = clock.now(), ASK_S
        return look()

    return wait_until(look_and_ask, lambda seen: gone or is_over(seen), LOOK_S, clock=clock)
