"""Tabulate the maps of one day: which files there are, and what was inferred in each cell.

Yours to change: everything down to the line of dashes is a setting. Writes two tables: filenames_summary
(file_id, filename, is_good, mode, feature_rows) and features_summary (file_id, mode, region, cell, x, y, locations,
trajectories, maps; a row a cell; the maps are what the mode infers: diffusivity, drift_x, drift_y, ...).
Runs in Python 3.7 or newer with h5py and numpy; TRamWAy is not needed. By hand, with the folder of read_maps.py:
    export PYTHONPATH=../remote_tracker/trackers/tramway
    python calculate_feat_summaries.py 20260101 --mode d --results ../Results --filenames f.csv --features g.csv
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

# Cells with fewer locations are left out of the table.
MIN_LOCATIONS = 1

# Which maps: "all", or a list of their names as they stand in the table, e.g. ["diffusivity"]
MAPS = "all"

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

from day_files import Unusable, choose, exit_code_of, read_arguments, told, with_feature_rows, write_table  # noqa: E402
from read_maps import Region, find_maps, load_regions  # noqa: E402

HEAD = ["file_id", "mode", "region", "cell", "x", "y", "locations", "trajectories"]


def rows_of(region: Region, maps: Sequence[str]) -> Iterator[list[object]]:
    """Yield a row for each cell with enough locations; a row begins with the column region."""
    values = [region.maps.get(name, np.full(len(region.x), np.nan)) for name in maps]
    for cell in range(len(region.x)):
        if region.locations[cell] >= MIN_LOCATIONS:
            where = [told(region.x[cell]), told(region.y[cell])]
            counts = [int(region.locations[cell]), int(region.trajectories[cell])]
            yield [region.name, cell, *where, *counts, *(told(column[cell]) for column in values)]


def map_names(regions: Iterable[Region]) -> list[str]:
    """Return the names in MAPS, in the order first found. Raises WrongSetting for an unknown name."""
    known = list(dict.fromkeys(name for region in regions for name in region.maps))
    return choose("MAPS", MAPS, known)


def summarize_day(day: str, mode: str, results: Path, filenames: Path, features: Path) -> None:
    """Write both tables of a day; an unusable file is named on stderr and left out. Raises Unusable."""
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
    write_table(with_feature_rows(files, rows), filenames)
    print(f"{day or 'files of no day'}: {len(paths)} files, {len(found)} meshes, {len(rows) - 1} cells")


def main() -> int:
    """Summarize the day that the command line names; return the exit code."""
    typed = read_arguments(__doc__, sys.argv[1:], {"mode": "the maps' label, as it stands in the results' names"})
    tables = (typed.results.absolute(), typed.filenames, typed.features)
    return exit_code_of(__file__, lambda: summarize_day(typed.day, typed.mode, *tables))


if __name__ == "__main__":
    sys.exit(main())
