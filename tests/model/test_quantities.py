"""Memory and walltime as people write them, and asking for more of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from remote_tracker.errors import WrongUse
from remote_tracker.model.quantities import read_factor, read_memory, read_walltime, write_memory, write_walltime

MIB, GIB, TIB = 1024, 1024**2, 1024**3
HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("text", "kib"),
    [
        ("500", 500 * MIB),
        ("500M", 500 * MIB),
        ("12G", 12 * GIB),
        ("12g", 12 * GIB),
        ("12GB", 12 * GIB),
        ("12GiB", 12 * GIB),
        ("1.5G", 1536 * MIB),
        ("64K", 64),
        ("2T", 2 * TIB),
        (" 4 G ", 4 * GIB),
        ("0", 0),
    ],
)
def test_memory(text: str, kib: int) -> None:
    """A memory is read with each unit, in either case; without one it is megabytes, as Slurm takes it."""
    assert read_memory(text) == kib


@pytest.mark.parametrize("text", ["", "G", "-1G", "12X", "1,5G", "12 G G", "0x10", "1e3", "$MEM", "12G\n13G", "lots"])
def test_no_memory(text: str) -> None:
    """What is no memory is refused with the text and how to write it."""
    with pytest.raises(WrongUse) as error:
        read_memory(text)
    assert str(error.value) == f'"{text}" is no memory; write it as 500M or 12G.'


@given(st.integers(1, 4096), st.sampled_from("MGT"))
def test_memory_round_trip(number: int, unit: str) -> None:
    """A memory that is read and written is the same memory."""
    kib = read_memory(f"{number}{unit}")
    assert read_memory(write_memory(kib)) == kib


@given(st.integers(1, 10**12))
def test_memory_is_never_less(kib: int) -> None:
    """A memory that no unit says whole is written as a little more, never as less, by less than one megabyte."""
    assert 0 <= read_memory(write_memory(kib)) - kib < MIB


@pytest.mark.parametrize(
    ("kib", "text"),
    [(4 * GIB, "4G"), (1024 * GIB, "1T"), (1536 * MIB, "1536M"), (MIB, "1M"), (1, "1M"), (1025, "2M")],
)
def test_memory_written(kib: int, text: str) -> None:
    """A memory is written in the largest unit that says it whole."""
    assert write_memory(kib) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90 * 60),
        ("90:30", 90 * 60 + 30),
        ("4:00:00", 4 * HOUR),
        ("00:00:05", 5),
        ("2-0", 2 * DAY),
        ("2-12:30", 2 * DAY + 12 * HOUR + 30 * 60),
        ("2-00:00:01", 2 * DAY + 1),
        ("10:00", 600),
        ("100:00:00", 100 * HOUR),
        (" 1:00:00\n", HOUR),
    ],
)
def test_walltime(text: str, seconds: int) -> None:
    """Each of sbatch's forms of a time is read: a lone number is minutes, one behind days is hours."""
    assert read_walltime(text) == seconds


@pytest.mark.parametrize("text", ["", "4h", "4:", ":30", "1-", "-1", "4:00:00:00", "1.5", "banana", "1-2-3", "4 :00"])
def test_no_walltime(text: str) -> None:
    """What is no walltime is refused with the text and how to write it."""
    with pytest.raises(WrongUse) as error:
        read_walltime(text)
    assert str(error.value) == f'"{text}" is no walltime; write it as 4:00:00 or 2-00:00:00.'


@given(st.integers(0, 400 * DAY))
def test_walltime_round_trip(seconds: int) -> None:
    """A walltime that is written and read is the same time, to the second."""
    assert read_walltime(write_walltime(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (4 * HOUR, "4:00:00"),
        (8 * HOUR + 61, "8:01:01"),
        (36 * HOUR, "36:00:00"),
        (2 * DAY - 1, "47:59:59"),
        (2 * DAY, "2-00:00:00"),
        (3 * DAY + 4 * HOUR + 5, "3-04:00:05"),
        (30, "0:00:30"),
    ],
)
def test_walltime_written(seconds: int, text: str) -> None:
    """A walltime is written in hours, from two days on with days."""
    assert write_walltime(seconds) == text


@pytest.mark.parametrize(("text", "factor"), [("2x", 2), ("x1.5", 1.5), ("3", 3), (" 2X ", 2), ("100x", 100)])
def test_factor(text: str, factor: float) -> None:
    """How many times more may be written as 2x, x2 or 2."""
    assert read_factor(text) == factor


@pytest.mark.parametrize("text", ["", "x", "1x", "0.5x", "-2x", "101x", "inf", "nan", "two", "2y", "2x3"])
def test_no_factor(text: str) -> None:
    """What is not more, or absurdly more, is refused."""
    with pytest.raises(WrongUse, match="how many times more"):
        read_factor(text)
