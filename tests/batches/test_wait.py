"""Waiting, by a clock that a test moves."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from remote_tracker.batches.submit import NeverRuns
from remote_tracker.batches.wait import ASK_S, FIRST_ASK_S, LOOK_S, Clock, wait_for_job, wait_until


@dataclass
class Hours:
    """A clock that goes on only while somebody sleeps."""

    seconds: float = 0.0
    naps: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.seconds += seconds
        self.naps.append(seconds)
        assert len(self.naps) < 1000, "waited for ever"

    @property
    def clock(self) -> Clock:
        """Return what the waiting is given."""
        return Clock(lambda: self.seconds, self.sleep)


def test_the_first_look_needs_no_wait() -> None:
    """What is over at once is returned at once."""
    hours = Hours()
    assert wait_until(lambda: "done", bool, 5, clock=hours.clock) == "done"
    assert hours.naps == []


def test_looks_until_it_is_over() -> None:
    """What is not over is looked at again, so many seconds later."""
    hours, sights = Hours(), iter(["", "", "done", "later"])
    assert wait_until(lambda: next(sights), bool, 5, clock=hours.clock) == "done"
    assert hours.naps == [5, 5]


def test_waits_so_long_at_most() -> None:
    """After the most time that is given the last sight is returned, over or not."""
    hours = Hours()
    assert wait_until(lambda: f"at {hours.seconds:g}", lambda _: False, 5, 12, hours.clock) == "at 15"


def test_the_log_is_enough() -> None:
    """A job whose log shows its end is not asked for in the queue."""
    hours = Hours()
    assert wait_for_job(lambda: hours.seconds, lambda seen: seen >= 3, lambda: pytest.fail("asked"), hours.clock) == 3
    assert hours.naps == [LOOK_S] * 3


def test_what_the_queue_says_ends_the_waiting() -> None:
    """Where the queue says that a job will never run, its word is passed on, a few seconds after it was sent."""
    hours = Hours()

    def has_left() -> bool:
        raise NeverRuns("it never will")

    with pytest.raises(NeverRuns):
        wait_for_job(lambda: "", lambda _: False, has_left, hours.clock)
    assert hours.seconds < 2 * FIRST_ASK_S


def test_the_queue_is_asked_now_and_then() -> None:
    """Of a job that shows no end the queue is asked, seldom; the log is looked at once more after it has left."""
    hours, asked, looks = Hours(), [], []

    def has_left() -> bool:
        asked.append(hours.seconds)
        return len(asked) == 2

    def look() -> str:
        looks.append(len(asked))
        return "its end" if len(asked) == 2 else ""

    assert wait_for_job(look, lambda _: False, has_left, hours.clock) == "its end"
    assert len(asked) == 2
    first, second = asked
    assert FIRST_ASK_S < first < ASK_S < second - first
    assert looks[-1] == 2
