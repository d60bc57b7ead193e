"""Summarize the poses of one day: which videos there are, and what each animal did.

Yours to change: everything down to the line of dashes is a setting. Writes two tables: filenames_summary
(file_id, filename, is_good, model, feature_rows, and what the .slp says of how it was made) and features_summary
(file_id, model, track, features; a row an animal).
Runs in Python 3.7 or newer with h5py and numpy; SLEAP is not needed. By hand, with the folder of read_poses.py:
    export PYTHONPATH=../remote_tracker/trackers/sleap
    python calculate_feat_summaries.py 20260101 --model NAME --results ../Results --filenames f.csv --features g.csv
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # Python 3.7 has no such types at run time
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]
    Row = list[object]

# Frames a second; 0: as the .slp says (SLEAP 1.3 and 1.4 do not write it: then there are no times and speeds)
FPS = 0.0

# Units of length. For millimetres: UNIT = "mm" and, if 12.5 pixels are a millimetre, PX_PER_UNIT = 12.5
UNIT = "px"
PX_PER_UNIT = 1.0

# A node (body point) with a lower score counts as not seen
MIN_NODE_SCORE = 0.0
# Animals that are seen in fewer frames are left out of the table
MIN_FRAMES = 1

# Which nodes tell where an animal is, for paths and speeds: "all", or a list of their names, e.g. ["thorax"]
POSITION_NODES = "all"

# Which features: "all", or a list of their names as they stand in the table, e.g. ["path_length_px"]
FEATURES = "all"

# ---------------------------------------------------------------------------------------------------------------------

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "remote_tracker" / "day_tables"))

from day_files import Unusable, WrongSetting, choose, exit_code_of, read_arguments, told, with_feature_rows, write_table  # noqa: E402
from day_units import scale_of  # noqa: E402
from read_poses import Made, Track, Video, find_poses, load_video  # noqa: E402

UNSEEN = float("nan")


def features_of(track: Track, video: Video) -> dict[str, float]:
    """Return feature -> value for an animal; NaN where the value is not known.

    A gap in which it was not seen counts as a straight line in the path, and not at all in the speeds.
    """
    unseen = np.isnan(track.places[:, :, 0]) | (track.node_score < MIN_NODE_SCORE)
    seen = ~unseen
    frames = np.unique(track.frame)
    fps = FPS or video.fps or UNSEEN
    places = np.where(unseen[:, :, None], UNSEEN, track.places / scale_of(__file__, UNIT, PX_PER_UNIT))[
        :, _position_nodes(video.nodes)
    ]
    steps, apart = _steps(track.frame, places) if track.moves else (np.zeros(0), np.zeros(0))
    speeds = steps[(apart == 1) & np.isfinite(steps)] * fps
    return {
        "frames": float(video.frames),
        "frames_with_pose": float(len(frames)),
        "fraction_with_pose": len(frames) / video.frames if video.frames else UNSEEN,
        "duration_s": float(frames[-1] - frames[0]) / fps if len(frames) else UNSEEN,
        "score_mean": _mean(track.score),
        "node_score_mean": _mean(track.node_score[seen]),
        f"path_length_{UNIT}": float(np.nansum(steps)) if np.isfinite(steps).any() else UNSEEN,
        f"net_displacement_{UNIT}": _net_displacement(places) if track.moves else UNSEEN,
        **_spread(f"speed_{UNIT}_per_s", speeds[np.isfinite(speeds)]),
        **{f"visible_{name}": _mean(seen[:, number]) for number, name in enumerate(video.nodes)},
    }


def _mean(values: Any) -> float:
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    return float(known.mean()) if len(known) else UNSEEN


def _spread(name: str, values: Values) -> dict[str, float]:
    if not len(values):
        return {f"{name}_{part}": UNSEEN for part in ("mean", "p10", "p50", "p90")}
    p10, p50, p90 = (float(value) for value in np.percentile(values, (10, 50, 90)))
    return {f"{name}_mean": float(values.mean()), f"{name}_p10": p10, f"{name}_p50": p50, f"{name}_p90": p90}


def _position_nodes(nodes: Sequence[str]) -> list[int]:
    """Return the indices of the nodes that tell the position. Raises WrongSetting for an unknown name."""
    wanted = list(nodes) if POSITION_NODES == "all" else list(POSITION_NODES)
    for name in wanted:
        if name not in nodes:
            raise WrongSetting(f'POSITION_NODES: there is no node "{name}"; there are: {", ".join(nodes)}')
    return [number for number, name in enumerate(nodes) if name in wanted]


def _steps(frame: Values, places: Values) -> tuple[Values, Values]:
    """Return the length of each step, and how many frames it spans.

    A step is the mean way of the nodes that are seen at both its ends, so that a node that comes and goes moves
    nothing; NaN where no node is seen at both ends.
    """
    return _shift(places[:-1], places[1:]), np.diff(frame)


def _net_displacement(places: Values) -> float:
    shown = places[np.isfinite(places[:, :, 0]).any(axis=1)]
    return float(_shift(shown[:1], shown[-1:])[0]) if len(shown) else UNSEEN


def _shift(before: Values, after: Values) -> Values:
    ways = after - before
    known = np.isfinite(ways[:, :, 0])
    number = known.sum(axis=1)
    total = np.where(known[:, :, None], ways, 0.0).sum(axis=1)
    mean = total / np.where(number, number, 1)[:, None]
    return np.where(number > 0, np.hypot(mean[:, 0], mean[:, 1]), UNSEEN)


def summarize(slp: Path, video: Video) -> list[tuple[str, dict[str, float]]]:
    """Return (track, features) for each animal of a video."""
    if not FPS and not video.fps:
        print(f"{slp}: says no frame rate: no times, no speeds. Set FPS in {Path(__file__).name}", file=sys.stderr)
    tracks = [track for track in video.tracks if len(track.frame) >= MIN_FRAMES]
    return [(track.name, features_of(track, video)) for track in tracks]


def feature_names(found: Iterable[Mapping[str, float]]) -> list[str]:
    """Return the names in FEATURES, in the order first found. Raises WrongSetting for an unknown name."""
    known = list(dict.fromkeys(name for features in found for name in features))
    return choose("FEATURES", FEATURES, known)


def summarize_day(day: str, model: str, results: Path, filenames: Path, features: Path) -> None:
    """Write both tables of a day; an unusable file is named on stderr and left out. Raises Unusable."""
    scale_of(__file__, UNIT, PX_PER_UNIT)
    poses = find_poses(results, day, model)
    if not poses:
        raise Unusable(f"no *.{model}.slp in {results / day}: nothing to summarize")
    files: list[Row] = [["file_id", "filename", "is_good", "model", "made_by", "models", "inference_ended"]]
    found: list[tuple[int, str, dict[str, float]]] = []
    for file_id, path in enumerate(poses):
        animals: list[tuple[str, dict[str, float]]] = []
        made = Made()
        try:
            video = load_video(path, model)
            animals, made = summarize(path, video), video.made
        except Unusable as error:
            print(f"{path}: {error}; left out", file=sys.stderr)
        files.append([file_id, path.relative_to(results.parent).as_posix(), bool(animals), model])
        files[-1] += [made.program, made.models, made.ended]
        found += [(file_id, name, told) for name, told in animals]
    names = feature_names(told for _, _, told in found)
    rows: list[Row] = [["file_id", "model", "track", *names]]
    rows += [[i, model, track, *(told(features.get(name, UNSEEN)) for name in names)] for i, track, features in found]
    write_table(rows, features)
    write_table(with_feature_rows(files, rows), filenames)
    print(f"{day or 'videos of no day'}: {len(poses)} videos, {len(rows) - 1} rows")


def main() -> int:
    """Summarize the day that the command line names; return the exit code."""
    typed = read_arguments(__doc__, sys.argv[1:], {"model": "the model's name, as it stands in the results' names"})
    tables = (typed.results.absolute(), typed.filenames, typed.features)
    return exit_code_of(__file__, lambda: summarize_day(typed.day, typed.model, *tables))


if __name__ == "__main__":
    sys.exit(main())
