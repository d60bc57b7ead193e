"""Make the tables of features of one day with Tierpsy's own summarizer.

Yours to change: everything down to the line of dashes is a setting. An edit makes every day's tables again.
Runs in Tierpsy's environment (Python 3.7 or later). A file that Tierpsy cannot summarize is named, stands in the
table of file names with is_good False, and stops nothing. New tables replace those of the same name.
    python calculate_feat_summaries.py 20260101 --results ../Results --into ../Results/20260101
"""

from __future__ import annotations

import argparse
import csv
import glob
import inspect
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# tierpsy: from *_featuresN.hdf5. openworm: from *_features.hdf5, which our checkpoints do not make.
FEATURE_TYPE = "tierpsy"

# plate: a row a video (and well). trajectory: a row a worm. plate_augmented: rows of random parts of a video.
# Several make several kinds of tables: ["plate", "trajectory"]; then say  ./rt join --kind tierpsy_plate
SUMMARY_TYPES = ["plate"]

# Time windows, as Tierpsy writes them: "0:end"; several: "0:60,60:120"; parts joined: "0:60+120:180".
# Each of several windows is a kind of table of its own. Units: "seconds" or "frame_numbers".
TIME_WINDOWS = "0:end"
TIME_UNITS = "seconds"

# Which worms count. All eight, or FILTERS = {} for none of them. None: no limit.
FILTERS = {
    "filter_time_min": None,  # tracked for at least this long, in filter_time_units
    "filter_travel_min": None,  # walked at least this far, in filter_distance_units
    "filter_time_units": "frame_numbers",  # or "seconds"
    "filter_distance_units": "microns",  # or "pixels": of travel, length and width
    "filter_length_min": 700,
    "filter_length_max": 1300,
    "filter_width_min": 20,
    "filter_width_max": 200,
}

# Which features: "all", "tierpsy_8", "tierpsy_16", "tierpsy_256" or "tierpsy_2k". A feature is left out where its name
# holds none of the first keywords, or any of the second: "speed,length". Empty: keywords leave out nothing.
SELECT_FEAT = "all"
KEYWORDS_INCLUDE = ""
KEYWORDS_EXCLUDE = ""

ABBREVIATE_FEATURES = False  # short names of features
DORSAL_SIDE_KNOWN = False  # True: features keep the signs that tell dorsal from ventral
IS_MANUAL_INDEX = False  # True: only worms that somebody labelled in Tierpsy's viewer

# For plate_augmented alone.
FOLDS = {"n_folds": 5, "frac_worms_to_keep": 0.8, "time_sample_seconds": 600}

# How many processes a day may take, where this version of Tierpsy can do that.
N_PARALLEL = 1

# ---------------------------------------------------------------------------------------------------------------------

ENDS = {"tierpsy": ("_featuresN.hdf5",) * 2, "openworm": ("_features.hdf5", "_feat_manual.hdf5")}
STAMPED = re.compile(r"(filenames|features)_(summary_.+?)(_window_\d+)?_\d{8}_\d{6}(_window_\d+)?\.csv")
POINTERS = {"filenames": "# FEATURE SUMMARIES FILE,", "features": "# FILENAMES SUMMARY FILE,"}
OTHER = {"filenames": "features", "features": "filenames"}
MICRONS = {"filter_length_min": 700, "filter_length_max": 1300, "filter_width_min": 20, "filter_width_max": 200}


class WrongSetting(Exception):
    """No table can be made: a setting above does not fit, Tierpsy does not start, or no file can be summarized."""


def arguments_for(function: Any, summary_type: str) -> dict[str, Any]:
    """Return the keywords for calculate_summaries. Raises WrongSetting if this Tierpsy lacks a setting that is used."""
    filters = {name: str("" if value is None else value) for name, value in FILTERS.items()}
    if filters and len(filters) != 8:
        raise WrongSetting(f"FILTERS: Tierpsy wants all 8 of them or none, not {len(filters)}")
    left = [name for name in MICRONS if filters and FILTERS[name] == MICRONS[name]]
    if left and filters["filter_distance_units"] != "microns":
        line = inspect.getsource(sys.modules[__name__]).partition(f'"{left[0]}"')[0].count("\n") + 1
        raise WrongSetting(f"line {line}: {left[0]} is still {MICRONS[left[0]]} microns: write it in pixels")
    asked: dict[str, Any] = {
        "feature_type": FEATURE_TYPE,
        "summary_type": summary_type,
        "is_manual_index": IS_MANUAL_INDEX,
        "abbreviate_features": ABBREVIATE_FEATURES,
        "dorsal_side_known": DORSAL_SIDE_KNOWN,
        "time_windows": TIME_WINDOWS,
        "time_units": TIME_UNITS,
        "select_feat": SELECT_FEAT,
        "keywords_include": KEYWORDS_INCLUDE,
        "keywords_exclude": KEYWORDS_EXCLUDE,
        "n_parallel": N_PARALLEL,
    }
    known = inspect.signature(function).parameters
    for name in [name for name in asked if name not in known]:
        if asked.pop(name) not in (False, "", 1, "all", "0:end"):
            raise WrongSetting(f"{name.upper()}: this version of Tierpsy knows no {name}; take the setting back")
    return {**asked, **filters, **(FOLDS if summary_type == "plate_augmented" else {})}


