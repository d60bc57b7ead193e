"""hdf5: a file is whole, and holds a node, an attribute, rows; only a look inside needs h5py.

Files and nodes are opened by h5py's low-level interface: each opening and closing takes a third as long.
"""

from __future__ import annotations

import os
from contextlib import closing, nullcontext
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from ...text.counted import number_of
from .. import chunked_data, own_files
from ..clause import WHOLE, Absent, Fault, Files, Kind, OpenFiles, Option
from ..h5py_files import damage, is_too_new, load_h5py, open_hdf5
from ..places import examine_files
from ..regular_file import open_file
from ..superblock import find_truncation
from ..values import MOST_BYTES, differs, find_value, read_json, shown_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause

_WANTED = ("equals", "at_least", *own_files.OWN_OPTION_NAMES, "not_null")
_INSIDE = ("node", "attribute", "dataset")


def count_rows(path: str, dataset: str) -> int:
    """Return how many rows a dataset has; raises Fault or OSError, Fault where the file is not whole."""
    if reason := _truncation(path):
        raise Fault(reason)
    with damage(path), closing(open_hdf5(path)) as file:
        return _rows(_dataset(file, dataset), dataset)


def load_value(path: str, dataset: str, key: str) -> Any:
    """Return the value at a key of the JSON text in a dataset; raises Fault or OSError."""
    with damage(path), closing(open_hdf5(path)) as file:
        text = _plain(_shown(_dataset(file, dataset))[()])
    return find_value(read_json(text if isinstance(text, str) else ""), key)


def _examine(check: Clause, files: Files) -> str:
    with closing(OpenFiles()) if files.held is None else nullcontext(files.held) as held:
        return examine_files(check, files, partial(_judge, held, files.depth))


def _judge(held: OpenFiles, depth: int, path: str, options: Mapping[str, Any]) -> str:
    reason = "" if path == held.path else _truncation(path)
    if reason or not (depth == WHOLE or any(name in options for name in _INSIDE)):
        return reason
    with damage(path):
        return _judge_inside(held.take(path, open_hdf5), options) or _judge_data(held, depth, path, options)


def _judge_data(held: OpenFiles, depth: int, path: str, options: Mapping[str, Any]) -> str:
    """Judge what is stored: in the clause's own dataset; with the depth WHOLE once in each dataset of the file."""
    h5py, file = load_h5py(), held.take(path, open_hdf5)
    own = [_shown(_dataset(file, options["dataset"]))] if "dataset" in options else []
    holes = (lambda *_: "") if options.get("sparse") else chunked_data.find_holes
    reasons = [] if options.get("sparse") else [chunked_data.find_unwritten(h5py, one) for one in own]
    if depth < WHOLE:
        reasons += [chunked_data.find_unreadable(h5py, one, depth) for one in own]
    elif path not in held.judged:
        held.judged.add(path)
        every = chunked_data.all_datasets(h5py, file)
        unreadable = (holes(h5py, one) or chunked_data.find_unreadable(h5py, one, depth) for one in every)
        return next(filter(None, chain(reasons, unreadable)), "")
    return next(filter(None, reasons), "")


def _truncation(path: str) -> str:
    with open_file(path) as file:
        return find_truncation(file, os.fstat(file.fileno()).st_size)


def _judge_inside(file: Any, options: Mapping[str, Any]) -> str:
    node: Any = file
    if "node" in options:
        names = [options["node"]] if isinstance(options["node"], str) else options["node"]
        if (node := next((found for name in names if (found := _find(file, name)) is not None), None)) is None:
            return f"has no node {' or '.join(names)}"
    if "dataset" in options:
        node = _dataset(file, options["dataset"])
        if reason := _judge_dataset(node, options):
            return reason
    return _judge_attribute(node, options) if "attribute" in options else ""


def _judge_dataset(dataset: Any, options: Mapping[str, Any]) -> str:
    name, wanted = options["dataset"], options.get("rows", 0)
    if wanted and (count := _rows(dataset, name)) < wanted:
        return f"{name} has {number_of(count, 'rows')}, expected at least {wanted}"
    if "key" not in options or "attribute" in options:
        return ""
    shown = _shown(dataset)
    if shown.nbytes > MOST_BYTES:
        return f"{name} is larger than 64 MB: too large for JSON of facts"
    return _judge_value(name, shown[()], options)


