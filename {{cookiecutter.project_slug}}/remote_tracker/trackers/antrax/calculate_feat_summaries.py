"""Summarize the tracks that anTraX exported for one day: which movies, and what each ant did in each of them.

Yours to change: everything down to the line of dashes is a setting. A row is an ant in a movie, as in anTraX's xy
files; they are read without MATLAB. The day is a folder of RawVideos; an experiment right in it is a day of its own.
    python calculate_feat_summaries.py 20260101 --results ../RawVideos --filenames files.csv --features features.csv
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

# Units of length. anTraX writes metres where its session was calibrated, else pixels: UNIT = "px", LENGTH = 1.0
UNIT = "mm"
LENGTH = 0.001

# Ants seen in fewer frames of a movie are left out of the table.
MIN_FRAMES = 1

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from day_tables import (  # noqa: E402
    Settings,
    Track,
    Unusable,
    Values,
    feature_names,
    find_results,
    rows_of,
    with_feature_rows,
    write_table,
)
from day_units import require_length, settled  # noqa: E402

SURE = 3  # index of an ant's fourth row: 1 read from its tag, 2 alone in its blob, 3 among others, 4 possible only


def session_of(path: Path) -> Path:
    """Return the session of a file of tracks, which lies in antdata/ or in a colony's folder there."""
    return next(folder.parent for folder in path.parents if folder.name == "antdata")


def find_tracks(results: Path, day: str, wanted: str, listed: Sequence[str] = ()) -> list[Path]:
    """Return a day's files of tracks: for each experiment from the session ``wanted``, else from its newest session.

    Where experiments are ``listed``, the others are left out.
    """
    found = [p for p in find_results(results, day, "antdata/**/xy_*.mat") if re.fullmatch(r"xy_(\d+)_\1\.mat", p.name)]
    if listed:
        found = [path for path in found if any(results / name in path.parents for name in listed)]
    sessions = {session_of(path) for path in found}
    if wanted:
        return [path for path in found if session_of(path).name == wanted]
    newest = {s.parent: max(s.parent.glob("*/parameters/Trck.mat"), key=_changed).parents[1] for s in sessions}
    return sorted((p for p in found if newest[session_of(p).parent] == session_of(p)), key=_by_number)


def _changed(path: Path) -> int:
    return path.stat().st_mtime_ns


def _by_number(path: Path) -> tuple[str, int]:
    return str(path.parent), int(path.stem.rpartition("_")[2])


def find_rate(session: Path, movie: int) -> float:
    """Return a movie's frames a second, from the session's parameters/movies_info.txt; raises Unusable."""
    head, *lines = (session / "parameters" / "movies_info.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        told = dict(zip(head.split(), line.split()))  # noqa: B905  Python 3.7 runs it, too
        if told.get("index") == str(movie):
            return float(told["fps"])
    raise Unusable(f"movie {movie} is not in {session.name}/parameters/movies_info.txt")


def read_tracks(path: Path) -> Sequence[Track]:
    """Return the ants of one xy_N_N.mat, which holds for each ant rows of x, y, orientation and certainty."""
    colony = "" if path.parent.name == "antdata" else f"{path.parent.name}/"
    rate = find_rate(session_of(path), int(path.stem.rpartition("_")[2]))
    with h5py.File(path) as file:
        names = [name for name in file if isinstance(file[name], h5py.Dataset)]
        return [_track(colony + name, np.asarray(file[name], dtype=float), rate) for name in sorted(names)]


def _track(name: str, rows: Values, rate: float) -> Track:
    if rows.ndim != 2 or rows.shape[0] not in (3, 4):
        raise Unusable(f"{name} is a table of {' x '.join(map(str, rows.shape))}, expected 3 or 4 rows")
    sure = {}
    if len(rows) == SURE + 1:
        seen = rows[SURE][~np.isnan(rows[0])]
        sure = {"fraction_by_tag": float((seen == 1).mean()) if len(seen) else float("nan")}
    return Track(name, np.arange(rows.shape[1]) / rate, rows[0], rows[1], sure)


def main() -> int:
    """Write both tables of the day that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("day", help="a folder of RawVideos")
    parser.add_argument("--session", default="", help="the session; none: the newest of each experiment")
    parser.add_argument("--experiments", nargs="*", default=(), help="only these, as they are called in --results")
    for name in ("results", "filenames", "features"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    settled(__file__, lambda: require_length(__file__, UNIT, LENGTH))
    typed, settings = parser.parse_args(), Settings(UNIT, LENGTH, "s", MIN_FRAMES, ("fraction_by_tag",))
    results = typed.results.absolute()
    files: list[Sequence[object]] = [("file_id", "filename", "is_good")]
    rows: list[Sequence[object]] = [("file_id", "animal", *feature_names(settings))]
    for file_id, path in enumerate(find_tracks(results, typed.day, typed.session, typed.experiments)):
        found = rows_of(path, read_tracks, settings)
        files.append((file_id, path.relative_to(results.parent).as_posix(), bool(found)))
        rows += [[file_id, *row] for row in found]
    if len(files) == 1:
        print(f"no antdata/xy_*.mat in {results / typed.day}: nothing to summarize", file=sys.stderr)
        return 1
    write_table(rows, typed.features)
    write_table(with_feature_rows(files, rows), typed.filenames)
    print(f"{typed.day}: {len(files) - 1} movies, {len(rows) - 1} rows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