def work_through(folders: Sequence[str]) -> int:
    """Summarize each folder in this process, print which folder begins and which fails; return the exit code."""
    calculate_summaries = import_module("tierpsy.summary.collect").calculate_summaries
    worst = 0
    for folder in folders:
        print(f"begun {folder}", file=sys.stderr, flush=True)
        try:
            for summary_type in SUMMARY_TYPES:
                calculate_summaries(root_dir=folder, **arguments_for(calculate_summaries, summary_type))
        except WrongSetting:
            raise
        except Exception as error:  # a damaged file raises anything
            reason = " ".join(str(error).split()) or type(error).__name__
            print(f"failed {folder} {type(error).__name__}: {reason[-200:]}", file=sys.stderr, flush=True)
            worst = 1
    return worst


def start_work(folders: Sequence[str]) -> tuple[int, str]:
    """Run work_through in a new process, which a damaged file may kill; return (its exit code, its stderr)."""
    words = [sys.executable, os.path.abspath(__file__), "--worker", *folders]
    with tempfile.TemporaryFile() as said:  # the seed: else the order of columns changes each time
        code = subprocess.call(words, env={**os.environ, "PYTHONHASHSEED": "0"}, stderr=said)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if code == 2:
        raise WrongSetting((text.strip().splitlines() or ["?"])[-1].partition(": ")[2])
    return code, text


def summarize_each(files: dict[int, str], top: str) -> tuple[list[str], dict[int, str]]:
    """Return the folders with the tables of a single file each, and file_id -> why a file has no tables."""
    left, failed, made = sorted(files), {}, []
    while left:
        folders = {os.path.join(top, f"{number:07d}"): number for number in left}
        for folder, number in folders.items():
            link(folder, {number: files[number]})
        code, said = start_work(list(folders))
        begun = [folders[line[len("begun ") :]] for line in said.splitlines() if line[len("begun ") :] in folders]
        reasons = dict(line.split(" ", 2)[1:] for line in said.splitlines() if line.startswith("failed "))
        failed.update({folders[folder]: reason for folder, reason in reasons.items() if folder in folders})
        if code not in (0, 1) and begun:
            failed.setdefault(begun[-1], f"Tierpsy died of it (exit code {code})")
        if not begun:
            raise WrongSetting(f"Tierpsy's summarizer does not start: {(said.strip().splitlines() or ['?'])[-1]}")
        made += [folder for folder, number in folders.items() if number in begun and number not in failed]
        left = [number for number in left if number not in begun]
    return made, failed


def link(folder: str, files: dict[int, str]) -> None:
    """Make a folder of links to the files, named by file_id: Tierpsy does not quote commas in names."""
    os.makedirs(folder, exist_ok=True)
    for number, path in files.items():
        place = os.path.join(folder, f"{number:07d}{ENDS[FEATURE_TYPE][IS_MANUAL_INDEX]}")
        if not os.path.islink(place):
            os.symlink(path, place)


def find_damage(path: str) -> str:
    """Return why a file cannot be opened, "" where it can; the summarizer may find more faults."""
    library, opener = ("h5py", "File") if find_spec("h5py") else ("tables", "open_file")
    try:
        getattr(import_module(library), opener)(path, "r").close()
    except Exception as error:  # each library raises its own errors
        return f"cannot be opened ({(str(error).strip().splitlines() or ['?'])[-1].strip()[:150]})"
    return ""


def find_files(results: str, day: str) -> list[str]:
    """Return a day's files at any depth, sorted as Tierpsy does; for day "" only files directly in ``results``."""
    end, found = ENDS[FEATURE_TYPE][IS_MANUAL_INDEX], []
    for folder, inner, names in os.walk(os.path.join(results, day)):
        inner[:] = [name for name in inner if day and not name.startswith(".")]
        found += [os.path.join(folder, n) for n in names if n.endswith(end) and not n.startswith(".")]
    return sorted(found)


