"""Summarize the poses that DeepLabCut found in one day: which videos there are, and what each body part did.

Yours to change: everything down to the line of dashes is a setting.
    python calculate_feat_summaries.py 20260101 --results ../Results --filenames files.csv --features features.csv
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

# Units of length. For millimetres: UNIT = "mm" and, if 12.5 pixels are a millimetre, PX_PER_UNIT = 12.5
UNIT = "px"
PX_PER_UNIT = 1.0

# A position that the network is less sure of (0 to 1) counts as not seen.
MIN_LIKELIHOOD = 0.6

# Body parts seen in fewer frames are left out of the table; 0: each has a row, also a part that was never seen.
MIN_FRAMES = 0

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import csv  # noqa: E402
import json  # noqa: E402

import numpy as np  # noqa: E402
from day_tables import Settings, Track, Unusable, Values, summarize_day  # noqa: E402
from day_units import scale_of, settled  # noqa: E402

HEADS = ("scorer", "individuals", "bodyparts", "coords")


def read_tracks(path: Path) -> Sequence[Track]:
    """Return a track for each body part (and animal) in DeepLabCut's table; raises Unusable if it is not whole."""
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        raise Unusable("is cut short")
    lines = list(csv.reader(text.splitlines()))
    heads = {line[0]: line for line in lines[:4] if line and line[0] in HEADS}
    if not {"bodyparts", "coords"} <= heads.keys():
        raise Unusable("has no rows called bodyparts and coords above its numbers")
    rows = [[float(cell) if cell else np.nan for cell in line] for line in lines[len(heads) :]]
    unseen = range(len(rows), _load_frames(path.parent))  # of several animals the table ends with the last frame of one
    rows += [[frame, *[np.nan] * (len(heads["coords"]) - 1)] for frame in unseen]
    table = np.array(rows, np.float64).reshape(len(rows), len(heads["coords"]))
    names = [_name(heads, column) for column in range(len(heads["coords"]))]
    return [_track(name, table, names, heads["coords"]) for name in dict.fromkeys(names[1:])]


def _load_frames(folder: Path) -> int:
    """Return how many frames DeepLabCut looked at, 0 where analyze_video.py wrote nothing of that."""
    try:
        return int(json.loads((folder / "analyzed.json").read_text(encoding="utf-8"))["frames"])
    except FileNotFoundError:
        return 0


def _name(heads: dict[str, list[str]], column: int) -> str:
    animal = f"{heads['individuals'][column]}." if "individuals" in heads else ""
    return animal + heads["bodyparts"][column]


def _track(name: str, table: Values, names: list[str], coords: list[str]) -> Track:
    columns = {coords[i]: table[:, i] for i, known in enumerate(names) if known == name}
    sure = columns["likelihood"] >= MIN_LIKELIHOOD
    x, y = (np.where(sure, columns[axis], np.nan) for axis in ("x", "y"))
    likelihoods = columns["likelihood"][~np.isnan(columns["likelihood"])]
    return Track(
        name, table[:, 0], x, y, {"likelihood_mean": float(likelihoods.mean()) if len(likelihoods) else np.nan}
    )


if __name__ == "__main__":
    pixels = settled(__file__, lambda: scale_of(__file__, UNIT, PX_PER_UNIT))
    settings = Settings(UNIT, pixels, "frame", MIN_FRAMES, ("likelihood_mean",))
    sys.exit(summarize_day(__doc__, "*_dlc/*.csv", read_tracks, settings))
