"""Summarize the tracks that TRex found in one day: which videos there are, and what each animal did.

Yours to change: everything down to the line of dashes is a setting. Nobody has run this on files of a real TRex yet.
    python calculate_feat_summaries.py 20260101 --results ../Results --filenames files.csv --features features.csv
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# The unit of TRex's positions: "cm", as its own settings make them (cm_per_pixel), or "px" where cm_per_pixel is 1.
UNIT = "cm"

# The names of the columns in its tables; of each group the first column that is there is taken.
X, Y = ("X#wcentroid", "X"), ("Y#wcentroid", "Y")

# Animals seen in fewer frames are left out of the table.
MIN_FRAMES = 1

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

import numpy as np  # noqa: E402
from day_tables import Settings, Track, Unusable, Values, summarize_day  # noqa: E402
from day_units import require_unit, settled  # noqa: E402

PREFIXES = (
    "id",
    "fish",
)  # before an animal's number, by default, since 2.0 and before; who set another has it named so


def read_tracks(path: Path) -> Sequence[Track]:
    """Return the animals of a .results: a table each in data/ beside it; raises Unusable where there is none.

    Tables of postures, probabilities and statistics lie there, too: an animal's has its positions in it.
    """
    found = [track for table in sorted(path.parent.glob("data/*.npz")) if (track := _track(table, path.stem))]
    if not found:
        raise Unusable("there is no table of an animal in data/ beside it")
    return found


def _track(path: Path, video: str) -> Track | None:
    with np.load(path) as table:
        if "frame" not in table or not set(X).intersection(table) or not set(Y).intersection(table):
            return None
        frame, x, y = (_column(table, names) for names in (("frame",), X, Y))
        rate = float(table["frame_rate"].item()) if "frame_rate" in table else 0.0
        time = seconds_of(frame, _column(table, ("time",)), rate)
    seen = np.isfinite(x) & np.isfinite(y)  # TRex writes inf where an animal is missing
    name = path.stem.removeprefix(f"{video}_")
    number = next((name.removeprefix(p) for p in PREFIXES if name.startswith(p)), "")
    return Track(number if number.isdecimal() else name, time, np.where(seen, x, np.nan), np.where(seen, y, np.nan))


def seconds_of(frame: Values, time: Values, rate: float) -> Values:
    """Return when each frame was, in s: by its number where all are equally far apart, else as TRex says.

    TRex writes times in 32 bits: late in a fast video they are too coarse to divide by their differences. Its ``rate``,
    a whole number, counts where all times agree with it as far as they can be told apart.
    """
    known = np.flatnonzero(np.isfinite(time))
    if len(known) < 2 or frame[known[0]] == frame[known[-1]]:
        return time
    first, last = known[0], known[-1]
    finest = float(np.spacing(np.float32(np.abs(time[known]).max()))) + 1e-6  # TRex's own clock counts microseconds
    step = (time[last] - time[first]) / (frame[last] - frame[first])
    for each, most in ((1 / rate if rate > 0 else step, finest), (step, step / 2)):
        even: Values = time[first] + (frame - frame[first]) * each
        if each > 0 and np.abs(even - time)[known].max() <= most:
            return even
    return time


def _column(table: Mapping[str, Values], names: Sequence[str]) -> Values:
    for name in names:
        if name in table:
            return table[name].astype(np.float64)
    raise Unusable(f"has no column {' or '.join(names)}; it has {', '.join(table)}")


if __name__ == "__main__":
    why = "TRex writes cm, or px where its own cm_per_pixel is 1"
    settled(__file__, lambda: require_unit(__file__, UNIT, ("cm", "px"), why))
    sys.exit(summarize_day(__doc__, "*_trex/*.results", read_tracks, Settings(UNIT, 1.0, "s", MIN_FRAMES)))
