"""Read the poses that SLEAP wrote: a .slp file of SLEAP 1.3 and later, or its analysis HDF5."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import h5py
import numpy as np

from ..checks.clause import Fault
from ..checks.h5py_files import damage
from ..named_tuple import NamedTuple
from .arrange import Named, Numbers, Sightings, arrange, name_individuals
from .given import Given
from .tracks import Tracks

SOURCE = "SLEAP"
NO_TRACK = -1
DRAWN = 0  # instance_type of a pose that a person drew or corrected; 1: predicted
CENTRED = 1.1  # format_id since which (0, 0) is the middle of the first pixel; before, its corner
BODY, SYMMETRY = 1, 2  # kinds of links


class Pose(NamedTuple):
    """An instance in a frame: its number in the table of instances, and the animal that it shows."""

    frame: int
    number: int
    animal: str


def read_sleap(given: Given) -> Tracks:
    """Return the poses in a .slp file or an analysis HDF5; what a person corrected replaces what was predicted.

    An animal is called as its track; without a track by its place in the frame's list, from 0, as in the tables of
    features: several animals without tracks stay several. Raises Fault where the file is not whole.
    """
    path = given.only_file()
    with damage(path), h5py.File(path) as file:
        return _read_analysis(file, given) if "node_names" in file else _read_slp(file, given)


def _read_slp(file: Any, given: Given) -> Tracks:
    about = json.loads(_text(file["metadata"].attrs["json"]))
    frames, instances = file["frames"][()], file["instances"][()]
    tracks = [_track_name(_text(text)) for text in file["tracks_json"][()]]
    if len(about["skeletons"]) != 1 or len(np.unique(frames["video"])) > 1:
        raise Fault("holds several videos or skeletons, expected one each")
    nodes, edges = _read_skeleton(about)
    poses = [pose for frame in frames for pose in _poses(frame, instances, tracks)]
    numbers = np.array([pose.number for pose in poses], dtype=np.int64)
    x, y, sure = _points(file, instances[numbers], len(nodes))
    corner = 0.5 if float(file["metadata"].attrs.get("format_id", 1.0)) < CENTRED else 0.0
    who = name_individuals([pose.animal for pose in poses])
    each = len(nodes)
    seen = Sightings(
        np.repeat(np.array([pose.frame for pose in poses], dtype=np.int64), each),
        Named(who.names, np.repeat(who.place, each)),
        Named(nodes, np.tile(np.arange(each), len(poses))),
        x - corner,
        y - corner,
        sure,
    )
    fps = _read_fps(file) or given.fps
    return Tracks(*arrange(seen, frames["frame_idx"]), fps=fps, source=SOURCE, edges=edges)


def _poses(frame: Any, instances: Any, tracks: Sequence[str]) -> Iterator[Pose]:
    """Yield the poses of a frame: all that a person drew, and the predicted poses that none of them replaces."""
    numbers = range(int(frame["instance_id_start"]), int(frame["instance_id_end"]))
    drawn = [n for n in numbers if instances[n]["instance_type"] == DRAWN]
    replaced = {int(instances[n]["from_predicted"]): n for n in drawn}
    known = {int(instances[n]["track"]) for n in drawn} - {NO_TRACK}
    shown = [replaced.pop(n, n) for n in numbers if n not in drawn]
    shown = [n for n in shown if n in drawn or int(instances[n]["track"]) not in known]
    shown += [n for n in drawn if n not in shown]
    place = 0
    for number in shown:
        track = int(instances[number]["track"])
        yield Pose(int(frame["frame_idx"]), number, tracks[track] if track != NO_TRACK else _unnamed(place, tracks))
        place += track == NO_TRACK


def _unnamed(place: int, tracks: Sequence[str]) -> str:
    return str(place) if str(place) not in tracks else f"untracked_{place}"


def _points(file: Any, instances: Any, nodes: int) -> tuple[Numbers, Numbers, Numbers]:
    """Return x, y and score of each node of each instance, one behind the other; NaN where a node is not seen."""
    first = instances["point_id_start"].astype(np.int64)
    if (instances["point_id_end"].astype(np.int64) - first != nodes).any():
        raise Fault("has instances with more or fewer points than its skeleton has nodes")
    places = first[:, None] + np.arange(nodes)
    x, y, sure = (np.full(places.shape, np.nan) for _ in range(3))
    is_drawn = instances["instance_type"] == DRAWN
    for name, chosen in (("points", is_drawn), ("pred_points", ~is_drawn)):
        points = file[name][()][places[chosen]] if chosen.any() else None
        if points is not None:
            x[chosen], y[chosen] = (np.where(points["visible"], points[axis], np.nan) for axis in ("x", "y"))
            sure[chosen] = points["score"] if "score" in points.dtype.names else np.nan
    unseen = np.isnan(x) | np.isnan(y)
    return tuple(np.where(unseen, np.nan, values).ravel() for values in (x, y, sure))  # type: ignore[return-value]


def _read_skeleton(about: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Return the names of the nodes in the order of an instance's points, and the pairs of them that bones join."""
    known = [str(node["name"]) for node in about["nodes"]]
    skeleton = about["skeletons"][0]
    order = [int(node["id"]) for node in skeleton["nodes"]]
    met: list[int] = []  # the kinds of links in the order in which they come: later links name them by number
    edges = []
    for link in skeleton.get("links", ()):
        told = link.get("type") or {}
        if "py/reduce" in told:
            met.append(int(told["py/reduce"][1]["py/tuple"][0]))
        kind = met[-1] if "py/reduce" in told else met[int(told.get("py/id", 1)) - 1] if met else BODY
        if kind != SYMMETRY:
            edges.append((order.index(int(link["source"])), order.index(int(link["target"]))))
    return tuple(known[number] for number in order), tuple(edges)


def _read_fps(file: Any) -> float | None:
    """Return the frames per second that the file says of its video, None where it says none."""
    for text in file["videos_json"][()]:
        if fps := float((json.loads(_text(text)).get("backend") or {}).get("fps") or 0.0):
            return fps
    return None


def _read_analysis(file: Any, given: Given) -> Tracks:
    """Return the poses in an analysis HDF5: tracks x (x, y) x nodes x frames, from the video's first frame on."""
    positions = file["tracks"][()].transpose(3, 1, 2, 0).astype(np.float64)
    count, _, nodes, animals = positions.shape
    names = [_text(name) for name in file["track_names"][()]] or [str(number) for number in range(animals)]
    sure = np.full((count, nodes, animals), np.nan)
    if "point_scores" in file:
        sure = file["point_scores"][()].transpose(2, 1, 0).astype(np.float64)
    edges = tuple((int(a), int(b)) for a, b in file["edge_inds"][()]) if "edge_inds" in file else ()
    keypoints = tuple(_text(name) for name in file["node_names"][()])
    return Tracks(np.arange(count), positions, sure, tuple(names), keypoints, given.fps, SOURCE, edges)


def _text(value: Any) -> str:
    value = value.tobytes() if isinstance(value, np.ndarray) else value
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _track_name(text: str) -> str:
    told = json.loads(text)
    return str(told[-1]) if isinstance(told, list) else str(told)
