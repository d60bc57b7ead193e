"""Read a tidy CSV table: a row for each animal (and part of it) in each frame in which it is seen."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import filterfalse, islice
from operator import methodcaller

import numpy as np

from ..checks.clause import Absent, Fault
from ..text.counted import number_of
from .arrange import (
    Numbers,
    Sightings,
    arrange,
    arrange_sizes,
    name_individuals,
    name_keypoints,
    only_centroids,
)
from .given import Given
from .times import find_times, first_times
from .tracks import Tracks

ROWS_AT_ONCE = 1000  # are held beside the columns
_IS_REMARK = methodcaller("startswith", "#")
ONLY = "0"  # what the animal is called where a table has no column for that


def read_tidy(given: Given) -> Tracks:
    """Return the positions in a CSV table, whose columns ``given`` names.

    Raises Fault where a column is missing, a cell is no number, or an animal stands in a frame twice.
    """
    columns = _read_columns(given.only_file(), given.columns)
    frame, x, y = (_numbers(columns[name], given.columns[name]) for name in ("frame", "x", "y"))
    if not np.equal(frame, np.floor(frame)).all() or (frame < 0).any():
        raise Fault(f'has something other than the number of a frame in its column "{given.columns["frame"]}"')
    sure = _numbers(columns["confidence"], given.columns["confidence"]) if "confidence" in columns else None
    individual = name_individuals(columns.get("individual", [ONLY] * len(frame)))
    keypoint = name_keypoints(columns["keypoint"]) if "keypoint" in columns else only_centroids(len(frame))
    size = _numbers(columns["size"], given.columns["size"]) if "size" in columns else None
    seen = Sightings(frame, individual, keypoint, x, y, sure, size)
    made = arrange(seen)
    times = None
    if "time" in columns:
        seconds = first_times(made.frames, frame.astype(np.int64), _numbers(columns["time"], given.columns["time"]))
        times = find_times(made.frames, seconds, given.fps)
    return Tracks(
        *made, fps=given.fps, source=given.program, unit=given.unit, times=times, size=arrange_sizes(seen, made)
    )


def _read_columns(path: str, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the cells of each column that is named, as text. Raises Fault, UnicodeDecodeError or OSError."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(filterfalse(_IS_REMARK, file))
        head = next(rows, [])
        for name in names.values():
            if name not in head:
                raise Absent(f'has no column "{name}"; it has {", ".join(head)}')
        places = {word: head.index(name) for word, name in names.items()}
        found: dict[str, list[str]] = {word: [] for word in names}
        before = 1
        while part := [*islice(rows, ROWS_AT_ONCE)]:
            whole = [row for row in part if len(row) == len(head)]
            if len(whole) < len(part):
                _require_whole(part, len(head), before)
            for word, place in places.items():
                found[word] += [row[place] for row in whole]
            before += len(part)
    return found


def _require_whole(rows: Sequence[Sequence[str]], cells: int, before: int) -> None:
    """Raise Fault where a row that is not empty has another number of cells; so many rows came ``before``."""
    for number, row in enumerate(rows, before + 1):
        if row and len(row) != cells:
            raise Fault(f"is cut short or damaged: row {number} has {number_of(len(row), 'cells')}, expected {cells}")


def _numbers(cells: Sequence[str], name: str) -> Numbers:
    """Return cells as numbers, NaN for an empty cell; raises Fault, which names the column."""
    with suppress(ValueError):  # numpy alone takes a third of the time, but knows no empty cell
        return np.array(cells, dtype=np.float64)
    try:
        return np.array([float(cell) if cell.strip() else np.nan for cell in cells], dtype=np.float64)
    except ValueError as error:
        raise Fault(f'has a cell that is no number in its column "{name}": {error}') from None
