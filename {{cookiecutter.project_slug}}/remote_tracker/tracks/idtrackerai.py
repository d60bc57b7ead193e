"""Read the trajectories in a session folder of idtracker.ai 6."""

from __future__ import annotations

import json
import os
from typing import Any

import h5py
import numpy as np

from ..checks.clause import Fault
from ..checks.h5py_files import damage
from .arrange import CENTROID
from .given import Given
from .tracks import Tracks

SOURCE = "idtracker.ai"


def read_idtrackerai(given: Given) -> Tracks:
    """Return the trajectories in a session folder; an animal is called by its number, from 0, as in the tables.

    The frame rate is the session's own. An animal has its median area wherever it is seen. Raises Fault where the
    trajectories are missing or not whole.
    """
    session = given.only_file()
    path = os.path.join(session, "trajectories", "trajectories.h5")
    if not os.path.exists(path):
        raise Fault("has no trajectories/trajectories.h5")
    with damage(path), h5py.File(path) as file:
        places = file["trajectories"][()].astype(np.float64)
        sure = _read_probabilities(file, places.shape[:2])
        areas = np.asarray(file["areas/median"][()], dtype=np.float64) if "areas/median" in file else None
    if places.ndim != 3 or places.shape[2] != 2:
        raise Fault(f"has trajectories of the shape {places.shape}, expected (frames, animals, 2)")
    animals = tuple(str(number) for number in range(places.shape[1]))
    positions = places.transpose(0, 2, 1)[:, :, None, :]
    fps = load_fps(session) or given.fps
    size = None
    if areas is not None and areas.shape == places.shape[1:2]:
        size = np.where(np.isfinite(places).all(axis=2), areas, np.nan)
    return Tracks(np.arange(len(places)), positions, sure[:, None, :], animals, (CENTROID,), fps, SOURCE, size=size)


def load_fps(session: str) -> float | None:
    """Return the frames per second that session.json says, None where it says none; raises Fault for a damaged file."""
    try:
        with open(os.path.join(session, "session.json"), encoding="utf-8") as file:
            said = json.load(file).get("frames_per_second")
    except (ValueError, AttributeError) as error:
        raise Fault(f"has a session.json that is not whole: {error}") from None
    is_rate = isinstance(said, (int, float)) and not isinstance(said, bool) and said > 0
    return float(said) if is_rate else None


def _read_probabilities(file: Any, shape: tuple[int, ...]) -> Any:
    """Return how sure the identity of each animal is in each frame; NaN where identities were not asked for."""
    if "id_probabilities" not in file:
        return np.full(shape, np.nan)
    return file["id_probabilities"][()].astype(np.float64).reshape(shape)
