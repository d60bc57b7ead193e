"""The estimate of what a list will take: drawn from records of unequal sizes, with an outlier, side by side."""

from __future__ import annotations

import random

import pytest
from remote_tracker.records.estimate import Estimate, estimate
from remote_tracker.records.times import Taken, measure_inputs

MB = 1e6


def drawn(number: int, start_s: float = 20, pace: float = 0.5, noise: float = 0.1) -> list[Taken]:
    """Return tasks that took 20 s and half a second a MB, give or take a tenth."""
    chance = random.Random(7)
    sizes = [chance.uniform(10, 1000) for _ in range(number)]
    return [Taken(round((start_s + pace * mb) * chance.uniform(1 - noise, 1 + noise)), mb * MB) for mb in sizes]


def told(taken: list[Taken], sizes: list[float], at_once: int = 1) -> Estimate:
    """Return the estimate for inputs of these sizes in MB."""
    found = estimate(taken, [mb * MB for mb in sizes], at_once)
    assert found is not None
    return found


def test_nothing_measured_nothing_told() -> None:
    """Without a finished task there is no estimate."""
    assert estimate([], [MB], 2) is None


@pytest.mark.parametrize("number", [4, 44, 300])
def test_unequal_sizes(number: int) -> None:
    """Each task counts by its size: large videos take longer than as many small ones, each near to the truth."""
    taken = drawn(number)
    assert told(taken, [100] * 10).task_s == pytest.approx(10 * 70, rel=0.15)
    assert told(taken, [2000] * 10).task_s == pytest.approx(10 * 1020, rel=0.15)
    assert told(taken, [100, 2000]).done == number


@pytest.mark.parametrize("far_off", [100_000, 0])
def test_one_task_far_off(far_off: int) -> None:
    """One task that took a day, or nothing, changes the estimate by little."""
    taken = drawn(12)
    without = told(taken, [500] * 20).task_s
    for place in (0, 5, 11):
        spoilt = [*taken[:place], taken[place]._replace(seconds=far_off), *taken[place + 1 :]]
        assert told(spoilt, [500] * 20).task_s == pytest.approx(without, rel=0.1)


def test_equal_sizes_scale() -> None:
    """Where all that was measured is of one size, twice the size takes twice the time."""
    taken = [Taken(s, 100 * MB) for s in (59, 60, 61, 60)]
    assert told(taken, [100] * 3).task_s == pytest.approx(180, rel=0.02)
    assert told(taken, [200] * 3).task_s == pytest.approx(360, rel=0.02)


def test_side_by_side() -> None:
    """Two at once take half as long, but never less than the longest task; those that are listed last end last."""
    taken = [Taken(60, 100 * MB)] * 3
    assert told(taken, [100] * 10, 2).wall_s == pytest.approx(300)
    assert told(taken, [100] * 3, 2).wall_s == pytest.approx(120)
    assert told(taken, [100] * 3, 8).wall_s == pytest.approx(60)
    assert told(taken, [*[100] * 4, 1000], 2).wall_s == pytest.approx(720)
    assert told(taken, [1000, *[100] * 4], 2).wall_s == pytest.approx(600)
    assert told(taken, [1000, *[100] * 4], 2).task_s == pytest.approx(840)


@pytest.mark.parametrize(
    ("taken", "measures", "seconds"),
    [
        ([Taken(10, 0.0)], [0.0, 0.0], 20),
        ([Taken(10, -2.0), Taken(20, -4.0), Taken(30, -6.0)], [-8.0], 40),
        ([Taken(10, -2.0), Taken(10, 5.0), Taken(10, 9.0)], [1e9], 10),
        ([Taken(10, 5.0), Taken(10, 5.0)], [0.0], 10),
        ([Taken(5, 9.0), Taken(9, 5.0), Taken(7, 7.0)], [1000.0], 7),
        ([Taken(0, 9.0)], [9.0, 9.0], 0),
    ],
)
def test_what_tells_little(taken: list[Taken], measures: list[float], seconds: float) -> None:
    """Without sizes, with numbers of files, with both, and with larger ones that were faster: each has an answer."""
    found = estimate(taken, measures, 1)
    assert found is not None
    assert found.task_s == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("mark", "measure"),
    [
        ("5316532 1764450000123456789", 5316532),
        ("0 0000000000", 0),
        ("3 d41d8cd98f00b204e9800998ecf8427e", -3),
        ("", 0),
        ("7", 0),
        ("x 1764450000123456789", 0),
        ("3 " + "1" * 32, -3),
    ],
)
def test_measure(mark: str, measure: float) -> None:
    """A fingerprint of one file tells its size, one of several their number."""
    assert measure_inputs(mark) == measure
