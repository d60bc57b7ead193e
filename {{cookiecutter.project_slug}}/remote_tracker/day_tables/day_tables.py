"""The tables of one day from positions: what the calculate_feat_summaries.py of several trackers share.

Each of those reads its tracker's files; what an animal did is measured here, and written as two tables:
filenames_summary (file_id, filename, is_good) and features_summary (file_id, animal, features; a row an animal).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from day_files import Unusable, read_arguments, told, write_table

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Read = Callable[[Path], Sequence["Track"]]
else:  # what Python 3.7 and its numpy could not do as it runs: anTraX's environment is that old
    Values = Read = Any
UNSEEN = float("nan")
__all__ = [
    "Settings",
    "Track",
    "Unusable",
    "Values",
    "feature_names",
    "find_results",
    "rows_of",
    "summarize_day",
    "write_table",
]


@dataclass(frozen=True)
class Settings:
    """Units of length and time of a table: ``px_per_unit`` pixels are one ``unit``, ``clock`` is s or frame."""

    unit: str = "px"
    px_per_unit: float = 1.0
    clock: str = "s"
    min_frames: int = 1
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Track:
    """One animal: its time in the settings' clock and its position in px for each frame, NaN where it is not seen."""

    name: str
    time: Values
    x: Values
    y: Values
    others: Mapping[str, float] = field(default_factory=dict)


def features_of(track: Track, settings: Settings) -> dict[str, float]:
    """Return what an animal did; NaN where too little of it was seen. Steps over unseen frames count in no speed."""
    seen = ~(np.isnan(track.x) | np.isnan(track.y))
    time, x, y = track.time[seen], track.x[seen] / settings.px_per_unit, track.y[seen] / settings.px_per_unit
    steps, seconds = np.hypot(np.diff(x), np.diff(y)), np.diff(time)
    together = np.diff(np.nonzero(seen)[0]) == 1
    speeds = steps[together & (seconds > 0)] / seconds[together & (seconds > 0)]
    unit, speed = settings.unit, f"speed_{settings.unit}_per_{settings.clock}"
    return {
        "frames_tracked": float(seen.sum()),
        "frames_tracked_fraction": float(seen.mean()) if len(seen) else 0.0,
        f"path_length_{unit}": float(steps.sum()) if len(x) else UNSEEN,
        f"net_displacement_{unit}": float(np.hypot(x[-1] - x[0], y[-1] - y[0])) if len(x) else UNSEEN,
        f"{speed}_mean": float(speeds.mean()) if len(speeds) else UNSEEN,
        f"{speed}_p50": float(np.percentile(speeds, 50)) if len(speeds) else UNSEEN,
        f"{speed}_p90": float(np.percentile(speeds, 90)) if len(speeds) else UNSEEN,
        **{name: track.others.get(name, UNSEEN) for name in settings.columns},
    }


def feature_names(settings: Settings) -> list[str]:
    """Return the names of the features, always in one order."""
    nothing = np.zeros(0)
    return list(features_of(Track("", nothing, nothing, nothing), settings))


def find_results(results: Path, day: str, pattern: str) -> list[Path]:
    """Return the files of a day that match at any depth, sorted; day "" has those right in ``results``, no deeper."""
    place = results / day
    found = [path for path in (place.rglob(pattern) if day else place.glob(pattern)) if path.is_file()]
    hidden = [p for p in found if any(part.startswith(".") for part in p.relative_to(results).parts)]
    return sorted(set(found) - set(hidden))


def rows_of(path: Path, read: Read, settings: Settings) -> list[list[object]]:
    """Return a row an animal, without its file_id; a file that cannot be used has none, and is named on stderr."""
    try:
        tracks = read(path)
    except (Unusable, OSError, ValueError, KeyError) as error:
        print(f"{path}: {' '.join(str(error).split()) or type(error).__name__}; left out", file=sys.stderr)
        return []
    rows: list[list[object]] = []
    for track in tracks:
        found = features_of(track, settings)
        if found["frames_tracked"] >= settings.min_frames:
            rows.append([track.name, *map(told, found.values())])
    return rows


def summarize_day(description: str | None, pattern: str, read: Read, settings: Settings) -> int:
    """Write both tables of the day that the command line names; return the exit code."""
    typed = read_arguments(description, sys.argv[1:])
    results = typed.results.absolute()
    paths = find_results(results, typed.day, pattern)
    if not paths:
        print(f"no {pattern} in {results / typed.day}: nothing to summarize", file=sys.stderr)
        return 1
    files: list[Sequence[object]] = [("file_id", "filename", "is_good")]
    rows: list[Sequence[object]] = [("file_id", "animal", *feature_names(settings))]
    for file_id, path in enumerate(paths):
        found = rows_of(path, read, settings)
        files.append((file_id, path.relative_to(results.parent).as_posix(), bool(found)))
        rows += [[file_id, *row] for row in found]
    write_table(rows, typed.features)
    write_table(files, typed.filenames)
    print(f"{typed.day or 'videos of no day'}: {len(paths)} videos, {len(rows) - 1} rows")
    return 0
