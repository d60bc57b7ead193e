"""Keep the results of all tables in a file, and results of few tables in memory: more days need no more memory."""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import BinaryIO

KEPT = 4  # tables whose results stay in memory: results are asked for day by day, as the project's folders are read


class _Numbers(dict[str, int]):
    """Results, and the number of each."""

    @cached_property
    def folders(self) -> dict[str, list[int]]:
        """Return folder -> the numbers of the results in it; no result is added after the first call."""
        found: dict[str, list[int]] = {}
        for result, number in self.items():
            for folder in find_folders(result):
                found.setdefault(folder, []).append(number)
        return found


class Results:
    """The results that the days' tables hold, numbered from 0 on in the order in which they are added.

    Each is looked for in the table of the day in whose folder it lies. Results in the folder of no day, or in the table
    of another day, are few: they stay in memory. ``file`` is empty, and in use as long as results are asked for;
    ``days`` are the days of the tables, as the tables come, ``depth`` is how many folders make a day.
    """

    def __init__(self, file: BinaryIO, days: Sequence[str], depth: int) -> None:
        self._file, self._depth = file, depth
        self._homes = {day: table for table, day in enumerate(days)}
        self._firsts, self._places = array("Q"), array("Q")  # of each table: its first number, its place in the file
        self._end = 0  # of the file
        self._last, self._elsewhere, self._kept = _Numbers(), _Numbers(), OrderedDict[int, _Numbers]()
        self._why, self._whys = bytearray(), [""]  # of each result the index of why it has no features

    def __len__(self) -> int:
        return len(self._why)

    def begin_table(self) -> None:
        """Begin the next table, to which the results that are added from now on belong."""
        self._firsts.append(len(self))
        self._places.append(self._end)
        self._last = _Numbers()

    def add(self, result: str) -> int | None:
        """Add a result to the table that was begun last; return None, or the table that holds the result already."""
        if (known := self.find(result)) is not None:
            return self.table_of(known)
        is_at_home = self._home_of(result) == len(self._firsts) - 1
        (self._last if is_at_home else self._elsewhere)[result] = len(self)
        self._why.append(0)
        self._end += self._file.write(result.encode("utf-8", "surrogateescape") + b"\n")
        return None

    def find(self, result: str) -> int | None:
        """Return the number of a result, None where no table holds it."""
        number = self._elsewhere.get(result)
        return self._held_in(self._home_of(result)).get(result) if number is None else number

    def find_like(self, result: str) -> int | None:
        """Return the number of the first result that has this path; each ``*`` in it is any part of a name."""
        likely = re.compile(re.escape(result).replace(r"\*", "[^/]*"))
        if any("*" in folder for folder in _folders_of(result)[: self._depth]):
            return next((number for number, (held, _) in enumerate(self.each()) if likely.fullmatch(held)), None)
        held = chain(self._held_in(self._home_of(result)).items(), self._elsewhere.items())
        return min((number for name, number in held if likely.fullmatch(name)), default=None)

    def numbers(self, name: str) -> list[int]:
        """Return the number of a result, or all numbers of a folder's results, in order; a folder ends with a slash."""
        if not name.endswith("/"):
            return [] if (number := self.find(name)) is None else [number]
        if len(_folders_of(name)) < self._depth:  # a folder above the days
            return [number for number, (result, _) in enumerate(self.each()) if result.startswith(name)]
        held = (self._held_in(self._home_of(name)), self._elsewhere)
        return sorted(number for results in held for number in results.folders.get(name, ()))

    def each(self) -> Iterator[tuple[str, int]]:
        """Yield each result with the index of its table, in the order of their numbers."""
        for table in range(len(self._firsts)):
            yield from ((result, table) for result in self._load(table))

    def table_of(self, number: int) -> int:
        """Return the index of the table to which a result was added."""
        return bisect_right(self._firsts, number) - 1

    def note(self, number: int, why: str) -> None:
        """Note why a result has no features: one of few texts."""
        if why not in self._whys:
            self._whys.append(why)
        self._why[number] = self._whys.index(why)

    def why(self, number: int) -> str:
        """Return why a result has no features, "" where it has some."""
        return self._whys[self._why[number]]

    def _home_of(self, path: str) -> int | None:
        """Return the table in which a result is looked for: of the day in whose folder it lies, else of no day."""
        folders = _folders_of(path)
        its = self._homes.get("/".join(folders[: self._depth])) if len(folders) >= self._depth else None
        return self._homes.get("") if its is None else its

    def _held_in(self, table: int | None) -> _Numbers:
        """Return the results of a table, as far as it was read; none where there is no such table."""
        if table is None or table >= len(self._firsts):
            return _Numbers()
        if table == len(self._firsts) - 1:
            return self._last
        if table in self._kept:
            self._kept.move_to_end(table)
        else:
            self._kept[table] = _Numbers((result, n) for n, result in enumerate(self._load(table), self._firsts[table]))
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[table]

    def _load(self, table: int) -> list[str]:
        self._file.flush()
        end = self._places[table + 1] if table + 1 < len(self._places) else self._end
        told = os.pread(self._file.fileno(), end - self._places[table], self._places[table])
        return told.decode("utf-8", "surrogateescape").split("\n")[:-1]


def find_folders(path: str) -> Iterator[str]:
    """Yield the folders above ``path``, each with a slash: a result may be a folder in which a table names a file."""
    parts = path.split("/")
    return ("/".join(parts[:n]) + "/" for n in range(1, len(parts)))


def _folders_of(path: str) -> list[str]:
    """Return the folders of a path without the first, which is Results or MaskedVideos."""
    return path.split("/")[1:-1]
