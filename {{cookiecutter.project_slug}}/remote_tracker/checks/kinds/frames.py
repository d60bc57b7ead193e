"""frames: a result has as many frames as can be read from its video, whatever number the video claims."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..clause import Absent, Fault, Files, Kind, Option
from ..places import describe_place, find_inside
from ..readers import count_frames
from ..values import find_value, shown, shown_key
from . import csv_table, hdf5
from .json_key import load_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause

_ONE_OF = ("key", "dataset", "column", "rows")


def _examine(check: Clause, files: Files) -> str:
    videos = files.inputs.get(check.subject, ())
    results = find_inside(files.root, files.outputs.get(check.options["output"], ()), check.options.get("file"))
    if not videos or not results:
        return f"{check.options['output'] if videos else check.subject}: no such file was found"
    if "since" in check.options and any(_is_older(os.path.join(files.root, path), check.options) for path in results):
        return ""
    readable, claimed = _Sum(_readable), _Sum(_claimed)
    for path in results:
        if reason := describe_place(path, claimed, os.path.join(files.root, path), check.options):
            return reason
    if not claimed.files:  # no result says a number, and it is optional
        return ""
    for path in videos:
        if reason := describe_place(path, readable, os.path.join(files.root, path), {}):
            return reason
    missing, at_most = readable.total - claimed.total, bool(check.options.get("at_most"))
    if (0 if at_most and missing > 0 else abs(missing)) <= check.options.get("tolerance", 0):
        return ""
    name = os.path.basename(results[0])
    return (
        f"{name}: {_shown_place(check.options)} is {claimed.total}, expected {'at most ' if at_most else ''}"
        f"{readable.total}: the frames that can be read from {os.path.basename(videos[0])}"
    )


def _is_older(path: str, options: Mapping[str, Any]) -> bool:
    """Return whether a result says that an earlier version than ``since`` made it, and does not leave that open."""
    dataset, key, version = options["since"]
    try:
        found = hdf5.load_value(path, dataset, key)
    except (Fault, OSError):  # counting its frames tells what is wrong with it
        return False
    return isinstance(found, str) and bool(_numbers(found)) and _numbers(found) < _numbers(version)


def _numbers(version: str) -> list[int]:
    """Return the numbers that a version begins with: [0, 3, 2] for 0.3.2 and for 0.3.2rc1."""
    found = re.match(r"v?(\d{1,9}(?:\.\d{1,9})*)", version)
    return [int(number) for number in found[1].split(".")] if found else []


class _Sum:
    """The sum of ``count(path, options)`` over the files that it was called with and that have such a number."""

    def __init__(self, count: Any) -> None:
        self._count, self.total, self.files = count, 0, 0

    def __call__(self, path: str, options: Mapping[str, Any]) -> str:
        try:
            self.total += self._count(path, options)
            self.files += 1
        except (Absent, FileNotFoundError):
            if not options.get("optional"):
                raise
        return ""


def _readable(path: str, options: Mapping[str, Any]) -> int:
    return _count_once(path, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=8)  # several clauses may ask for the frames of one video, and each count reads all of it
def _count_once(path: str, mtime_ns: int) -> int:
    return count_frames(path).read


def _claimed(path: str, options: Mapping[str, Any]) -> int:
    if "dataset" in options:
        return hdf5.count_rows(path, options["dataset"])
    if "column" in options:
        return csv_table.count_values(path, options["column"], options)
    if "rows" in options:
        return csv_table.count_rows(path, options)
    value = find_value(load_json(path), options["key"])
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value or value in (1e999, -1e999):
        raise Fault(f"{shown_key(options['key'])} is {shown(value)}, expected a number of frames")
    return round(value)


def _shown_place(options: Mapping[str, Any]) -> str:
    if "key" in options:
        return shown_key(options["key"])
    if "dataset" in options:
        return f"the number of rows of {options['dataset']}"
    return f"the number of values of {options['column']}" if "column" in options else "the number of rows"


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    since = options.get("since", ())
    if since and not ("dataset" in options and len(since) == 3 and _numbers(since[2])):
        return '"since" needs "dataset", and is [dataset, key, version]: where the output says what made it'
    if sum(name in options for name in _ONE_OF) == 1:
        return ""
    return "say exactly one of key, dataset, column, rows: where the output says its number of frames"


KIND = Kind(
    "frames",
    "node",
    "input",
    "an output has as many frames as can really be read from this input video",
    (
        Option("output", "the output that says how many frames it has", True, ("output",)),
        Option("key", "it is JSON: the key of the number", kinds=("key",)),
        Option("dataset", "it is HDF5: the dataset with a row for each frame"),
        Option("column", "it is CSV: the column with another value for each frame"),
        Option("rows", "it is CSV: a row for each frame", kinds=("true",)),
        Option("comment", "CSV: what the lines above the header start with, as #"),
        Option("delimiter", 'CSV: what stands between columns, as "\\t" (default: a comma)'),
        Option("file", "the file in an output folder; of several that match, the frames of all are counted"),
        Option(
            "since",
            "HDF5: [dataset, key, version]; asked where the JSON in the dataset names no earlier version at the key",
            kinds=("names",),
        ),
        Option(
            "at_most",
            "it may have fewer, as where a tracker writes no row behind the last frame with an animal",
            kinds=("flag",),
        ),
        Option(
            "optional", "nothing is wrong where the output has no such file, key, dataset or column", kinds=("flag",)
        ),
        Option("tolerance", "how many frames it may differ by (default: 0)", kinds=("count",)),
    ),
    _examine,
    _refuse,
)
