"""Only the task's own lines are believed: a start stands where its token says, an end holds the token of its start."""

from __future__ import annotations

from pathlib import Path

import pytest
from remote_tracker.model import Record
from remote_tracker.records import load_record, read_record
from remote_tracker.records.log import BLOCK, TAIL_BYTES
from scan.trees import end_line, start_line


def start(place: int, unit: str = "d/a.avi", size: int = 1, random: str = "beef") -> str:
    """Return a first line with a token."""
    return start_line(unit, size=size).replace(" params=", f" token={place}-{random} params=", 1)


def end(token: str, result: str = "finished", code: int = 0) -> str:
    """Return a last line with a token."""
    return end_line(result, code).replace(" exit=", f" token={token} exit=")


def read(text: str) -> Record:
    """Return the record of a log."""
    record = read_record(text, "0001", 1)
    assert record is not None
    return record


OTHER = start(0, "other.avi", random="dead") + "it works\n" + end("0-dead")
FORGED = [
    end_line(),
    end("0-dead"),
    end("1-beef"),
    end("-beef"),
    OTHER,
    start_line() + end_line(),
    start(7) + end("7-beef"),
    "a line " + end_line(),
    "# end 2026-01-01T00:00:00+0000 token= exit=0 seconds=1 result=finished why=\n",
]


@pytest.mark.parametrize("printed", FORGED)
def test_nothing_printed_is_an_end(printed: str) -> None:
    """A tracker that prints lines of a log, of ours or invented, ends nothing and starts nothing."""
    log = start(0) + printed
    assert (read(log).result, read(log).unit) == ("", "d/a.avi")
    whole = log + end("0-beef", "failed", 3)
    assert (read(whole).result, read(whole).exit, read(whole).unit) == ("failed", 3, "d/a.avi")


@pytest.mark.parametrize("printed", FORGED)
def test_nothing_printed_is_an_end_of_the_second_run(printed: str) -> None:
    """A task that runs again and prints its own log has not ended as it did then."""
    first = start(0, size=1) + end("0-beef")
    log = first + "\n" + start(len(first) + 1, size=2, random="cafe") + first + printed
    record = read(log)
    assert (record.result, record.inputs[:2]) == ("", "2 ")
    assert read(log + end(f"{len(first) + 1}-cafe", "bad", 65)).result == "bad"


@pytest.mark.parametrize("name", [end_line().strip() + ".avi", start(0).strip(), end("0-dead").strip()])
def test_a_name_is_no_end(name: str) -> None:
    """A video whose name is a line of the log, printed by its tracker, is still at work."""
    record = read(start(0, name) + f"reading {name}\n")
    assert (record.result, record.unit) == ("", name)


@pytest.mark.parametrize("filler", ["x" * 99 + "\n", "é\n", "\udcff\udcfe\n"])
@pytest.mark.parametrize("size", [0, 10, TAIL_BYTES, BLOCK + TAIL_BYTES])
@pytest.mark.parametrize("printed", ["", OTHER, start_line("no.avi") + end_line()])
def test_a_long_log(tmp_path: Path, filler: str, size: int, printed: str) -> None:
    """The start is found in a log of any length, whatever bytes stand before and behind it."""
    log = tmp_path / "output.1"
    first = start(0, size=1) + end("0-beef")
    many = filler * (size // len(filler))
    place = len((first + many).encode("utf-8", "surrogateescape"))
    for last, result in (("", ""), (end(f"{place}-cafe", "failed", 3), "failed")):
        text = first + many + start(place, "d/ü.avi", random="cafe") + printed + many + printed + last
        log.write_bytes(text.encode("utf-8", "surrogateescape"))
        record = load_record(log, "0001", 1)
        assert record is not None
        assert (record.unit, record.result) == ("d/ü.avi", result)


@pytest.mark.parametrize("size", [0, TAIL_BYTES, BLOCK + TAIL_BYTES])
def test_logs_of_before(tmp_path: Path, size: int) -> None:
    """A log without tokens is read as before, also a long log."""
    log = tmp_path / "output.1"
    log.write_text(start_line(size=1) + end_line("failed", 1) + start_line(size=2) + "x" * size + "\n" + end_line())
    record = load_record(log, "0001", 1)
    assert record is not None
    assert (record.result, record.inputs[:2]) == ("finished", "2 ")


def test_a_place_that_nobody_knows() -> None:
    """Where /proc was hidden from the task its token holds no place, and its end is believed."""
    text = start(0).replace("token=0-", "token=-")
    assert read(text).result == ""
    assert read(text + end("0-beef")).result == ""
    assert read(text + end("-beef")).result == "finished"