def _judge_attribute(node: Any, options: Mapping[str, Any]) -> str:
    name, held = options["attribute"], _shown(node)
    try:
        value = held.attrs[name]
    except KeyError:
        if name in held.attrs:
            raise
        return "" if options.get("optional") else f"{held.name} has no attribute {name}"
    return _judge_value(f"attribute {name}", value, options)


def _judge_value(name: str, value: Any, options: Mapping[str, Any]) -> str:
    found = _plain(value)
    if "key" not in options:
        return _differs(name, found, options)
    if not isinstance(found, str):
        return f"{name} holds no text, expected JSON"
    try:
        data = read_json(found)
    except Fault as fault:
        return f"{name} {fault}"
    try:
        data = find_value(data, options["key"])
    except Fault as fault:
        return "" if options.get("optional") else f"{name} {fault}"
    return _differs(f"{shown_key(options['key'])} of {name}", data, options)


def _differs(name: str, value: Any, options: Mapping[str, Any]) -> str:
    return differs(name, value, options) or own_files.differs_from_own(name, value, options)


def _plain(value: Any) -> Any:
    """Return a value of h5py as a value of Python: a single value as itself, many as a list, an empty value as None."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return None if type(value).__name__ == "Empty" else value


def _dataset(file: Any, name: str) -> Any:
    found = _find(file, name)
    if found is None:
        raise Absent(f"has no dataset {name}")
    if not isinstance(found, load_h5py().h5d.DatasetID):
        raise Fault(f"{name} is a group, expected a dataset")
    return found


def _find(file: Any, name: str) -> Any:
    """Return the node ``name`` of the file, None where there is none or only a link that leads nowhere."""
    h5py = load_h5py()
    try:
        return h5py.h5o.open(file, name.encode())
    except KeyError as error:
        if is_too_new(error):  # for which HDF5 raises what it raises for no dataset
            raise
        return None


def _shown(node: Any) -> Any:
    """Return a node as an object of h5py's high-level interface, which reads values as arrays and texts."""
    h5py = load_h5py()
    return h5py.Dataset(node) if isinstance(node, h5py.h5d.DatasetID) else h5py.Group(node)


def _rows(dataset: Any, name: str) -> int:
    shape = _shown(dataset).shape
    if shape is None:
        return 0
    if not shape:
        raise Fault(f"{name} is a single value, expected rows")
    return int(shape[0])


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    has_value = "attribute" in options or "key" in options
    if "rows" in options and "dataset" not in options:
        return '"rows" needs "dataset": rows of what'
    if "key" in options and not ("attribute" in options or "dataset" in options):
        return '"key" needs "attribute" or "dataset": where the JSON stands'
    said = [name for name in _WANTED if name in options]
    if said and not has_value:
        return f'"{said[0]}" needs "attribute" or "key": the value of what'
    if len(said) > 1:
        return f'say "{said[0]}" or "{said[1]}", not both'
    both = '"node" or "dataset", not both' if "node" in options and "dataset" in options else ""
    return both or own_files.find_stray(options)


KIND = Kind(
    "hdf5",
    "deep",
    "output",
    "an HDF5 file is whole and was closed; it holds a node, an attribute of a value, a dataset of enough rows",
    (
        Option(
            "node",
            "a group or dataset that must be there, as /provenance/DONE; of a list one is enough",
            kinds=("text", "names"),
        ),
        Option("attribute", "an attribute of the node (default: of the file) that must have a value"),
        Option("dataset", "a dataset that must be there"),
        Option("rows", "how many rows the dataset must have at least", kinds=("count",)),
        Option("key", "a key of the JSON text in the attribute or dataset; it must have a value", kinds=("key",)),
        Option("equals", "the value that the attribute or key must have", kinds=("value",)),
        Option("at_least", "the number that it must be at least", kinds=("count",)),
        *own_files.OWN_OPTIONS,
        *own_files.MORE_OPTIONS,
        Option("not_null", "it must have some value (this is so without equals too)", kinds=("true",)),
        Option(
            "sparse",
            "datasets, or parts of them, need not have been written (say it in each clause about the file)",
            kinds=("flag",),
        ),
        Option("file", "the file in an output folder; each that matches must hold"),
    ),
    _examine,
    _refuse,
)
