"""Read columns of the joined table of animals, some rows at a time: the whole table may be larger than the memory."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from ..errors import RemoteTrackerError

CELLS = 100_000  # that are held at a time, about
LONGEST_CELL = 1 << 26


@dataclass(frozen=True)
class JoinedAnimals:
    """The table's file and the names of its columns."""

    path: Path
    name: str  # in messages, as Results/joined/animals.csv
    columns: tuple[str, ...]
    rows: int  # about how many it has, by the length of the first rows

    def read(self, names: Sequence[str]) -> Iterator[list[Sequence[str]]]:
        """Yield the cells of the columns with these names, each column's together, of some rows after the other.

        Raises RemoteTrackerError, which names the row, for a row with another number of cells.
        """
        places = [self.columns.index(name) for name in names]
        with _open(self.path, self.name) as file:
            rows = _rows(file, self.name, len(self.columns), max(places, default=0))
            next(rows, None)
            while block := list(islice(rows, max(1, CELLS // len(self.columns)))):
                yield [[row[at] for row in block] for at in places]


def open_animals(path: Path, name: str) -> JoinedAnimals:
    """Return the table at ``path``; raises RemoteTrackerError where it has no head, or cannot be read."""
    with _open(path, name) as file:
        columns = next(csv.reader(file), [])
        first = "".join(islice(file, 100))
        lines = first.count("\n")
    if not columns or len(set(columns)) != len(columns):
        raise _damaged(name, "its first line does not name its columns")
    if not _ends_a_line(path):
        raise _damaged(name, "its last line is cut off")
    rows = os.stat(path).st_size * lines // len(first) if first else 0
    return JoinedAnimals(path, name, tuple(columns), rows)


def _open(path: Path, name: str) -> TextIO:
    csv.field_size_limit(LONGEST_CELL)
    try:
        return open(path, encoding="utf-8", errors="surrogateescape", newline="")
    except OSError as error:
        raise _damaged(name, f"it cannot be read ({error.strerror})") from None


def _ends_a_line(path: Path) -> bool:
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _damaged(name: str, what: str) -> RemoteTrackerError:
    return RemoteTrackerError(f"{name}: {what}. Join again:  ./rt join")


def _rows(file: TextIO, name: str, width: int, last: int) -> Iterator[list[str]]:
    """Yield the cells of each row, at least those up to the column ``last``; csv reads those alone that hold quotes."""
    number = 0
    try:
        for line in file:
            number += 1
            quick = '"' not in line
            row = (
                line.rstrip("\r\n").split(",", last + 1)
                if quick
                else next(csv.reader(chain([line], file), strict=True))
            )
            if (line.count(",") + 1 if quick else len(row)) != width:
                raise _damaged(name, f"row {number} has not as many cells as the first")
            yield row
    except (csv.Error, OSError) as error:
        raise _damaged(name, f"row {number} cannot be read ({error})") from None
