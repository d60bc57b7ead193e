"""Keep in a file, not in memory, what the table of animals repeats of each result's video: day, video, lab's cells."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import BinaryIO

from ..named_tuple import NamedTuple
from ..summaries.write import plain_cell, safe_cell


class Owner(NamedTuple):
    """The video of a result, as each row of the result's animals repeats it."""

    video: str  # the cells day and video, as they are written
    lab: str = ""  # the lab's cells, as they are written; "" where all are empty


class Owners:
    """The owner of each result in the joined tables, by file_id.

    ``file`` is empty, and in use as long as owners are asked for; ``results`` is the number of results.
    """

    def __init__(self, file: BinaryIO, results: int) -> None:
        self._file, self._end = file, file.write(b"\n")
        self._places = array("Q", bytes(8 * results))  # of each result where its owner stands in the file; 0: nowhere

    def __contains__(self, file_id: int) -> bool:
        return bool(self._places[file_id])

    def add(self, file_id: int, day: str, video: str, lab: Sequence[str]) -> None:
        """Note the video of a result, which replaces another; empty cells of the lab replace none that are filled."""
        told = ",".join(map(plain_cell, lab)) if any(lab) else self.of(file_id).lab if file_id in self else ""
        self._places[file_id] = self._file.seek(self._end)
        line = json.dumps([f"{safe_cell(day)},{safe_cell(video)}", told])  # in ASCII, with no line break inside
        self._end += self._file.write(f"{line}\n".encode())

    def of(self, file_id: int) -> Owner:
        """Return the owner of a result, which was added."""
        self._file.seek(self._places[file_id])
        return Owner(*json.loads(self._file.readline()))
