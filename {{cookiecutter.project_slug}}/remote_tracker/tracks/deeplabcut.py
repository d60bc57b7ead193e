"""Read the table that DeepLabCut wrote for a video: its CSV, which holds what its HDF5 holds."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence

import numpy as np

from ..checks.clause import Fault
from .arrange import Numbers, require_room
from .given import Given
from .tracks import Tracks

SOURCE = "DeepLabCut"
HEADS = ("scorer", "individuals", "bodyparts", "coords")
ONLY = "0"  # what the animal is called where DeepLabCut was trained for a single animal
ANALYZED = "analyzed.json"  # beside the table: how many frames were looked at


def read_deeplabcut(given: Given) -> Tracks:
    """Return the positions in a CSV table of DeepLabCut, of one or several animals, by the frame numbers in it.

    A part that only one animal has, as a door, is NaN for the others. Raises Fault where the table is not whole.
    """
    path = given.only_file()
    with open(path, encoding="utf-8", newline="") as file:
        text = file.read()
    if not text.endswith("\n"):
        raise Fault("is cut short")
    lines = list(csv.reader(text.splitlines()))
    heads = {line[0]: line[1:] for line in lines[:4] if line and line[0] in HEADS}
    if not {"bodyparts", "coords"} <= heads.keys():
        raise Fault("has no rows called bodyparts and coords above its numbers")
    frames, values = _read_rows(lines[len(heads) :], len(heads["coords"]))
    animals = heads.get("individuals", [ONLY] * len(heads["coords"]))
    individuals, keypoints = tuple(dict.fromkeys(animals)), tuple(dict.fromkeys(heads["bodyparts"]))
    every = np.union1d(frames, np.arange(_load_frames(os.path.dirname(path)))).astype(np.int64)
    positions, sure = _arrange(heads, animals, (individuals, keypoints), np.searchsorted(every, frames), values, every)
    return Tracks(every, positions, sure, individuals, keypoints, given.fps, SOURCE)


def _read_rows(lines: Sequence[Sequence[str]], width: int) -> tuple[Numbers, Numbers]:
    """Return the numbers of the frames, and the cells behind them."""
    try:
        frames = np.array([int(line[0]) for line in lines], dtype=np.int64)
        values = np.array([[float(cell) if cell else np.nan for cell in line[1:]] for line in lines], dtype=np.float64)
        values = values.reshape(len(lines), width)
    except (ValueError, IndexError) as error:
        raise Fault(f"has a row that is cut short or damaged: {error}") from None
    if len(np.unique(frames)) != len(frames):
        raise Fault("has a frame twice")
    return frames, values


def _arrange(
    heads: Mapping[str, Sequence[str]],
    animals: Sequence[str],
    names: tuple[Sequence[str], Sequence[str]],
    row: Numbers,
    values: Numbers,
    every: Numbers,
) -> tuple[Numbers, Numbers]:
    """Return positions and likelihoods; ``row`` holds the place in ``every`` of each row of ``values``."""
    individuals, keypoints = names
    shape = (len(every), len(keypoints), len(individuals))
    require_room(*shape)
    positions, sure = np.full((shape[0], 2, *shape[1:]), np.nan), np.full(shape, np.nan)
    for column, (animal, part, coord) in enumerate(zip(animals, heads["bodyparts"], heads["coords"], strict=True)):
        who, which = individuals.index(animal), keypoints.index(part)
        if coord == "likelihood":
            sure[row, which, who] = values[:, column]
        elif coord in ("x", "y"):
            positions[row, "xy".index(coord), which, who] = values[:, column]
    return positions, sure


def _load_frames(folder: str) -> int:
    """Return how many frames DeepLabCut looked at, 0 where nothing says it."""
    try:
        with open(os.path.join(folder, ANALYZED), encoding="utf-8") as file:
            return int(json.load(file)["frames"])
    except FileNotFoundError:
        return 0
    except (ValueError, LookupError, TypeError) as error:
        raise Fault(f"has a damaged {ANALYZED} beside it: {error}") from None
