"""Summarize the trajectories that idtracker.ai found in one day: which videos there are, and what each animal did.

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

# Animals seen in fewer frames are left out of the table.
MIN_FRAMES = 1

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import numpy as np  # noqa: E402
from day_tables import Settings, Track, Unusable, Values, summarize_day  # noqa: E402

HEADER = "frame,time,individual,x,y,probability"


def read_tracks(path: Path) -> Sequence[Track]:
    """Return the animals in a trajectories_tidy.csv; raises Unusable where the file is not whole."""
    text = path.read_text(encoding="utf-8")
    head, _, rows = text.partition("\n")
    if head.strip() != HEADER or not text.endswith("\n"):
        raise Unusable("is cut short" if head.strip() == HEADER else f"does not begin with {HEADER}")
    table = np.loadtxt(rows.splitlines(), delimiter=",", ndmin=2)
    return [_track(number, table[table[:, 2] == number]) for number in np.unique(table[:, 2])]


def _track(number: float, rows: Values) -> Track:
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    known = rows[:, 5][~np.isnan(rows[:, 5])]  # NaN where identities were not asked for, or animals touch
    sure = {"probability_mean": float(known.mean())} if len(known) else {}
    return Track(str(int(number)), rows[:, 1], rows[:, 3], rows[:, 4], sure)


if __name__ == "__main__":
    settings = Settings(UNIT, PX_PER_UNIT, "s", MIN_FRAMES, ("probability_mean",))
    sys.exit(summarize_day(__doc__, "session_*/trajectories/trajectories_tidy.csv", read_tracks, settings))
