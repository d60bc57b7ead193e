"""Read the maps in .rwa files of TRamWAy with h5py, without TRamWAy, in Python 3.7 or newer."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from day_files import Unusable

if TYPE_CHECKING:  # Python 3.7 has no such types at run time
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Counts = npt.NDArray[np.int64]

MESH = "mesh"
UNKNOWN = float("nan")


@dataclass(frozen=True)
class Region:
    """A mesh with its maps; each array has a value for each cell."""

    name: str  # "" where the file has no regions
    x: Values  # of the cells' centres
    y: Values
    locations: Counts  # how many a cell holds; where cells overlap, a location counts in each cell
    trajectories: Counts  # how many a cell holds
    maps: Mapping[str, Values]  # the features by name, NaN where nothing was inferred


def load_regions(rwa: Path, mode: str) -> list[Region]:
    """Return the regions of a .rwa that have maps with the label ``mode``. Raises Unusable where there are none."""
    try:
        with h5py.File(str(rwa), "r") as file:
            found = list(_regions(file["analyses"], "", mode))
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise Unusable(f"cannot be read ({' '.join(str(error).split())})") from None
    if not found:
        raise Unusable(f"has no maps called {mode}")
    return found


def _regions(tree: Any, name: str, mode: str) -> Iterator[Region]:
    """Yield the tree's own mesh if it has maps, and the meshes with maps of each region in the tree."""
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
    """Return the cells' centres in the units of the locations: a mesh made with -w stores scaled centres."""
    centres = mesh["_cell_centers"][()].astype(np.float64)
    for part, put in (("factor", np.multiply), ("center", np.add)):
        if f"scaler/{part}" in mesh:
            centres = put(centres, mesh[f"scaler/{part}/data"][()])
    return np.asarray(centres, np.float64)


def _assignments(index: Any) -> tuple[Any, Any]:
    """Return two arrays, locations and cells, that tell in pairs which location is in which cell.

    A file holds such pairs where cells overlap, else the cell of each location, -1 for none.
    """
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
    """Return a day's .rwa files of the mode at any depth, sorted; for day "" only files directly in ``results``."""
    found: list[Path] = []
    for folder, inner, names in os.walk(str(results / day)):
        inner[:] = [name for name in inner if day and not name.startswith(".")]
        found += [Path(folder, n) for n in names if n.endswith(f".{mode}.rwa") and not n.startswith(".")]
    return sorted(found)
