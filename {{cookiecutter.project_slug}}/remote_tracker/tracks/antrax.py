"""Read the tracks that anTraX exported for one movie: its xy_N_N.mat, one for each colony, which are HDF5."""

from __future__ import annotations

import os
from typing import Any

import h5py
import numpy as np

from ..checks.clause import Fault
from ..checks.h5py_files import damage
from ..named_tuple import NamedTuple
from .arrange import Named, Numbers, Sightings, arrange, only_centroids
from .given import Given
from .tracks import Tracks

SOURCE = "anTraX"


class Ant(NamedTuple):
    """The frames of a movie in which an ant was seen, and where."""

    name: str
    frame: Numbers
    x: Numbers
    y: Numbers
    frames: int  # in the movie


def read_antrax(given: Given) -> Tracks:
    """Return the ants' positions in a movie, by the movie's own frames; in several colonies an ant is <colony>/<ant>.

    The frame rate is the session's own, in its movies_info.txt. Raises Fault where a file is not whole.
    """
    ants = [ant for path in sorted(given.paths) for ant in _read_ants(path)]
    if not given.paths:
        raise Fault("is no file, expected the tracks of a movie")
    counts = [len(ant.frame) for ant in ants]
    who = Named(tuple(ant.name for ant in ants), np.repeat(np.arange(len(ants)), counts))
    frame, x, y = (np.concatenate([np.empty(0), *(ant[at] for ant in ants)]) for at in (1, 2, 3))
    looked_at = np.arange(max((ant.frames for ant in ants), default=0))
    made = arrange(Sightings(frame, who, only_centroids(len(frame)), x, y), looked_at)
    return Tracks(*made, fps=find_rate(given.paths[0]) or given.fps, source=SOURCE, unit=given.unit)


def _read_ants(path: str) -> list[Ant]:
    folder = os.path.basename(os.path.dirname(path))
    colony = "" if folder == "antdata" else f"{folder}/"
    with damage(path), h5py.File(path) as file:
        names = sorted(name for name in file if isinstance(file[name], h5py.Dataset))
        return [_read_ant(colony + name, np.asarray(file[name], dtype=np.float64)) for name in names]


def _read_ant(name: str, rows: Any) -> Ant:
    """Return an ant from its rows of x, y, orientation and certainty, a column for each frame of the movie."""
    if rows.ndim != 2 or rows.shape[0] not in (3, 4):
        raise Fault(f"has the table {name} of {' x '.join(map(str, rows.shape))}, expected 3 or 4 rows")
    seen = np.flatnonzero(np.isfinite(rows[0]) & np.isfinite(rows[1]))
    return Ant(name, seen, rows[0, seen], rows[1, seen], rows.shape[1])


def find_rate(path: str) -> float | None:
    """Return a movie's frames per second, from parameters/movies_info.txt of its session; None where it stands not."""
    antdata = os.path.dirname(path)
    while os.path.basename(antdata) not in ("antdata", ""):
        antdata = os.path.dirname(antdata)
    movie = os.path.basename(path).removesuffix(".mat").rpartition("_")[2]
    try:
        with open(os.path.join(os.path.dirname(antdata), "parameters", "movies_info.txt"), encoding="utf-8") as file:
            head, *lines = (line.split() for line in file if line.strip())
        told = (dict(zip(head, line, strict=False)) for line in lines)
        return next((float(movies["fps"]) for movies in told if movies.get("index") == movie), None)
    except (FileNotFoundError, ValueError, KeyError):
        return None
