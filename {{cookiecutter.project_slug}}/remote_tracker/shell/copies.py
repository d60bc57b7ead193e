"""Fork this process: to work in several processes at once, or to leave behind what waits for ever."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def run_copies(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """Return ``work(part)`` for each part: the first is computed here, every further part in a fork of this process.

    Results return by pickle. Where a fork dies or cannot be made, its part is computed here.
    """
    results = [begin_copy(work, part) for part in parts[1:]]
    first = work(parts[0])
    return [first, *(result() for result in results)]


def begin_copy(work: Callable[[T], R], part: T) -> Callable[[], R]:
    """Begin ``work(part)`` in a fork of this process; return what waits for the result, as run_copies returns it."""
    started = _copy_for(work, part)
    return lambda: _result_of(started, work, part)


def start_copy(work: Callable[[int, int], object]) -> tuple[int, int]:
    """Start a fork of this process that does ``work(asks, answers)`` and ends; return the other ends of both pipes.

    It holds nothing else of this process's open, so that nobody waits for it. Raises OSError where there is no fork.
    """
    asks, answers = os.pipe(), os.pipe()
    if os.fork():
        os.close(asks[0])
        os.close(answers[1])
        return asks[1], answers[0]
    try:
        kept = (asks[0], answers[1])
        for one in [int(name) for name in os.listdir("/proc/self/fd")]:
            if one not in kept:
                with suppress(OSError):
                    os.close(one)
        nobody = os.open(os.devnull, os.O_RDWR)
        for stream in {0, 1, 2} - {*kept, nobody}:
            os.dup2(nobody, stream)
        work(*kept)
    finally:
        os._exit(0)


def _copy_for(work: Callable[[T], R], part: T) -> tuple[int, int] | None:
    import pickle  # 1.5 ms of each task's check and of small scans

    reading, writing = os.pipe()
    try:
        pid = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return None
    if pid:
        os.close(writing)
        return pid, reading
    code = 1
    try:
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(work(part)))
        code = 0
    finally:
        os._exit(code)


def _result_of(started: tuple[int, int] | None, work: Callable[[T], R], part: T) -> R:
    import pickle  # 1.5 ms of each task's check and of small scans

    if started is not None:
        pid, reading = started
        with open(reading, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(pid, 0)
        if status == 0:
            result: R = pickle.loads(data)
            return result
    return work(part)
