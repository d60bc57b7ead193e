"""What the files of a task held: the lines before the end of its log, and all of a batch in one derived file."""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from ..content.entry import Entry, read_entry
from ..content.noted import render_entry

CONTENTS = "contents.txt"  # beside the sealed file of a batch: "<task> <entry>" a line, in the order of tasks
MARK, START, END = b"# content ", b"# start ", b"# end "
_TOKEN = re.compile(rb"# end \S+ token=(\S+) ")
TAIL = 16 * 1024  # bytes; more than the lines of most tasks
ENDS_IN = 64 * 1024  # bytes; a log without an end in so many has none, however long it is


def load_entries(log: Path) -> tuple[Entry, ...]:
    """Return what the task's last run noted about its files right before its end, () where it noted nothing."""
    try:
        with open(log, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            reach = TAIL
            while True:
                file.seek(max(0, size - reach))
                read = file.read().split(b"\n")
                lines = _noted_last(read, whole=reach >= size)
                if lines is not None:
                    return _read_lines(lines)
                if reach >= ENDS_IN and not any(line.startswith(END) for line in read):
                    return ()
                reach *= 4
    except OSError:
        return ()


def read_entries(log: bytes) -> tuple[Entry, ...]:
    """Return what ``load_entries`` returns, from a whole log's bytes."""
    return _read_lines(_noted_last(log.split(b"\n"), whole=True) or ())


def _noted_last(lines: Sequence[bytes], whole: bool) -> Sequence[bytes] | None:
    """Return the lines on files right before the last run's end line; None where more of the log must be read.

    The first line may be cut unless ``lines`` are the ``whole`` log. A scheduler may write behind the end, and the
    first line on a file may stand behind what a program printed. Each line holds the token of the end line: what a
    program prints is no note.
    """
    end = len(lines) - 1
    while end and not lines[end].startswith((END, START)):
        end -= 1
    token = _TOKEN.match(lines[end])
    if lines[end].startswith(START) or (whole and not end) or not token:
        return () if lines[end].startswith((START, END)) or whole else None
    mark, first = MARK + token[1] + b" ", end
    while first and lines[first - 1].startswith(mark):
        first -= 1
    if first and mark in lines[first - 1]:
        first -= 1
    return [line.partition(mark)[2] for line in lines[first:end]] if first > 1 or whole else None


def _read_lines(lines: Iterable[bytes]) -> tuple[Entry, ...]:
    """Return the entries, a file once: of two lines about a file the later line holds."""
    found: dict[tuple[str, str], Entry] = {}
    for line in lines:
        if entry := read_entry(line.decode("utf-8", "surrogateescape")):
            found[entry.role, entry.path] = entry
    return tuple(found.values())


def render_contents(found: Mapping[int, Iterable[Entry]]) -> str:
    """Return the text of a batch's file of contents, from the entries of each task."""
    return "".join(f"{task} {render_entry(entry)}\n" for task in sorted(found) for entry in found[task])


class Contents:
    """A batch's file of contents, in which the lines of a task are found without reading the others.

    Of a task without lines in the file, the task's log is read.
    """

    def __init__(self, path: Path, log: Callable[[int], Path]) -> None:
        self.path, self._log, self._next = path, log, 0
        try:
            with open(path, "rb") as file:
                self._raw: mmap.mmap | bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError):  # missing, or empty
            self._raw = b""

    def of(self, task: int) -> tuple[Entry, ...]:
        """Return the entries of a task, () where it noted nothing."""
        return self._kept(task) or load_entries(self._log(task))

    def may_hold(self, sample: str) -> bool:
        """Return whether a file with this digest of a sample may be among the entries; true where there is no file."""
        return not self._raw or self._raw.find(f" {sample} ".encode()) >= 0

    def _kept(self, task: int) -> tuple[Entry, ...]:
        mark = b"%d " % task  # tasks are mostly asked for in their order
        found, at = [], self._next if self._raw[self._next : self._next + len(mark)] == mark else self._find(task)
        while at < len(self._raw):
            end = self._raw.find(b"\n", at)
            number, _, line = self._raw[at:end].partition(b" ")
            if end < 0 or number != b"%d" % task:
                break
            if entry := read_entry(line.decode("utf-8", "surrogateescape")):
                found.append(entry)
            at = self._next = end + 1
        return tuple(found)

    def _find(self, task: int) -> int:
        """Return where the first line begins whose task is not smaller."""
        low, high = 0, len(self._raw)
        while low < high:
            start = self._raw.rfind(b"\n", low, (low + high) // 2) + 1 or low
            end = self._raw.find(b"\n", start)
            number = self._raw[start : end if end >= 0 else high].partition(b" ")[0]
            if number.isdigit() and int(number) < task:
                low = (end if end >= 0 else high) + 1
            else:
                high = start
        return low
