"""Summarize the tracks of one day: which videos there are, and what each animal did.

Yours to change: everything down to the line of dashes is a setting. Writes two tables: filenames_summary
(file_id, filename, is_good, feature_rows) and features_summary (file_id, animal, features; a row an animal and time
window).
    python calculate_feat_summaries.py 20260101 --results ../Results --filenames files.csv --features features.csv
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

# Time windows in seconds, "from:to"; "end" is the video's end. Several: ["0:60", "60:120", "120:end"]
TIME_WINDOWS = ["0:end"]

# Units of length. For millimetres: UNIT = "mm" and, if 12.5 pixels are a millimetre, PX_PER_UNIT = 12.5
UNIT = "px"
PX_PER_UNIT = 1.0

# Animals that are left out of the table; over the whole video.
MIN_SECONDS_TRACKED = 1.0  # seen for less than this
MIN_PATH = 0.0, "px"  # walked less than this

# Positions are averaged over this many seconds before speeds and paths are measured, never across a gap; 0: not at all
SMOOTH_SECONDS = 0.2
# Slower than this is resting; with UNIT = "mm" in mm/s
RESTING_BELOW = 10.0, "px/s"

# Which features: "all", or a list of their names as they stand in the table, e.g. ["path_length_px"]
FEATURES: str | list[str] = "all"

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

from day_files import Unusable, WrongSetting, choose, exit_code_of, read_arguments, told, with_feature_rows, write_table  # noqa: E402
from day_units import limit_of, scale_of  # noqa: E402
from walks import clear_times, seconds_seen, share, spread, steps_of, times_of_all  # noqa: E402

Values = npt.NDArray[np.float64]
COLUMNS = ("frame", "time_s", "animal", "x_px", "y_px", "area_px", "major_px", "touching")
UNSEEN = float("nan")


@dataclass(frozen=True)
class Animal:
    """The sightings of an animal, by frame: times in s, positions and lengths in UNIT, areas in UNIT squared."""

    frame: Values
    time: Values  # increases
    x: Values
    y: Values
    area: Values
    length: Values
    touching: Values

    def within(self, start: float, end: float) -> Animal:
        """Return the sightings from ``start`` on and before ``end`` (s)."""
        inside = (self.time >= start) & (self.time < end)
        return Animal(*(getattr(self, name)[inside] for name in self.__dataclass_fields__))


def features_of(animal: Animal, frames: float, fps: float) -> dict[str, float]:
    """Return feature -> value for an animal over ``frames`` frames; NaN where it was seen too little.

    All means, percentiles and fractions but the first are over time. A gap in which it was not seen, or in which
    frames are missing from the video, counts as a straight line in the path, and not at all in the speeds.
    """
    area = "px" if UNIT == "px" else f"{UNIT}2"
    resting = limit_of(__file__, "RESTING_BELOW", RESTING_BELOW, f"{UNIT}/s")
    seen = len(animal.frame)
    steps = steps_of(animal.frame, animal.time, animal.x, animal.y, SMOOTH_SECONDS)
    lasting = seconds_seen(animal.frame, animal.time, fps)
    return {
        "frames_tracked_fraction": min(1.0, seen / frames) if frames else 0.0,
        "duration_s": float(animal.time[-1] - animal.time[0]) if seen else UNSEEN,
        f"path_length_{UNIT}": float(steps.lengths.sum()) if seen else UNSEEN,
        f"net_displacement_{UNIT}": _net_displacement(animal),
        **spread(f"speed_{UNIT}_per_s", steps.speeds, steps.weights),
        "fraction_resting": share(steps.speeds < resting, steps.weights),
        **spread(f"area_{area}", animal.area, lasting),
        **spread(f"length_{UNIT}", animal.length, lasting),
        "fraction_touching": share(animal.touching, lasting),
    }


def _net_displacement(animal: Animal) -> float:
    if not len(animal.x):
        return UNSEEN
    return float(np.hypot(animal.x[-1] - animal.x[0], animal.y[-1] - animal.y[0]))


def load_animals(tracks: Path, frames: float, fps: float) -> tuple[dict[int, Animal], Values]:
    """Return the animals of a table of tracks, by number, and the time of each of the video's frames in s.

    Raises Unusable for a table that is not whole.
    """
    try:
        text = tracks.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"cannot be read ({error})") from None
    head, _, rows = text.partition("\n")
    missing = [name for name in COLUMNS if name not in head.split(",")]
    if missing or not text.endswith("\n"):
        raise Unusable(f"has no column {missing[0]}" if missing else "ends in the middle of a line")
    if not rows:
        return {}, np.zeros(0)
    places = [head.split(",").index(name) for name in COLUMNS]
    try:
        table = np.loadtxt(rows.splitlines(), delimiter=",", usecols=places, ndmin=2)
    except ValueError as error:
        raise Unusable(f"does not hold numbers only ({' '.join(str(error).split())})") from None
    table = table[np.argsort(table[:, 0], kind="stable")]
    table[:, 1] = clear_times(table[:, 0], table[:, 1], fps)
    animals = {int(number): _animal(table[table[:, 2] == number]) for number in np.unique(table[:, 2])}
    return animals, times_of_all(table[:, 0], table[:, 1], frames, fps)


def _animal(rows: Values) -> Animal:
    frame, time, _, x, y, area, length, touching = rows.T
    pixels = scale_of(__file__, UNIT, PX_PER_UNIT)
    lengths = (x / pixels, y / pixels, area / pixels**2, length / pixels)
    return Animal(frame, time, *lengths, touching)


def load_length(tracks: Path) -> tuple[float, float]:
    """Return (frames, frames per second on average) of a video from the JSON file beside its table. Raises Unusable."""
    info = tracks.with_name(tracks.name.removesuffix(".csv") + ".json")
    try:
        said: dict[str, Any] = json.loads(info.read_text(encoding="utf-8"))
        if said["finished"] is not True:
            raise Unusable(f"{info.name} says that it is not finished")
        return float(said["frames_read"]), float(said["fps"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"{info.name} beside it cannot be used ({type(error).__name__}: {error})") from None


def summarize(tracks: Path, windows: Sequence[tuple[float, float]]) -> list[list[object]]:
    """Return the rows of a video, without file_id: a row for each animal and window. Raises Unusable."""
    shortest = limit_of(__file__, "MIN_PATH", MIN_PATH, UNIT)
    frames, fps = load_length(tracks)
    animals, times = load_animals(tracks, frames, fps)
    rows: list[list[object]] = []
    for number, animal in animals.items():
        whole = features_of(animal, frames, fps)
        lasting = float(seconds_seen(animal.frame, animal.time, fps).sum())
        if round(lasting, 6) < MIN_SECONDS_TRACKED or whole[f"path_length_{UNIT}"] < shortest:
            continue
        for start, end in windows:
            last = min(end, frames / fps)
            found = features_of(animal.within(start, end), ((times >= start) & (times < last)).sum(), fps)
            shown = [f"{start:g}", f"{last:g}"] if _has_windows() else []
            rows.append([number, *shown, *(told(found[name]) for name in feature_names())])
    return rows


def _has_windows() -> bool:
    return TIME_WINDOWS != ["0:end"]


def feature_names() -> list[str]:
    """Return the names in FEATURES, always in the same order. Raises WrongSetting for an unknown name."""
    nothing = np.zeros(0)
    known = list(features_of(Animal(*[nothing] * 7), 0, 1))
    return choose("FEATURES", FEATURES, known)


def read_windows(texts: Sequence[str]) -> list[tuple[float, float]]:
    """Return (start, end) in s of each "from:to". Raises WrongSetting."""
    windows = []
    for text in texts:
        try:
            start, end = (float("inf") if side.strip() == "end" else float(side) for side in text.split(":"))
        except ValueError:
            start = end = UNSEEN
        if not 0 <= start < end:
            raise WrongSetting(f'TIME_WINDOWS: "{text}" should look like "0:60" or "60:end"')
        windows.append((start, end))
    return windows


def find_tracks(results: Path, day: str) -> list[Path]:
    """Return a day's tables at any depth, sorted; for day "" only tables directly in ``results``."""
    found = []
    for folder, inner, names in os.walk(results / day):
        inner[:] = [name for name in inner if day and not name.startswith(".")]
        found += [Path(folder, n) for n in names if n.endswith("_tracks.csv") and not n.startswith(".")]
    return sorted(found)