def find_tables(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield (filenames or features, name without time stamp, path) of Tierpsy's tables, filenames first."""
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*.csv")), reverse=True):
        found = STAMPED.fullmatch(os.path.basename(path))
        if found:
            yield found[1], f"{found[2]}{found[3] or found[4] or ''}.csv", path


def read_rows(path: str) -> tuple[list[str], list[list[str]]]:
    """Return the comments of a table of Tierpsy, and its header with its rows."""
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().splitlines()
    comments = [line for line in lines if line.startswith("#")]
    return comments, list(csv.reader(line for line in lines if line and not line.startswith("#")))


def collect(folders: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return kind of table -> its comments, columns, and rows of features as {column: cell}, over all folders."""
    kinds: dict[str, dict[str, Any]] = {}
    for folder in folders:
        for table, name, path in find_tables(folder):
            kind = kinds.setdefault(name, {"filenames": [], "features": [], "columns": {}, "rows": [], "good": set()})
            comments, rows = read_rows(path)
            kind[table] = kind[table] or comments
            if table == "filenames":
                numbers = kind["numbers"] = {row[0]: int(os.path.basename(row[1])[:7]) for row in rows[1:]}
                at = rows[0].index("is_good")
                kind["good"] |= {numbers[row[0]] for row in rows[1:] if row[at] == "True"}
            for row in rows[1:] if table == "features" else ():
                cells: dict[str, Any] = dict(zip(rows[0], row))  # noqa: B905  (before Python 3.10 it has no strict)
                kind["rows"].append({**cells, "file_id": kind["numbers"][cells["file_id"]]})
                kind["columns"].update(dict.fromkeys(rows[0]))
    return kinds


def write_kind(kind: dict[str, Any], name: str, files: Sequence[str], into: str, final: str) -> None:
    """Write both tables of a kind into a folder, as Tierpsy writes them; ``final`` is their folder in the end."""
    counts = Counter(row["file_id"] for row in kind["rows"])
    numbered = [[number, path, number in kind["good"], counts[number]] for number, path in enumerate(files)]
    columns = list(kind["columns"]) or ["file_id"]
    cells = [[row.get(column, "") for column in columns] for row in kind["rows"]]
    head = ["file_id", "filename", "is_good", "feature_rows"]
    tables: dict[str, list[Any]] = {"features": [columns, *cells], "filenames": [head, *numbered]}
    for table, rows in tables.items():
        points = POINTERS[table] + os.path.join(final, f"{OTHER[table]}_{name}")
        comments = [points if line.startswith(POINTERS[table]) else line for line in kind[table]]
        write_table(os.path.join(into, f"{table}_{name}"), comments, rows)


def write_table(path: str, comments: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table whole or not at all: first under a temporary name."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.writelines(line + "\n" for line in comments)
        csv.writer(file, lineterminator="\n").writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".part", path)


def summarize_day(day: str, results: str, into: str) -> None:
    """Write the tables of a day: from all files at once, or, if that fails, from each file. Raises WrongSetting."""
    files = find_files(results, day)
    if not files:
        raise WrongSetting(f"no *{ENDS[FEATURE_TYPE][IS_MANUAL_INDEX]} in {os.path.join(results, day)}: nothing to do")
    failed = {number: why for number, path in enumerate(files) for why in [find_damage(path)] if why}
    good = {number: path for number, path in enumerate(files) if number not in failed}
    # Tierpsy globs below this folder, and a PBS job's folder is named after its array: pbs.1[2].host
    with tempfile.TemporaryDirectory(dir="/tmp" if "[" in tempfile.gettempdir() else None) as top:
        at_once, folders = os.path.join(top, "day"), []
        if good:
            link(at_once, good)
            folders, code = [at_once], start_work([at_once])[0]
            if code:
                print("the day at once fails; its files one by one", file=sys.stderr)
                folders, more = summarize_each(good, top)
                failed.update(more)
        for number, why in sorted(failed.items()):
            print(f"{files[number]}: {why}; left out", file=sys.stderr)
        kinds = collect(folders)
        if not kinds:
            raise WrongSetting(f"none of the {len(files)} files of {day or 'no day'} can be summarized")
        for name, kind in kinds.items():
            write_kind(kind, name, files, into, os.path.join(results, day).rstrip("/"))
            print(f"{name}: {len(files)} videos, {len(failed)} left out, {len(kind['rows'])} rows")


def read_arguments(argv: list[str]) -> argparse.Namespace:
    """Return the typed arguments: first the day, which may begin with a dash."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", help="a folder of Results; '' for the videos right in it")
    parser.add_argument("--results", required=True)
    parser.add_argument("--into", required=True, help="where the tables go")
    if argv and argv[0].split("=")[0] not in ("-h", "--help", "--results", "--into"):
        argv = [*argv[1:], "--", argv[0]]
    return parser.parse_args(argv)


def main() -> int:
    """Summarize the day that the command line names; return the exit code."""
    try:
        if sys.argv[1:2] == ["--worker"]:
            return work_through(sys.argv[2:])
        typed = read_arguments(sys.argv[1:])
        summarize_day(typed.day, os.path.abspath(typed.results), os.path.abspath(typed.into))
    except (WrongSetting, OSError) as error:
        print(f"{os.path.basename(__file__)}: {error}", file=sys.stderr)
        return 2 if isinstance(error, WrongSetting) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
