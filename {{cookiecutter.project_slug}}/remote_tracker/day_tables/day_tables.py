"""Make the tables of a day from positions, for the calculate_feat_summaries.py of several trackers.

Each such program reads its tracker's files; this module measures what an animal did, and writes two tables:
filenames_summary (file_id, filename, is_good, feature_rows) and features_summary (file_id, animal, features; a row for
each animal).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from day_files import Unusable, read_arguments, told, with_feature_rows, write_table

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Read = Callable[[Path], Sequence["Track"]]
else:  # at run time Python 3.7 and its numpy know no such types: anTraX's environment is that old
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
    "with_feature_rows",
    "write_table",
]


@dataclass(frozen=True)
class Settings:
    """The units and the filter of a table."""

    unit: str = "px"  # of length
    px_per_unit: float = 1.0  # pixels in a ``unit``
    clock: str = "s"  # the unit of time: s or frame
    min_frames: int = 1  # an animal seen in fewer frames is left out
    columns: tuple[str, ...] = ()  # names of further features, from ``Track.others``


@dataclass(frozen=True)
class Track:
    """An animal: its time and position in each frame."""

    name: str
    time: Values  # in the settings' clock
    x: Values  # px, NaN where the animal is not seen
    y: Values  # px, NaN where the animal is not seen
    others: Mapping[str, float] = field(default_factory=dict)  # further features by name


def features_of(track: Track, settings: Settings) -> dict[str, float]:
    """Return feature -> value; NaN where the animal was seen too little. Steps over unseen frames give no speed."""
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
    """Return the names of the features, always in the same order."""
    nothing = np.zeros(0)
    return list(features_of(Track("", nothing, nothing, nothing), settings))


def find_results(results: Path, day: str, pattern: str) -> list[Path]:
    """Return a day's files that match at any depth, sorted; for day "" only files directly in ``results``."""
    place = results / day
    found = [path for path in (place.rglob(pattern) if day else place.glob(pattern)) if path.is_file()]
    hidden = [p for p in found if any(part.startswith(".") for part in p.relative_to(results).parts)]
    return sorted(set(found) - set(hidden))


def rows_of(path: Path, read: Read, settings: Settings) -> list[list[object]]:
    """Return a row for each animal, without file_id; an unusable file gives none and is named on stderr."""
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


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def summarize_day(description: str | None, pattern: str, read: Read, settings: Settings) -> int:
    """Write both tables of the day that the command line names; return the exit code, 1 for a day without files."""
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
    write_table(with_feature_rows(files, rows), typed.filenames)
    print(f"{typed.day or 'videos of no day'}: {_count(len(paths), 'video')}, {_count(len(rows) - 1, 'row')}")
    return 0
