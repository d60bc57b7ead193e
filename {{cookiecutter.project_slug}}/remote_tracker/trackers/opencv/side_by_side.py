"""Let a thread read ahead, or write behind, while the program goes on: OpenCV works without Python's lock.

Few pictures wait at a time. An error in a thread is raised where the program takes or gives the next picture, and
leaving early, by an error or Ctrl-C, ends the thread after the picture that it has in hand.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from queue import Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")
_WAITING = 4  # pictures between two threads
_LOOK_AGAIN = 0.05  # s: how soon a thread notices that the program has left
_END = object()
# The scheduler's word on a task's cores, where a node does not confine the task to them: Slurm, PBS, GridEngine, LSF.
_ALLOTTED = ("SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE", "NCPUS", "NSLOTS", "LSB_DJOB_NUMPROC")


def count_cores() -> int:
    """Return how many cores this process may use: all that it may run on, or fewer where a scheduler allotted fewer."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    told = next((os.environ[name] for name in _ALLOTTED if os.environ.get(name, "").isdecimal()), "")
    return max(1, min(here, int(told))) if told else here


@contextmanager
def read_ahead(items: Iterable[T]) -> Iterator[Iterator[T]]:
    """Yield an iterator over the items, which a thread makes while the program works on those before."""
    queue: Queue[object] = Queue(_WAITING)
    left = threading.Event()
    thread = threading.Thread(target=_make, args=(items, queue, left), daemon=True)
    thread.start()
    try:
        yield _take(queue)
    finally:
        left.set()
        thread.join()


def _make(items: Iterable[T], queue: Queue[object], left: threading.Event) -> None:
    try:
        for item in items:
            if not _put((item,), queue, left):
                return
    except BaseException as error:  # whatever it is, the program raises it
        _put(error, queue, left)
    else:
        _put(_END, queue, left)


def _put(item: object, queue: Queue[object], left: threading.Event) -> bool:
    """Put an item into the queue as soon as there is a place; False where the program has left."""
    while not left.is_set():
        with suppress(Full):
            queue.put(item, timeout=_LOOK_AGAIN)
            return True
    return False


def _take(queue: Queue[object]) -> Iterator[T]:
    while (found := queue.get()) is not _END:
        if isinstance(found, BaseException):
            raise found
        assert isinstance(found, tuple)
        yield found[0]


class _Behind(Generic[T]):
    """A thread that calls ``work`` with each item, in order."""

    def __init__(self, work: Callable[[T], None]) -> None:
        self._work = work
        self._queue: Queue[T | None] = Queue(_WAITING)
        self._error: BaseException | None = None
        self._left = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def give(self, item: T) -> None:
        """Leave an item to the thread; waits while too many are waiting. Raises what ``work`` has raised before."""
        if self._error:
            raise self._error
        self._queue.put(item)

    def end(self, early: bool) -> None:
        """Wait until all items are done; ``early``: only the item in hand, and raise nothing."""
        self._left = early
        self._queue.put(None)
        self._thread.join()
        if self._error and not early:
            raise self._error

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            if self._error or self._left:
                continue  # so that nobody waits for a place in the queue
            try:
                self._work(item)
            except BaseException as error:  # whatever it is, the program raises it
                self._error = error


@contextmanager
def write_behind(work: Callable[[T], None]) -> Iterator[Callable[[T], None]]:
    """Yield a function that leaves an item to a thread, which calls ``work`` with it; all are done at the end."""
    behind = _Behind(work)
    try:
        yield behind.give
    except BaseException:
        behind.end(early=True)
        raise
    behind.end(early=False)
