"""Remember which files ./rt verify has read whole, in a derived file for each stage that may be deleted at any time.

While a verify runs, lines are added: "<state> <time> <entry>" for each file that was read, and, for each unit whose
checks held, "<state> <time> held <digest>". The time is in seconds since 1970, the state OPEN. At the end of the verify
its lines become OVER: the next verify begins anew. A line that cannot be read counts for nothing.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ..content.entry import Entry, is_at, read_entry
from ..content.noted import render_entry
from ..disk.files import make_folder, write_file
from ..errors import RemoteTrackerError
from ..named_tuple import NamedTuple

OPEN, OVER = "open", "over"
HELD = "held "


class _Line(NamedTuple):
    state: str
    when: float
    what: Entry | int  # a file as it was read, or the digest of a unit whose checks held

    @property
    def key(self) -> str | int:
        return self.what if isinstance(self.what, int) else self.what.path

    @property
    def text(self) -> str:
        what = f"{HELD}{self.what}" if isinstance(self.what, int) else render_entry(self.what)
        return f"{self.state} {self.when:.3f} {what}\n"


class Reads:
    """What was read of a stage's files: by the verify that was stopped, and, with ``since``, at that time or later."""

    def __init__(self, path: Path | None, since: float | None = None) -> None:
        self.path = path  # None: what is read is remembered by this process alone
        self._lines = {line.key: line for line in _load(path)} if path else {}
        self._known = {
            key for key, line in self._lines.items() if line.state == OPEN or (since is not None and line.when >= since)
        }
        self._used: set[str | int] = set()  # what this verify read, or found here
        self._file: BinaryIO | None = None

    def find(self, path: str, found: os.stat_result) -> Entry | None:
        """Return what the file at ``path`` held when it was read, None where it was not read as it lies there now."""
        line = self._lines[path] if path in self._known else None
        if line is None or not isinstance(line.what, Entry) or not is_at(line.what, found):
            return None
        self._used.add(path)
        return line.what

    def holds(self, digest: int) -> bool:
        """Return whether the checks held of the unit with this digest."""
        if digest in self._known:
            self._used.add(digest)
        return digest in self._known

    def add(self, what: Entry | int) -> None:
        """Remember a file that was read whole, or the digest of a unit whose checks held."""
        line = _Line(OPEN, time.time(), what)
        self._lines[line.key] = line
        self._known.add(line.key)
        self._used.add(line.key)
        if self.path is None:
            return
        with suppress(OSError, RemoteTrackerError):  # where it cannot be written, the next verify reads more
            if self._file is None:
                make_folder(self.path.parent)
                self._file = open(self.path, "ab", buffering=0)  # noqa: SIM115  # a kill loses no line; end() closes it
                self._file.write(b"\n")  # the last line of a verify that was killed may have no end
            self._file.write(line.text.encode("utf-8", "surrogateescape"))

    def end(self) -> None:
        """Note that the verify came to its end: the next verify reads again what this verify read."""
        if self._file:
            self._file.close()
        lines = [line._replace(state=OVER) if key in self._used else line for key, line in self._lines.items()]
        kept = [line for line in lines if line.key in self._used or line.state == OPEN or isinstance(line.what, Entry)]
        with suppress(RemoteTrackerError):
            if self.path and (kept or self.path.exists()):
                write_file(self.path, "".join(line.text for line in kept))


def _load(path: Path) -> Iterator[_Line]:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            for line in file:
                state, _, rest = line.rstrip("\n").partition(" ")
                when, _, what = rest.partition(" ")
                with suppress(ValueError):
                    seen = int(what.removeprefix(HELD)) if what.startswith(HELD) else read_entry(what)
                    if seen is not None and state in (OPEN, OVER):
                        yield _Line(state, float(when), seen)
    except OSError:
        return
