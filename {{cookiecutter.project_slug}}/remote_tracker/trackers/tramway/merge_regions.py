"""Put the regions of one file into one .rwa: python merge_regions.py OUT LABEL REGION.LABEL.part.rwa...

Each region stays a tree of its own under its name: its locations, the mesh, the maps. TRamWAy reads the whole as one
file (python -m tramway -i OUT dump). Needs h5py and numpy, not TRamWAy; Python 3.7 or newer.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import h5py
import numpy as np

TREE, DATA, INNER = "analyses", "analyses/_data", "analyses/_instances"
COLUMNS = DATA + "/data/values"


class Unusable(Exception):
    """A file cannot be used; the message says why."""


def name_regions(parts: list[str], label: str) -> dict[str, str]:
    """Return region -> file, in the order given. Raises Unusable for a file with another ending."""
    ending = "." + label + ".part.rwa"
    for part in parts:
        if not part.endswith(ending):
            raise Unusable(f"{part}: is not called REGION{ending}")
    return {os.path.basename(part)[: -len(ending)]: part for part in parts}


def merge(out: str, label: str, regions: dict[str, str]) -> None:
    """Write each region's tree into ``out`` under the region's name, and the locations of all regions above the trees.

    The trajectories are numbered anew. Raises Unusable where a file cannot be opened or has no maps under ``label``.
    """
    with h5py.File(out, "w") as whole:
        for region, part in regions.items():
            with _open(part) as file:
                if f"{INNER}/items/mesh/_instances/items/{label}/_data/maps" not in file:
                    raise Unusable(f"{part}: has no maps called {label}")
                if TREE not in whole:
                    _begin(whole, file)
                file.copy(file[TREE], whole[INNER + "/items"], region)
        _gather(whole, list(regions))


def _open(part: str) -> Any:
    try:
        return h5py.File(part, "r")
    except OSError as error:
        raise Unusable(f"{part}: {error}") from None


def _begin(whole: Any, first: Any) -> None:
    """Begin a tree with the form of locations and the metadata of the first region, without regions in it."""
    tree = whole.create_group(TREE)
    tree.attrs.update(first[TREE].attrs)
    for name in first[TREE]:
        if name != "_instances":
            first.copy(first[TREE][name], tree, name)
    inner = tree.create_group("_instances")
    inner.attrs.update(first[INNER].attrs)
    items = inner.create_group("items")
    items.attrs["key type"] = np.bytes_("Python.unicode")


def _gather(whole: Any, regions: list[str]) -> None:
    """Set the tree's own locations to the locations of all regions in turn, with trajectories numbered on."""
    trees = [whole[INNER + "/items"][region] for region in regions]
    columns = [[tree["_data/data/values"][key][()] for tree in trees] for key in sorted(whole[COLUMNS], key=int)]
    before = 0
    for place, numbers in enumerate(columns[0]):
        columns[0][place] = numbers + before
        before += int(numbers.max())
    for key, values in enumerate(columns):
        _replace(whole, f"{COLUMNS}/{key}", np.concatenate(values))
    _replace(whole, DATA + "/index/_stop", np.int64(sum(map(len, columns[0]))))


def _replace(whole: Any, name: str, value: Any) -> None:
    said = dict(whole[name].attrs)
    del whole[name]
    whole.create_dataset(name, data=value).attrs.update(said)


def main() -> int:
    """Merge the regions that the command line names; return the exit code."""
    if len(sys.argv) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    out, label, parts = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        regions = name_regions(parts, label)
        merge(out, label, regions)
    except (Unusable, OSError, KeyError, ValueError, RuntimeError) as error:
        print(f"merge_regions.py: {error}", file=sys.stderr)
        if os.path.exists(out):
            os.remove(out)
        return 1
    print(f"{len(regions)} regions: {', '.join(regions)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