def summarize_day(day: str, results: Path, filenames: Path, features: Path) -> None:
    """Write both tables of a day; an unusable file is named on stderr and left out. Raises Unusable."""
    scale_of(__file__, UNIT, PX_PER_UNIT)
    windows, names = read_windows(TIME_WINDOWS), feature_names()
    tracks = find_tracks(results, day)
    if not tracks:
        raise Unusable(f"no *_tracks.csv in {results / day}: nothing to summarize")
    files: list[Sequence[object]] = [("file_id", "filename", "is_good")]
    rows: list[Sequence[object]] = [
        ("file_id", "animal", *(("time_start_s", "time_end_s") if _has_windows() else ()), *names)
    ]
    for file_id, path in enumerate(tracks):
        found: list[list[object]] = []
        try:
            found = summarize(path, windows)
        except Unusable as error:
            print(f"{path}: {error}; left out", file=sys.stderr)
        files.append((file_id, path.relative_to(results.parent).as_posix(), bool(found)))
        rows += [[file_id, *row] for row in found]
    write_table(rows, features)
    write_table(with_feature_rows(files, rows), filenames)
    print(f"{day or 'videos of no day'}: {len(tracks)} videos, {len(rows) - 1} rows")


def main() -> int:
    """Summarize the day that the command line names; return the exit code."""
    typed = read_arguments(__doc__, sys.argv[1:])
    tables = (typed.results.absolute(), typed.filenames, typed.features)
    return exit_code_of(__file__, lambda: summarize_day(typed.day, *tables))


if __name__ == "__main__":
    sys.exit(main())
