"""Read the poses in .slp files of SLEAP 1.3 and later with h5py, without SLEAP, in Python 3.7 or newer."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from day_files import Unusable

if TYPE_CHECKING:  # Python 3.7 has no such types at run time
    import numpy.typing as npt

    Values = npt.NDArray[np.float64]

UNSEEN = float("nan")
NO_TRACK = -1
PREDICTED = 1  # instance_type; 0: drawn by a person


@dataclass(frozen=True)
class Track:
    """An animal: the frames in which it is seen, its scores, and the places of its nodes."""

    name: str
    frame: Values  # (poses,)
    score: Values  # (poses,)
    node_score: Values  # (poses, nodes)
    places: Values  # (poses, nodes, xy) in px, NaN where a node is not seen
    moves: bool  # False where it is not known who is who from frame to frame


@dataclass(frozen=True)
class Made:
    """What a .slp file says of how it was made; each text is empty where it does not say."""

    program: str = ""  # with its version, as "sleap-nn 0.3.5"
    models: str = ""  # the names of the models' folders, with " + " between
    ended: str = ""  # when inference ended, as the program wrote it: local time


@dataclass(frozen=True)
class Video:
    """The content of a .slp file."""

    frames: int  # how many frames SLEAP examined
    fps: float  # frames per second; 0: not known
    nodes: list[str]
    tracks: list[Track]  # an animal each
    made: Made


def load_video(slp: Path, model: str) -> Video:
    """Return the content of a .slp file. Raises Unusable where it is not whole or another model made it."""
    try:
        with h5py.File(str(slp), "r") as file:
            about = json.loads(_text(file["metadata"].attrs["json"]))
            said = _provenance(about, file)
            _require_model(said, model)
            videos = [json.loads(_text(text)) for text in file["videos_json"][()]]
            names = [_track_name(_text(text)) for text in file["tracks_json"][()]]
            frames, instances, points = (file[name][()] for name in ("frames", "instances", "pred_points"))
        if len(videos) > 1 or len(about["skeletons"]) != 1:
            raise Unusable(f"holds {len(videos)} videos and {len(about['skeletons'])} skeletons, expected one each")
        fps = float((videos[0].get("backend") or {}).get("fps") or 0.0) if videos else 0.0
        nodes = _node_names(about)
        return Video(len(frames), fps, nodes, _tracks(frames, instances, points, names, len(nodes)), _made(said))
    except (OSError, LookupError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise Unusable(f"cannot be read ({' '.join(str(error).split())})") from None


def _text(value: Any) -> str:
    value = value.tobytes() if isinstance(value, np.ndarray) else value
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _provenance(about: Mapping[str, Any], file: Any) -> dict[str, Any]:
    """Return what the file says of how it was made: 1.3 and 1.4 write it among the rest, sleap-nn apart."""
    said = dict(about.get("provenance") or {})
    if "provenance_json" in file:
        said.update(json.loads(_text(file["provenance_json"][()])))
    return said


def _made(said: Mapping[str, Any]) -> Made:
    known = (("sleap-nn", said.get("sleap_nn_version")), ("SLEAP", said.get("sleap_version")))
    program = next((f"{name} {version}" for name, version in known if version), "")
    paths = [re.split(r"[\\/]", str(path)) for path in said.get("model_paths") or []]
    models = [names[-2] if names[-1].startswith("best") and len(names) > 1 else names[-1] for names in paths]
    ended = said.get("inference_end_timestamp") or said.get("finish_timestamp") or ""
    return Made(program, " + ".join(models), str(ended))


def _require_model(said: Mapping[str, Any], model: str) -> None:
    """Raise Unusable where the file names other models: b.x.slp may come from a model called "b.x"."""
    paths = [str(path) for path in said.get("model_paths") or []]
    if paths and not any(model in re.split(r"[\\/]", path)[-3:] for path in paths):
        raise Unusable(f"was made with another model ({paths[0]})")


def _track_name(text: str) -> str:
    told = json.loads(text)
    return str(told[-1]) if isinstance(told, list) else str(told)


def _node_names(about: Mapping[str, Any]) -> list[str]:
    """Return the names of the nodes in the order of an instance's points."""
    known = [str(node["name"]) for node in about["nodes"]]
    return [known[int(node["id"])] for node in about["skeletons"][0]["nodes"]]


def _tracks(frames: Any, instances: Any, points: Any, names: Sequence[str], nodes: int) -> list[Track]:
    """Return the animals: by the name of their track, or, without a track, by their place in the frame's list."""
    found: dict[tuple[bool, int], list[int]] = {}
    frame_of: dict[int, float] = {}
    for frame in frames:
        place = 0
        for number in range(int(frame["instance_id_start"]), int(frame["instance_id_end"])):
            instance = instances[number]
            if instance["instance_type"] != PREDICTED:
                continue
            tracked = int(instance["track"]) != NO_TRACK
            found.setdefault((tracked, int(instance["track"]) if tracked else place), []).append(number)
            frame_of[number] = float(frame["frame_idx"])
            place += not tracked
    alone = sum(not tracked for tracked, _ in found) == 1
    return [
        _track(
            names[which] if tracked else str(which),
            tracked or alone,
            _poses(numbers, frame_of, instances),
            points,
            nodes,
        )
        for (tracked, which), numbers in sorted(found.items())
    ]


def _poses(numbers: Sequence[int], frame_of: Mapping[int, float], instances: Any) -> tuple[Values, Any]:
    """Return the frames and the instances of an animal, in the order of the frames."""
    order = sorted(numbers, key=lambda number: frame_of[number])
    return np.array([frame_of[number] for number in order]), instances[order]


def _track(name: str, moves: bool, poses: tuple[Values, Any], points: Any, nodes: int) -> Track:
    frame, mine = poses
    first = mine["point_id_start"].astype(np.int64)
    if (mine["point_id_end"].astype(np.int64) - first != nodes).any():
        raise Unusable("has instances with more or fewer points than its skeleton has nodes")
    shown = points[first[:, None] + np.arange(nodes)]
    unseen = ~shown["visible"] | ~np.isfinite(shown["x"]) | ~np.isfinite(shown["y"])
    places = np.where(unseen[:, :, None], UNSEEN, np.stack([shown["x"], shown["y"]], axis=-1))
    return Track(name, frame, mine["score"].astype(np.float64), np.where(unseen, UNSEEN, shown["score"]), places, moves)


def find_poses(results: Path, day: str, model: str) -> list[Path]:
    """Return a day's .slp files of the model at any depth, sorted; for day "" only files directly in ``results``."""
    found: list[Path] = []
    for folder, inner, names in os.walk(str(results / day)):
        inner[:] = [name for name in inner if day and not name.startswith(".")]
        found += [Path(folder, n) for n in names if n.endswith(f".{model}.slp") and not n.startswith(".")]
    return sorted(found)
