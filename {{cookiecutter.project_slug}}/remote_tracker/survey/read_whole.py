"""Read files to their end, on as many cores as this process may use: hashing lets the other threads go on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread

from ..content.entry import Entry, entry_of
from ..named_tuple import NamedTuple

TOLD_EVERY_S = 0.2


class File(NamedTuple):
    """A file to read."""

    role: str  # in: an input, out: a result
    path: str  # as a task notes it: below the project, or absolute
    place: str  # absolute


class _Stopped(Exception):
    """Ends a thread in the middle of a file."""


def read_files(files: Sequence[File], tell: Callable[[int], None]) -> Iterator[tuple[File, Entry | str]]:
    """Yield each file with its entry, or with why it cannot be read, in the order in which they are done.

    ``tell`` is called now and then with how many bytes were read since the last call. Where the caller stops, so do
    the threads, in the middle of a file.
    """
    todo, lock, stopped = iter(files), Lock(), Event()
    done: SimpleQueue[tuple[File, Entry | str]] = SimpleQueue()
    counts: SimpleQueue[int] = SimpleQueue()

    def count(read: int) -> None:
        if stopped.is_set():
            raise _Stopped
        counts.put(read)

    def work() -> None:
        while not stopped.is_set():
            with lock:
                file = next(todo, None)
            if file is None:
                return
            try:
                done.put((file, _read(file, count)))
            except _Stopped:
                return

    threads = [Thread(target=work, daemon=True) for _ in range(min(len(files), len(os.sched_getaffinity(0))))]
    try:
        for thread in threads:
            thread.start()
        for _ in files:
            yield _next(done, counts, tell)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()


def _next(
    done: SimpleQueue[tuple[File, Entry | str]], counts: SimpleQueue[int], tell: Callable[[int], None]
) -> tuple[File, Entry | str]:
    """Return what is done next; tells meanwhile how many bytes were read."""
    while True:
        try:
            return done.get(timeout=TOLD_EVERY_S)
        except Empty:
            pass
        finally:
            tell(sum(counts.get() for _ in range(counts.qsize())))


def _read(file: File, count: Callable[[int], None]) -> Entry | str:
    try:
        entry = entry_of(file.role, file.path, file.place, tell=count)
    except OSError as error:
        return error.strerror or "it cannot be read"
    return entry
