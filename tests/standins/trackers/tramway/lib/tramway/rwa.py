"""The parts of a .rwa file, in HDF5 of the form that the real one writes, with little in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import h5py
import numpy as np

KINDS = {
    "Analyses": "tramway.core.analyses.Analyses",
    "Partition": "tramway.tessellation.base.Partition",
    "Maps": "tramway.inference.base.Maps",
    "Mesh": "tramway.tessellation.grid.RegularMesh",
    "frame": "Python.pandas.core.frame.DataFrame",
    "dict": "Python.dict",
    "tuple": "Python.tuple",
}


def group(parent: Any, name: str, kind: str) -> Any:
    """Return a new group of a kind; one that is there is replaced."""
    if name in parent:
        del parent[name]
    made = parent.create_group(name)
    made.attrs["type"], made.attrs["version"] = np.bytes_(KINDS[kind]), np.bytes_("1")
    return made


def items(parent: Any, name: str, key_type: str = "unicode") -> Any:
    """Return the items of a dictionary, which has none of them while it is empty."""
    held = parent[name] if name in parent else group(parent, name, "dict")
    if "items" not in held:
        held.create_group("items").attrs["key type"] = np.bytes_(f"Python.{key_type}")
    return held["items"]


def tree(parent: Any, name: str) -> Any:
    """Return a new tree of analyses without instances."""
    made = group(parent, name, "Analyses")
    for part in ("_comments", "_instances", "_metadata"):
        group(made, part, "dict")
    return made


def frame(parent: Any, name: str, columns: Mapping[str, Any], index: Sequence[int] | None = None) -> None:
    """Write a table; without an index its rows are numbered from 0."""
    made = group(parent, name, "frame")
    for part in ("keys", "values"):
        made.create_group(f"data/{part}").attrs["homogeneous"] = np.bytes_("0")
    for number, (column, values) in enumerate(columns.items()):
        made[f"data/keys/{number}"] = np.bytes_(column)
        made[f"data/values/{number}"] = np.asarray(values)
    if index is not None:
        made["index/data"] = np.asarray(index, np.int64)
        return
    for part, value in (("_start", 0), ("_step", 1), ("_stop", len(next(iter(columns.values()))))):
        made[f"index/{part}"] = np.int64(value)


def column(table: Any, name: str) -> Any:
    """Return a table's column."""
    for key in table["data/keys"]:
        if table["data/keys"][key][()].decode() == name:
            return table["data/values"][key][()]
    raise KeyError(name)


def open_rwa(path: str, mode: str) -> Any:
    """Return a file; one that is cut short raises OSError as the real one fails."""
    return h5py.File(path, mode)
