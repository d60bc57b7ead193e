"""A far disk is asked by a fork that can be left behind: answers, errors, silence and death come back as they are."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from remote_tracker.disk import ask_far
from remote_tracker.disk.ask_far import FarAsker, NoAnswer


def refuse(path: str) -> None:
    """Refuse, as a disk does."""
    raise PermissionError(13, "Permission denied", path)


def hang(_path: str) -> None:
    """Answer in an hour."""
    time.sleep(3600)


def die(_path: str) -> None:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)


ANSWERS: dict[str, Any] = {
    "say": lambda path: path * 1000,
    "who": lambda _: os.getpid(),
    "open": lambda _: sorted(os.listdir("/proc/self/fd")),
    "refuse": refuse,
    "hang": hang,
    "die": die,
}


@pytest.fixture
def asker(monkeypatch: pytest.MonkeyPatch) -> Iterator[FarAsker]:
    """Make an asker for whom no disk is silent yet."""
    monkeypatch.setenv("REMOTE_TRACKER_PATIENCE", "60")
    ask_far.silent.clear()
    yield FarAsker(ANSWERS)
    ask_far.silent.clear()


@pytest.mark.parametrize("path", ["", "a", "\udcff\n", "x" * 10_000])
def test_an_answer_comes_whole(asker: FarAsker, path: str) -> None:
    """An answer comes back as it is, whatever its length, and more can be asked for then."""
    assert asker.ask("/far", "say", path) == path * 1000
    assert asker.ask("/far", "who", "") == asker.ask("/far", "who", "") != os.getpid()


def test_an_error_is_raised_here(asker: FarAsker) -> None:
    """What the disk refuses is raised, with its path, and the disk is asked further."""
    with pytest.raises(PermissionError, match="Permission denied"):
        asker.ask("/far", "refuse", "/far/x")
    assert asker.ask("/far", "say", "a")


def test_a_silent_disk_is_named_and_asked_no_more(asker: FarAsker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that does not answer in time is asked nothing more, without a wait; another disk is."""
    monkeypatch.setenv("REMOTE_TRACKER_PATIENCE", "0.5")
    with pytest.raises(NoAnswer, match=r"does not answer \(asked for 0.5 s\)"):
        asker.ask("/far", "hang", "/far/x")
    monkeypatch.setenv("REMOTE_TRACKER_PATIENCE", "3600")
    with pytest.raises(NoAnswer, match=r"does not answer$|does not answer: "):
        asker.ask("/far", "say", "a")
    assert asker.ask("/other", "say", "a") == "a" * 1000


def test_a_killed_fork_is_an_error(asker: FarAsker) -> None:
    """Where the fork that asks is killed, that is an error of this question alone."""
    with pytest.raises(OSError, match="was killed"):
        asker.ask("/far", "die", "")
    assert asker.ask("/far", "say", "a")


def test_it_holds_nothing_of_ours(asker: FarAsker) -> None:
    """A fork that is left behind keeps no file of this process open: streams, locks, pipes."""
    reading, writing = os.pipe()
    assert len(asker.ask("/far", "open", "")) <= 7  # streams that are nobody's, nobody, two pipes, the look itself
    os.close(writing)
    assert os.read(reading, 1) == b""
    os.close(reading)


@pytest.mark.parametrize("told", ["", "-1", "1e3", "soon", "nan", "9999999"])
def test_a_patience_that_is_no_number(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """What is no number of seconds is not believed."""
    monkeypatch.setenv("REMOTE_TRACKER_PATIENCE", told)
    assert ask_far.patience() == ask_far.PATIENCE_S
