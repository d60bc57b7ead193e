"""Read the trajectories of molecules that a .rwa file of TRamWAy holds beside its maps: the columns n, x, y and t."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import h5py
import numpy as np

from ..checks.clause import Absent, Fault
from ..checks.h5py_files import damage
from .arrange import Numbers, Sightings, arrange, name_individuals, only_centroids
from .given import Given
from .tracks import Tracks

SOURCE = "TRamWAy"
NEEDED = ("n", "x", "y", "t")
_EVEN = 0.1  # of a step: times that lie farther from even times are not evenly spaced


def read_tramway(given: Given) -> Tracks:
    """Return the trajectories in a .rwa file, of all regions where it has regions; each is called by its number n.

    A frame is a step of time. Raises Fault where the file holds no trajectories, or is not whole.
    """
    path = given.only_file()
    with damage(path), h5py.File(path) as file:
        tables = [_read_table(data) for data in _find_tables(file["analyses"])]
    if not tables:
        raise Absent("has no table of trajectories: columns n, x, y and t")
    rows = np.unique(np.concatenate(tables), axis=0)  # a location stands in each region that holds it
    number, x, y, time = rows.T
    if not np.isfinite(time).all():
        raise Fault("has a location without a time")
    frame, fps, times = _find_frames(time)
    who = name_individuals([f"{one:.0f}" for one in number.tolist()])
    made = arrange(Sightings(frame, who, only_centroids(len(frame)), x, y))
    return Tracks(*made, fps=fps, source=SOURCE, unit=given.unit, times=times)


def _find_tables(tree: Any) -> Iterator[Any]:
    """Yield the tables of locations of a tree of analyses: its own, or where it has none the tables of its regions."""
    if "_data" in tree and "data/keys" in tree["_data"]:
        yield tree["_data"]
        return
    items = tree["_instances"].get("items", {}) if "_instances" in tree else {}
    for label in items:
        if "_instances" in items[label]:
            yield from _find_tables(items[label])


def _read_table(frame: Any) -> Numbers:
    """Return the rows of a table of pandas, each n, x, y, t; raises Absent where it lacks one of the columns."""
    keys, values = frame["data/keys"], frame["data/values"]
    columns = {keys[key][()].decode("utf-8"): values[key][()] for key in keys}
    for name in NEEDED:
        if name not in columns:
            raise Absent(f'has locations without a column "{name}"; it has {", ".join(sorted(columns))}')
    found: Numbers = np.column_stack([columns[name].astype(np.float64) for name in NEEDED])
    return found


def _find_frames(time: Numbers) -> tuple[Numbers, float | None, Numbers | None]:
    """Return each location's frame, the frames per second, and the frames' times where they are not evenly spaced."""
    every, place = np.unique(time, return_inverse=True)
    steps = np.diff(every)
    if not len(steps):
        return np.zeros(len(time)), None, None
    step = float(np.median(steps[steps < 1.5 * steps.min()]))
    frames = np.round(every / step)
    if frames[0] >= 0 and (np.abs(every / step - frames) <= _EVEN).all() and (np.diff(frames) > 0).all():
        return frames[place.reshape(-1)], 1 / step, None
    return place.reshape(-1).astype(np.float64), None, every
