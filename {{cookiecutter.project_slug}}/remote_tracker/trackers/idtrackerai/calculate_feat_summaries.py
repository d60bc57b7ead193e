"""Summarize the trajectories that idtracker.ai found in one day: which videos there are, and what each animal did.

Yours to change: everything down to the line of dashes is a setting.
    python calculate_feat_summaries.py 20260101 --results ../Results --filenames files.csv --features features.csv
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

# Units of length. For millimetres: UNIT = "mm" and, if 12.5 pixels are a millimetre, PX_PER_UNIT = 12.5
UNIT = "px"
PX_PER_UNIT = 1.0

# Frames a second; 0: as the session says.
FPS = 0.0

# Animals seen in fewer frames are left out of the table.
MIN_FRAMES = 1

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import h5py  # noqa: E402
import numpy as np  # noqa: E402
from day_tables import Settings, Track, Unusable, Values, summarize_day  # noqa: E402
from day_units import scale_of, settled  # noqa: E402

if TYPE_CHECKING:
    import numpy.typing as npt

    Indices = npt.NDArray[np.int_]
HEADER = "frame,time,individual,x,y,probability"


def read_tracks(path: Path) -> Sequence[Track]:
    """Return the animals in a trajectories_tidy.csv; raises Unusable where the file is not whole."""
    text = path.read_text(encoding="utf-8")
    head, _, rows = text.partition("\n")
    if head.strip() != HEADER or not text.endswith("\n"):
        raise Unusable("is cut short" if head.strip() == HEADER else f"does not begin with {HEADER}")
    table, fps = (
        np.loadtxt(rows.splitlines(), delimiter=",", ndmin=2),
        FPS or load_fps(path.parents[1] / "session.json"),
    )
    table[:, 3:5] = load_positions(path.with_name("trajectories.h5"), table[:, 0].astype(int), table[:, 2].astype(int))
    return [_track(number, table[table[:, 2] == number], fps) for number in np.unique(table[:, 2])]


def load_positions(path: Path, frames: Indices, animals: Indices) -> Values:
    """Return x and y as idtracker.ai computed them; in its CSV they are rounded to 0.001 px, a part of a slow step."""
    with h5py.File(path) as file:
        positions = file["trajectories"][()]
    if positions.shape[:2] != (frames.max(initial=-1) + 1, animals.max(initial=-1) + 1):
        raise Unusable(f"holds other frames or animals than {path.name}")
    chosen: Values = positions[frames, animals]
    return chosen


def load_fps(session: Path) -> float:
    """Return the frames a second that a session.json says, NaN where it says none: then there are no speeds."""
    said = json.loads(session.read_text(encoding="utf-8")).get("frames_per_second")
    if isinstance(said, (int, float)) and said > 0:
        return float(said)
    print(f"{session}: says no frame rate: no speeds. Set FPS in {Path(__file__).name}", file=sys.stderr)
    return float("nan")


def _track(number: float, rows: Values, fps: float) -> Track:
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    time = rows[:, 0] / fps  # its own column of times is rounded to milliseconds, and so would be each step
    known = rows[:, 5][~np.isnan(rows[:, 5])]  # NaN where identities were not asked for, or animals touch
    sure = {"probability_mean": float(known.mean())} if len(known) else {}
    return Track(str(int(number)), time, rows[:, 3], rows[:, 4], sure)


if __name__ == "__main__":
    pixels = settled(__file__, lambda: scale_of(__file__, UNIT, PX_PER_UNIT))
    settings = Settings(UNIT, pixels, "s", MIN_FRAMES, ("probability_mean",))
    sys.exit(summarize_day(__doc__, "session_*/trajectories/trajectories_tidy.csv", read_tracks, settings))
