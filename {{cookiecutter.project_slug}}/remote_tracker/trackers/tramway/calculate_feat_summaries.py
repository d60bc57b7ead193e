"""Tabulate the maps of one day: which files there are, and what was inferred in each cell.

Yours to change: everything down to the line of dashes is a setting. Writes two tables: filenames_summary
(file_id, filename, is_good, mode) and features_summary (file_id, mode, region, cell, x, y, locations, trajectories,
maps; a row a cell; the maps are what the mode infers: diffusivity, drift_x, drift_y, ...).
Runs in Python 3.7 or newer with h5py and numpy; TRamWAy is not needed. By hand, with the folder of read_maps.py:
    export PYTHONPATH=../remote_tracker/trackers/tramway
    python calculate_feat_summaries.py 20260101 --mode d --results ../Results --filenames f.csv --features g.csv
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from secrets import token_hex

import numpy as np
from read_maps import Region, Unusable, find_maps, load_regions

# Cells with fewer locations are left out of the table.
MIN_LOCATIONS = 1

# Which maps: "all", or a list of their names as they stand in the table, e.g. ["diffusivity"]
MAPS = "all"

# ---------------------------------------------------------------------------------------------------------------------

HEAD = ["file_id", "mode", "region", "cell", "x", "y", "locations", "trajectories"]


class WrongSetting(Exception):
    """A setting above that cannot be; the message names it."""


def rows_of(region: Region, maps: Sequence[str]) -> Iterator[list[object]]:
    """Yield a row for each cell with enough locations, from its region on."""
    values = [region.maps.get(name, np.full(len(region.x), np.nan)) for name in maps]
    for cell in range(len(region.x)):
        if region.locations[cell] >= MIN_LOCATIONS:
            where = [_cell(region.x[cell]), _cell(region.y[cell])]
            counts = [int(region.locations[cell]), int(region.trajectories[cell])]
            yield [region.name, cell, *where, *counts, *(_cell(column[cell]) for column in values)]


def map_names(regions: Iterable[Region]) -> list[str]:
    """Return the maps asked for, in the order they come. Raises WrongSetting for a name there is none of."""
    known = list(dict.fromkeys(name for region in regions for name in region.maps))
    wanted = known if MAPS == "all" else list(MAPS)
    for name in wanted if known else []:
        if name not in known:
            raise WrongSetting(f'MAPS: there is no "{name}"; known: {", ".join(known)}')
    return [name for name in known if name in wanted]


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.6g}"


def write_table(rows: Iterable[Sequence[object]], path: Path) -> None:
    """Write a CSV whole or not at all: under a temporary name first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".part-{token_hex(4)}.csv")
    try:
        with part.open("w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        if part.exists():
            part.unlink()


def summarize_day(day: str, mode: str, results: Path, filenames: Path, features: Path) -> None:
    """Write both tables of a day; a file that cannot be used is named on stderr, the others go on."""
    paths = find_maps(results, day, mode)
    if not paths:
        raise Unusable(f"no *.{mode}.rwa in {results / day}: nothing to summarize")
    files: list[list[object]] = [["file_id", "filename", "is_good", "mode"]]
    found: list[tuple[int, Region]] = []
    for file_id, path in enumerate(paths):
        regions: list[Region] = []
        try:
            regions = load_regions(path, mode)
        except Unusable as error:
            print(f"{path}: {error}; left out", file=sys.stderr)
        files.append([file_id, path.relative_to(results.parent).as_posix(), bool(regions), mode])
        found += [(file_id, region) for region in regions]
    maps = map_names(region for _, region in found)
    rows: list[list[object]] = [[*HEAD, *maps]]
    rows += [[file_id, mode, *row] for file_id, region in found for row in rows_of(region, maps)]
    write_table(rows, features)
    write_table(files, filenames)
    print(f"{day or 'files of no day'}: {len(paths)} files, {len(found)} meshes, {len(rows) - 1} cells")


def read_arguments(argv: list[str]) -> argparse.Namespace:
    """Return what was typed: the day first; it may begin with a dash."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", help="a folder of Results; '' for the files right in it")
    parser.add_argument("--mode", required=True, help="the maps' label, as it stands in the results' names")
    for name in ("results", "filenames", "features"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    known = ("-h", "--help", "--mode", "--results", "--filenames", "--features")
    if argv and argv[0].split("=")[0] not in known:
        argv = [*argv[1:], "--", argv[0]]
    return parser.parse_args(argv)


def main() -> int:
    """Summarize the day that the command line names; return the exit code."""
    typed = read_arguments(sys.argv[1:])
    try:
        summarize_day(typed.day, typed.mode, typed.results.absolute(), typed.filenames, typed.features)
    except (Unusable, WrongSetting, OSError) as error:
        print(f"{Path(__file__).name}: {error}", file=sys.stderr)
        return 2 if isinstance(error, WrongSetting) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
