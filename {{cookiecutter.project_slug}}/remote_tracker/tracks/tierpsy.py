"""Read the centroids of worms in a file of Tierpsy Tracker: its table trajectories_data, in pixels."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

from ..checks.clause import Absent
from ..checks.h5py_files import damage
from .arrange import Sightings, arrange, arrange_sizes, name_individuals, only_centroids
from .given import Given
from .times import find_times, first_times
from .tracks import Scale, Tracks

SOURCE = "Tierpsy Tracker"
TABLE = "trajectories_data"


def read_tierpsy(given: Given) -> Tracks:
    """Return the worms' centroids, joined trajectories alone; a worm is called by its worm_index_joined.

    Raises Fault where the table is missing or the file is not whole.
    """
    path = given.only_file()
    with damage(path), h5py.File(path) as file:
        if TABLE not in file:
            raise Absent(f"has no {TABLE}")
        table, fps = file[TABLE][()], _read_fps(file[TABLE].attrs) or given.fps
        scale = _read_scale(file[TABLE].attrs)
    table = table[table["worm_index_joined"] >= 0]
    frame, x, y, time = (
        table[name].astype(np.float64) for name in ("frame_number", "coord_x", "coord_y", "timestamp_time")
    )
    individual = name_individuals([str(number) for number in table["worm_index_joined"].tolist()])
    area = table["area"].astype(np.float64) if "area" in (table.dtype.names or ()) else None
    seen = Sightings(frame, individual, only_centroids(len(frame)), x, y, size=area)
    made = arrange(seen)
    times = find_times(made.frames, first_times(made.frames, frame, time), fps)
    sizes = arrange_sizes(seen, made)
    return Tracks(*made, fps=fps, source=SOURCE, times=times, size=sizes, scale=scale)


def _read_fps(said: Any) -> float | None:
    """Return the frames per second; None where Tierpsy did not know it, and counted in frames."""
    unit = said.get("time_units", b"")
    unit = unit.decode() if isinstance(unit, bytes) else str(unit)
    fps = float(said.get("fps", 0.0))
    return fps if unit == "seconds" and fps > 0 else None


def _read_scale(said: Any) -> Scale | None:
    """Return how long a pixel is; None where Tierpsy was not told it, and calls lengths pixels."""
    unit = said.get("xy_units", b"")
    unit = unit.decode() if isinstance(unit, bytes) else str(unit)
    size = float(said.get("microns_per_pixel", 0.0))
    return Scale(size, "µm") if unit == "micrometers" and size > 0 else None
