"""Summarize the tracks that TRex found in one day: which videos there are, and what each animal did.

Yours to change: everything down to the line of dashes is a setting. Nobody has run this on files of a real TRex yet.
    python calculate_feat_summaries.py 20260101 --results ../Results --filenames files.csv --features features.csv
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# The unit of TRex's positions, as its own settings make them (it takes centimetres).
UNIT = "cm"

# The names of the columns in its tables; of each group the first column that is there is taken.
TIME, X, Y = ("time", "frame"), ("X#wcentroid", "X"), ("Y#wcentroid", "Y")

# Animals seen in fewer frames are left out of the table.
MIN_FRAMES = 1

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import numpy as np  # noqa: E402
from day_tables import Settings, Track, Unusable, Values, summarize_day  # noqa: E402


def read_tracks(path: Path) -> Sequence[Track]:
    """Return the animals of a .results: a table each in data/ beside it; raises Unusable where there is none."""
    tables = sorted(path.parent.glob("data/*_fish*.npz"))
    if not tables:
        raise Unusable("there is no data/*_fish*.npz beside it")
    return [_track(table) for table in tables]


def _track(path: Path) -> Track:
    with np.load(path) as table:
        time, x, y = (_column(table, names).astype(np.float64) for names in (TIME, X, Y))
    seen = np.isfinite(x) & np.isfinite(y)  # TRex writes inf where an animal is missing
    name = path.stem.rpartition("_fish")[2]
    return Track(name, time, np.where(seen, x, np.nan), np.where(seen, y, np.nan))


def _column(table: Mapping[str, Values], names: Sequence[str]) -> Values:
    for name in names:
        if name in table:
            return table[name]
    raise Unusable(f"has no column {' or '.join(names)}; it has {', '.join(table)}")


if __name__ == "__main__":
    sys.exit(summarize_day(__doc__, "*_trex/*.results", read_tracks, Settings(UNIT, 1.0, "s", MIN_FRAMES)))
