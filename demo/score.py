"""Compare tracks with the truth: how far off, how many animals, how often a number changed its animal.

    python score.py PROJECT

Each RawVideos/<...>/<name>.gt.csv of the project is compared with Results/<...>/<name>_tracks.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

try:
    import numpy as np
    from scipy.optimize import linear_sum_assignment
except ModuleNotFoundError as missing:
    needed = Path(__file__).with_name("requirements.txt")
    sys.exit(f"{missing}. Type:  python3 -m pip install -r {needed}   (make demo brings its own)")

Places = dict[int, dict[int, tuple[float, float]]]  # frame -> animal -> (x, y) in px


@dataclass(frozen=True)
class Score:
    """How well one video was tracked; ``median_error_px`` is NaN where no animal was found.

    ``seen`` is the fraction of the true positions that some track was near; ``extra`` counts the tracks'
    positions with no animal near; ``switches`` how often an animal went on under another number.
    """

    animals_true: int
    animals_found: int
    seen: float
    extra: int
    switches: int
    median_error_px: float


def score(tracks_csv: Path, truth_csv: Path, reach_px: float = 40) -> Score:
    """Return how well ``tracks_csv`` agrees with ``truth_csv``; farther than ``reach_px`` is not the same animal.

    Frame by frame a pair of the frame before stays one while it is near enough; the others are paired at the
    least total distance. Both files need the columns frame, animal, x_px, y_px.
    """
    tracks, truth = load_places(tracks_csv), load_places(truth_csv)
    last: dict[int, int] = {}
    errors: list[float] = []
    switches = 0
    for frame, animals in sorted(truth.items()):
        pairs = _pair(animals, tracks.get(frame, {}), last, reach_px)
        switches += sum(last.get(animal, number) != number for animal, (number, _) in pairs.items())
        errors += [distance for _, distance in pairs.values()]
        last |= {animal: number for animal, (number, _) in pairs.items()}
    true_places, found_places = (sum(map(len, places.values())) for places in (truth, tracks))
    return Score(
        animals_true=_count(truth),
        animals_found=_count(tracks),
        seen=len(errors) / true_places if true_places else 0.0,
        extra=found_places - len(errors),
        switches=switches,
        median_error_px=float(np.median(errors)) if errors else float("nan"),
    )


def load_places(path: Path) -> Places:
    """Return where each animal is in each frame."""
    places: Places = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            places[int(row["frame"])][int(row["animal"])] = (float(row["x_px"]), float(row["y_px"]))
    return places


def _count(places: Places) -> int:
    return len({animal for animals in places.values() for animal in animals})


def _pair(
    truth: dict[int, tuple[float, float]],
    tracks: dict[int, tuple[float, float]],
    last: dict[int, int],
    reach: float,
) -> dict[int, tuple[int, float]]:
    """Return true animal -> (number in the tracks, distance)."""
    pairs = {}
    for animal, place in truth.items():
        number = last.get(animal)
        if number in tracks and (away := float(np.hypot(*np.subtract(place, tracks[number])))) <= reach:
            pairs[animal] = (number, away)
    taken = {number for number, _ in pairs.values()}
    free_animals = [animal for animal in truth if animal not in pairs]
    free_numbers = [number for number in tracks if number not in taken]
    if free_animals and free_numbers:
        apart = np.array([[np.hypot(*np.subtract(truth[a], tracks[n])) for n in free_numbers] for a in free_animals])
        for row, column in zip(*linear_sum_assignment(np.minimum(apart, reach * 10)), strict=True):
            if apart[row, column] <= reach:
                pairs[free_animals[row]] = (free_numbers[column], float(apart[row, column]))
    return pairs


def main() -> int:
    """Print a line a video of the project; exit code 1 where one has no tracks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    raw = parser.parse_args().project / "RawVideos"
    missing = 0
    print(f"{'video':24} {'animals':>7} {'found':>5} {'seen':>6} {'switches':>8} {'median error':>12}")
    for truth in sorted(raw.rglob("*.gt.csv")):
        video = truth.relative_to(raw).as_posix().removesuffix(".gt.csv")
        tracks = raw.parent / "Results" / f"{video}_tracks.csv"
        if not tracks.is_file():
            missing += 1
            print(f"{video:24} no tracks")
            continue
        s = score(tracks, truth)
        counts = f"{s.animals_true:7} {s.animals_found:5} {s.seen:6.1%} {s.switches:8}"
        print(f"{video:24} {counts} {s.median_error_px:9.2f} px")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
