"""The estimate of what a list will take: drawn from unequal sizes or frames, with an outlier, side by side."""

from __future__ import annotations

import random

import pytest
from remote_tracker.records.estimate import FEW, Estimate, Size, estimate, is_told
from remote_tracker.records.times import Taken, measure_inputs

MB = 1e6


def drawn(number: int, start_s: float = 20, pace: float = 0.5, noise: float = 0.1) -> list[Taken]:
    """Return tasks that took 20 s and half a second a MB, give or take a tenth."""
    chance = random.Random(7)
    sizes = [chance.uniform(10, 1000) for _ in range(number)]
    return [Taken(round((start_s + pace * mb) * chance.uniform(1 - noise, 1 + noise)), mb * MB) for mb in sizes]


def told(taken: list[Taken], sizes: list[float], at_once: int = 1) -> Estimate:
    """Return the estimate for inputs of these sizes in MB."""
    found = estimate(taken, [Size(mb * MB) for mb in sizes], at_once)
    assert found is not None
    return found


def test_nothing_measured_nothing_told() -> None:
    """Without a finished task there is no estimate."""
    assert estimate([], [Size(MB)], 2) is None


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
    found = estimate(taken, [Size(measure) for measure in measures], 1)
    assert found is not None
    assert found.task_s == pytest.approx(seconds)


def filmed(number: int, pace: float = 0.02) -> list[Taken]:
    """Return tasks that took 20 s and 0.02 s a frame, give or take a tenth; a frame has any number of bytes."""
    chance = random.Random(7)
    frames = [chance.randrange(1000, 90_000) for _ in range(number)]
    return [
        Taken(round((20 + pace * n) * chance.uniform(0.9, 1.1)), n * chance.uniform(500, 50_000), frames=n)
        for n in frames
    ]


def seconds(taken: list[Taken], sizes: list[Size]) -> float:
    """Return what all tasks take together, by the estimate."""
    found = estimate(taken, sizes, 1)
    assert found is not None
    return found.task_s


@pytest.mark.parametrize("number", [4, 44, 100])
def test_twice_the_frames_in_the_same_bytes(number: int) -> None:
    """Where headers tell frames, twice the frames take twice the time, whatever their bytes."""
    taken = filmed(number)
    assert seconds(taken, [Size(MB, 20_000)] * 10) == pytest.approx(10 * 420, rel=0.15)
    assert seconds(taken, [Size(MB, 40_000)] * 10) == pytest.approx(10 * 820, rel=0.15)
    assert seconds(taken, [Size(900 * MB, 40_000)] * 10) == seconds(taken, [Size(MB, 40_000)] * 10)


@pytest.mark.parametrize("far_off", [100_000, 0])
def test_one_film_far_off(far_off: int) -> None:
    """One task that took a day, or nothing, changes an estimate by frames by little, too."""
    taken = filmed(12)
    without = seconds(taken, [Size(MB, 40_000)] * 20)
    for place in (0, 5, 11):
        spoilt = [*taken[:place], taken[place]._replace(seconds=far_off), *taken[place + 1 :]]
        assert seconds(spoilt, [Size(MB, 40_000)] * 20) == pytest.approx(without, rel=0.15)


@pytest.mark.parametrize("nothing", [0, None])
def test_without_frames_bytes_count(nothing: int | None) -> None:
    """Where the finished or the listed videos do not tell their frames, bytes are all that counts."""
    taken, sizes = filmed(12), [Size(mb * MB, 1000) for mb in (10, 100, 1000)]
    in_bytes = seconds([one._replace(frames=None) for one in taken], [size._replace(frames=None) for size in sizes])
    assert seconds([one._replace(frames=nothing) for one in taken], sizes) == in_bytes
    assert seconds(taken, [size._replace(frames=nothing) for size in sizes]) == in_bytes
    assert seconds(taken, [*sizes, Size(0.0)]) == seconds(
        [one._replace(frames=None) for one in taken], [*sizes, Size(0.0)]
    )
    assert seconds(taken, sizes) != in_bytes


def test_a_broken_header_in_ten_changes_nothing() -> None:
    """Nine videos of ten that tell are enough: the last has as many frames a byte as they; with eight, bytes count."""
    assert is_told([5] * 9 + [0])
    assert not is_told([5] * 8 + [0])
    assert not is_told([])
    taken, size = filmed(20), Size(MB, 20_000)
    assert seconds([*taken, Taken(9, MB, frames=0)], [size] * 10) == seconds(taken, [size] * 10)
    assert seconds(taken, [*[size] * 9, Size(2 * MB, 0)]) == seconds(taken, [*[size] * 9, Size(2 * MB, 40_000)])


def test_videos_that_were_not_looked_at() -> None:
    """A listed video whose header was not read has as many frames a byte as those whose header was."""
    taken, drawn_ones = filmed(12), [Size(10 * MB, 10_000), Size(30 * MB, 50_000)]
    told_all = [*drawn_ones, Size(20 * MB, 30_000), Size(2 * MB, 3000)]
    assert seconds(taken, [*drawn_ones, Size(20 * MB), Size(2 * MB)]) == pytest.approx(seconds(taken, told_all))


def test_times_that_follow_bytes() -> None:
    """Where times grow with bytes and not at all with frames, as of pictures unlike in size, bytes count."""
    chance = random.Random(7)
    taken = [one._replace(frames=chance.randrange(1000, 90_000)) for one in drawn(44)]
    assert seconds(taken, [Size(500 * MB, 1000)] * 10) == pytest.approx(10 * 270, rel=0.15)
    assert seconds(taken[: FEW - 1], [Size(500 * MB, 1000)]) != pytest.approx(270, rel=0.15)


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
