"""The maps in .rwa files of TRamWAy, read by h5py; TRamWAy itself is not needed, Python 3.7 or newer is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from day_files import Unusable

if TYPE_CHECKING:  # what Python 3.7 could not do as it runs
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

MESH = "mesh"
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Region:
    """One mesh with its maps, a value a cell in each array; "" is the name where a file has no regions.

    ``x`` and ``y`` are the cells' centres, ``locations`` and ``trajectories`` how many each holds (where cells overlap
    a location counts in each), ``maps`` the features by name, NaN where nothing was inferred.
    """

    name: str
    x: Values
    y: Values
    locations: Counts
    trajectories: Counts
    maps: Mapping[str, Values]


def load_regions(rwa: Path, mode: str) -> list[Region]:
    """Return the regions of a .rwa that have maps under this label. Raises Unusable where there are none."""
    try:
        with h5py.File(str(rwa), "r") as file:
            found = list(_regions(file["analyses"], "", mode))
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise Unusable(f"cannot be read ({' '.join(str(error).split())})") from None
    if not found:
        raise Unusable(f"has no maps called {mode}")
    return found


def _regions(tree: Any, name: str, mode: str) -> Iterator[Region]:
    """Yield what has maps: this tree's own mesh, or that of each region in it."""
    for label, inner in _instances(tree):
        maps = dict(_instances(inner)).get(mode)
        if label == MESH and maps is not None:
            yield _region(name, tree["_data"], inner["_data"], maps["_data"])
        elif label != MESH:
            yield from _regions(inner, label, mode)


def _instances(tree: Any) -> list[tuple[str, Any]]:
    return list(tree["_instances/items"].items()) if "items" in tree["_instances"] else []


def _region(name: str, locations: Any, partition: Any, maps: Any) -> Region:
    centres = _centres(partition["_tessellation"])
    number = _columns(locations)["n"]
    where, cells = _assignments(partition["_cell_index"])
    features = _columns(maps["maps"])
    known = np.array(maps["maps/index/data"][()], np.int64)
    pairs = np.unique(np.stack([cells, number[where].astype(np.int64)]), axis=1)
    return Region(
        name,
        centres[:, 0],
        centres[:, 1],
        _count(cells, len(centres)),
        _count(pairs[0], len(centres)),
        {feature: _spread(values, known, len(centres)) for feature, values in features.items()},
    )


def _count(cells: Any, number: int) -> Counts:
    return np.bincount(cells, minlength=number).astype(np.int64)


def _centres(mesh: Any) -> Values:
    """Return the cells' centres in the units of the locations: a mesh made with -w keeps them scaled."""
    centres = mesh["_cell_centers"][()].astype(np.float64)
    for part, put in (("factor", np.multiply), ("center", np.add)):
        if f"scaler/{part}" in mesh:
            centres = put(centres, mesh[f"scaler/{part}/data"][()])
    return np.asarray(centres, np.float64)


def _assignments(index: Any) -> tuple[Any, Any]:
    """Return which location is in which cell: pairs where cells overlap, else a cell for each location or -1."""
    if isinstance(index, h5py.Group):
        return index["0"][()], index["1"][()]
    cells = index[()]
    return np.flatnonzero(cells >= 0), cells[cells >= 0]


def _columns(frame: Any) -> dict[str, Any]:
    keys, values = frame["data/keys"], frame["data/values"]
    return {keys[key][()].decode("utf-8").replace(" ", "_"): values[key][()] for key in sorted(keys, key=int)}


def _spread(values: Any, known: Any, cells: int) -> Values:
    whole = np.full(cells, UNKNOWN)
    whole[known] = values
    return whole


def find_maps(results: Path, day: str, mode: str) -> list[Path]:
    """Return a day's .rwa of the mode at any depth, sorted; day "" has those right in ``results``, and no deeper."""
    found: list[Path] = []
    for folder, inner, names in os.walk(str(results / day)):
        inner[:] = [name for name in inner if day and not name.startswith(".")]
        found += [Path(folder, n) for n in names if n.endswith(f".{mode}.rwa") and not n.startswith(".")]
    return sorted(found)
