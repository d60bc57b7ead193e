"""What the stand-in of TRamWAy does once its command line is read."""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np

from . import rwa

SCALE = 2.0


def die(verb: str) -> None:
    """Be killed, where a test asks for that."""
    if os.environ.get("STANDIN_DIES") == verb:
        os.kill(os.getpid(), signal.SIGKILL)


def load_locations(path: str) -> Any:
    """Return n x y t of each location; raises ValueError for what is no such table."""
    rows = [line.split() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
    if not rows or any(len(row) != len(rows[0]) for row in rows) or len(rows[0]) < 4:
        raise ValueError("too many specified columns")
    return np.array(rows, np.float64)


def tessellate(typed: argparse.Namespace) -> None:
    """Write a .rwa with the locations and a mesh of unit squares, in the order of their lower corners."""
    table = load_locations(typed.input)
    corners, cell = np.unique(np.floor(table[:, 1:3]), axis=0, return_inverse=True)
    with rwa.open_rwa(typed.output, "w") as file:
        top = rwa.tree(file, "analyses")
        columns = {"n": table[:, 0].astype(np.int64), "x": table[:, 1], "y": table[:, 2], "t": table[:, 3]}
        rwa.frame(top, "_data", columns)
        die("tessellate")
        inner = rwa.tree(rwa.items(top, "_instances", "unicode" if typed.label else "int"), typed.label or "0")
        partition = rwa.group(inner, "_data", "Partition")
        mesh = rwa.group(partition, "_tessellation", "Mesh")
        scaler = mesh.create_group("scaler")
        if typed.w:
            scaler["center/data"], scaler["factor/data"] = table[:, 1:3].mean(axis=0), np.full(2, SCALE)
        centre, factor = (scaler["center/data"][()], SCALE) if typed.w else (0.0, 1.0)
        mesh["_cell_centers"] = (corners + 0.5 - centre) / factor
        cell = cell.reshape(-1).astype(np.int64)
        if typed.knn:
            pairs = rwa.group(partition, "_cell_index", "tuple")
            pairs["0"], pairs["1"] = np.arange(len(cell)), cell
        else:
            partition["_cell_index"] = cell


def infer(typed: argparse.Namespace) -> None:
    """Add maps to a mesh, in the file itself: of each cell the mean of the steps that begin in it."""
    with rwa.open_rwa(typed.output or typed.input, "r+") as file:
        inner = file["analyses/_instances/items"][typed.input_label]
        maps = features_of(file["analyses/_data"], inner["_data/_cell_index"], typed.mode)
        held = rwa.items(inner, "_instances", "unicode" if typed.output_label else "int")
        made = rwa.tree(held, typed.output_label or str(len(held)))
        file.flush()
        die("infer")
        told = rwa.group(made, "_data", "Maps")
        told["mode"] = np.bytes_(typed.mode)
        cells, columns = maps
        rwa.frame(told, "maps", columns, cells)


def features_of(table: Any, index: Any, mode: str) -> tuple[Any, dict[str, Any]]:
    """Return the cells in which steps begin, and what is inferred of them."""
    n, x, y, t = (rwa.column(table, name) for name in "nxyt")
    cell = index["1"][()] if hasattr(index, "keys") else index[()]
    start = np.flatnonzero(np.diff(n) == 0)
    dx, dy, dt = (np.diff(values)[start] for values in (x, y, t))
    cells = np.unique(cell[start])

    def mean(values: Any) -> Any:
        return np.array([values[cell[start] == one].mean() for one in cells])

    columns = {"diffusivity": mean((dx**2 + dy**2) / (4 * dt))}
    if mode in ("dd", "df"):
        word = "drift" if mode == "dd" else "force"
        columns |= {f"{word} x": mean(dx / dt), f"{word} y": mean(dy / dt)}
    if mode == "dv":
        columns["potential"] = np.zeros(len(cells))
    return cells, columns


def dump(typed: argparse.Namespace) -> None:
    """Print what is in a file."""
    with rwa.open_rwa(typed.input, "r") as file:
        print(f"in {typed.input}:")
        for label, inner in file["analyses/_instances/items"].items():
            print(f"\t\t{label!r} <class '{inner['_data'].attrs['type'].decode()}'>")
            for name in inner["_instances"].get("items", ()):
                print(f"\t\t\t{name!r} <class 'tramway.inference.base.Maps'>")


VERBS = {"tessellate": tessellate, "infer": infer, "dump": dump}
