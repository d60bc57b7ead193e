"""The summarizer: its tables, its random order of columns, and how it falls over a damaged file.

TIERPSY_NEW=yes gives it the signature of later versions, in another order and with n_parallel.
A file tells what it does by its attributes: ``speed`` (its one feature that differs), ``worms`` 0 (nobody is there),
``explode`` (an error), ``kill`` (the whole process dies).
"""

from __future__ import annotations

import glob
import os
import signal
from datetime import datetime
from typing import Any

import h5py

EIGHT = {f"filter_{name}" for name in ("time_min", "travel_min", "time_units", "distance_units")}
EIGHT |= {f"filter_{name}_{end}" for name in ("length", "width") for end in ("min", "max")}
FEATURES = {f"feature_{number}" for number in range(12)} | {"speed"}


def _rows(path: str, summary_type: str, folds: int, window: int) -> list[dict[str, Any]]:
    with h5py.File(path, "r") as file:  # a truncated file raises OSError, and nobody catches it
        if file.attrs.get("kill"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if file.attrs.get("explode"):
            raise ValueError(f"cannot reindex from a duplicate axis in {path}")
        worms, speed = int(file.attrs.get("worms", 2)), float(file.attrs["speed"])
    many = {"plate": 1, "trajectory": worms, "plate_augmented": folds}[summary_type] if worms else 0
    ids = {"plate": None, "trajectory": "worm_index", "plate_augmented": "i_fold"}[summary_type]
    rows = []
    for number in range(many):
        row: dict[str, Any] = {ids: number} if ids else {}
        row.update({"n_skeletons": 100, **dict.fromkeys(FEATURES, 0.5), "speed": speed + window})
        rows.append(row)
    return rows


def _windows(text: str) -> list[str]:
    if ":" not in text:
        raise ValueError("Invalid format of time windows: Each time window must be defined by the start time and the")
    return text.split(",")


def _calculate(root_dir: str, feature_type: str, summary_type: str, **more: Any) -> Any:
    if summary_type not in ("plate", "trajectory", "plate_augmented"):
        valid = "Valid options ['plate', 'trajectory', 'plate_augmented']"
        raise ValueError(f"{summary_type} invalid summary_type. {valid}.")
    windows = _windows(more["time_windows"])
    given = {key for key in more if key.startswith("filter_")}
    if given and given != EIGHT:
        raise KeyError(sorted(EIGHT - given)[0])
    files = sorted(glob.glob(os.path.join(root_dir, "**", "*_featuresN.hdf5"), recursive=True))
    if not files:
        print("No valid files found. Nothing to do here.")
        return None, None
    base = f"summary_{feature_type}_{summary_type}_{datetime.now():%Y%m%d_%H%M%S}"
    if more["select_feat"] != "all":
        base = base.replace("tierpsy", more["select_feat"] + "_tierpsy")
    for window in range(len(windows)):
        end = "" if windows == ["0:end"] else f"_window_{window}"
        _write(root_dir, base + end, files, summary_type, more.get("n_folds", 5), window)
    return None


def _write(root_dir: str, base: str, files: list[str], summary_type: str, folds: int, window: int) -> None:
    names, features = (os.path.join(root_dir, f"{table}_{base}.csv") for table in ("filenames", "features"))
    with open(names, "w") as one, open(features, "w") as two:
        head = [f"# FEATURE SUMMARIES FILE,{features}", "# TIERPSY_VERSION,1.5.2-standin"]
        head += [f"# SUMMARY_TYPE,tierpsy_{summary_type}", "# SELECTED FEATURES,all", "file_id,filename,is_good"]
        print(*head, sep="\n", file=one, flush=True)
        print(f"# FILENAMES SUMMARY FILE,{names}", file=two, flush=True)
        told = False
        for number, path in enumerate(files):
            rows = _rows(path, summary_type, folds, window)
            print(f"{number},{path},{bool(rows)}", file=one)
            for row in rows:
                columns = [name for name in row if name not in FEATURES] + list(FEATURES)  # a set: in any order
                if not told:
                    print("file_id", *columns, sep=",", file=two)
                told = True
                print(number, *(row[name] for name in columns), sep=",", file=two)


def calculate_summaries(
    root_dir: str,
    feature_type: str,
    summary_type: str,
    is_manual_index: bool,
    abbreviate_features: bool,
    dorsal_side_known: bool,
    time_windows: str = "0:end",
    time_units: str | None = None,
    select_feat: str = "all",
    keywords_include: str = "",
    keywords_exclude: str = "",
    _is_debug: bool = False,
    append_to_file: Any = None,
    **kwargs: Any,
) -> Any:
    """Write the tables into ``root_dir``, as 1.5.2 does."""
    more = {"time_windows": time_windows, "select_feat": select_feat, **kwargs}
    return _calculate(root_dir, feature_type, summary_type, **more)


def _calculate_summaries_new(
    root_dir: str,
    feature_type: str,
    summary_type: str,
    is_manual_index: bool,
    time_windows: str = "0:end",
    time_units: str | None = None,
    select_feat: str = "all",
    keywords_include: str = "",
    keywords_exclude: str = "",
    abbreviate_features: bool = False,
    dorsal_side_known: bool = False,
    n_parallel: int = -1,
    **kwargs: Any,
) -> Any:
    if n_parallel != 1:
        raise ValueError(f"n_parallel is {n_parallel}: this would take the whole machine")
    more = {"time_windows": time_windows, "select_feat": select_feat, **kwargs}
    return _calculate(root_dir, feature_type, summary_type, **more)


if os.environ.get("TIERPSY_NEW"):
    calculate_summaries = _calculate_summaries_new
