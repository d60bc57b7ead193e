"""Read the tables of animals that TRex wrote, a .npz each."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ..checks.clause import Fault
from ..named_tuple import NamedTuple
from .arrange import Numbers, Sightings, arrange, name_individuals, only_centroids
from .given import Given
from .times import find_times, first_times
from .tracks import Scale, Tracks

SOURCE = "TRex"
X, Y = ("X#wcentroid", "X"), ("Y#wcentroid", "Y")  # of each, the first column that is there is taken
PREFIXES = ("id", "fish")  # before an animal's number, since 2.0 and before


class Table(NamedTuple):
    """What a .npz tells of an animal."""

    animal: str
    frame: Numbers
    x: Numbers
    y: Numbers
    time: Numbers
    rate: float  # 0: not said
    px: float  # how many of the table's units of length are a pixel; 0: not said


def read_trex(given: Given) -> Tracks:
    """Return the positions in the tables of animals: in pixels where each says its cm_per_pixel, else in cm.

    Tables of postures and statistics beside them are left out. Raises Fault where no table is an animal's.
    """
    tables = [table for path in sorted(given.paths) if path.endswith(".npz") and (table := _read_table(path))]
    if not tables:
        raise Fault("has no table of an animal (.npz) in data/")
    size = tables[0].px if all(table.px == tables[0].px for table in tables) else 0.0
    frame, x, y, time = (np.concatenate([table[at] for table in tables]) for at in (1, 2, 3, 4))
    individual = name_individuals([table.animal for table in tables for _ in table.frame])
    scale = size or 1.0
    made = arrange(Sightings(frame, individual, only_centroids(len(frame)), x / scale, y / scale))
    fps = tables[0].rate or given.fps
    times = find_times(made.frames, first_times(made.frames, frame, time), fps)
    known = Scale(size, "cm") if size else None
    return Tracks(*made, fps=fps, source=SOURCE, unit="px" if size else "cm", times=times, scale=known)


def _read_table(path: str) -> Table | None:
    """Return the table of an animal, None where the file is another table."""
    try:
        with np.load(path) as table:
            if "frame" not in table or not set(X).intersection(table) or not set(Y).intersection(table):
                return None
            frame, x, y = (_column(table, names) for names in (("frame",), X, Y))
            time = _column(table, ("time",)) if "time" in table else np.full(len(frame), np.nan)
            rate, px = (_single(table, name) for name in ("frame_rate", "cm_per_pixel"))
    except (BadZipFile, EOFError, ValueError, KeyError) as error:
        raise Fault(f"has a damaged table {os.path.basename(path)}: {error}") from None
    seen = np.isfinite(x) & np.isfinite(y)  # TRex writes inf where an animal is missing
    return Table(_animal(path), frame[seen], x[seen], y[seen], time[seen], rate, px)


def _animal(path: str) -> str:
    """Return what the tables of features call the animal of a file, as "0" for data/<video>_id0.npz."""
    name, folder = os.path.basename(path).removesuffix(".npz"), os.path.dirname(os.path.dirname(path))
    for video in sorted(Path(folder).glob("*.results")):
        name = name.removeprefix(f"{video.stem}_")
    number = next((name.removeprefix(p) for p in PREFIXES if name.startswith(p)), "")
    return number if number.isdecimal() else name


def _column(table: Mapping[str, Any], names: Sequence[str]) -> Numbers:
    values: Numbers = table[next(name for name in names if name in table)].astype(np.float64)
    return values


def _single(table: Mapping[str, Any], name: str) -> float:
    return max(float(table[name].item()), 0.0) if name in table else 0.0
