"""Poses of SLEAP become tracks: untracked animals stay several, corrections replace predictions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lab import REPOSITORY

pytest.importorskip("h5py", reason="h5py is not installed")
import h5py
import numpy as np
from remote_tracker.checks.clause import Fault
from remote_tracker.tracks.given import Given
from remote_tracker.tracks.sleap import read_sleap
from remote_tracker.tracks.tracks import Tracks

DATA = REPOSITORY.parent / "shared" / "data"
FRAME = np.dtype([("frame_id", "u8"), ("video", "u4"), ("frame_idx", "u8"),
                  ("instance_id_start", "u8"), ("instance_id_end", "u8")])  # fmt: skip
INSTANCE = np.dtype([("instance_id", "i8"), ("instance_type", "u1"), ("frame_id", "u8"), ("skeleton", "u4"),
                     ("track", "i4"), ("from_predicted", "i8"), ("score", "f4"), ("point_id_start", "u8"),
                     ("point_id_end", "u8"), ("tracking_score", "f4")])  # fmt: skip
POINT = np.dtype([("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?")])
PREDICTED = np.dtype([*POINT.descr, ("score", "f8")])


class Pose(NamedTuple):
    """An instance of one node in a frame."""

    frame: int
    x: float
    track: int = -1
    drawn: bool = False
    corrects: int = -1


def write(
    path: Path, poses: Sequence[Pose], frames: Sequence[int], form: float = 1.4, fps: Any = 29.97, second: str = "bob"
) -> Path:
    """Write a .slp with these poses, whose y is 0, these frames looked at, and the tracks anna and ``second``."""
    rows: list[Any] = []
    instances, points, predicted = [], [], []
    for number, frame in enumerate(frames):
        first = len(instances)
        for pose in (pose for pose in poses if pose.frame == frame):
            start = len(points) if pose.drawn else len(predicted)
            told = (len(instances), not pose.drawn, number, 0, pose.track, pose.corrects, 1.0, start, start + 1, 0.0)
            instances.append(told)
            point = (pose.x, 0.0, pose.x == pose.x, True)
            (points if pose.drawn else predicted).append(point if pose.drawn else (*point, 0.5))
        rows.append((number, 0, frame, first, len(instances)))
    about = {"nodes": [{"name": "head"}], "skeletons": [{"nodes": [{"id": 0}], "links": []}]}
    with h5py.File(path, "w") as file:
        file.create_group("metadata").attrs["json"] = np.bytes_(json.dumps(about))
        file["metadata"].attrs["format_id"] = form
        file["frames"], file["instances"] = np.array(rows, FRAME), np.array(instances, INSTANCE)
        file["points"], file["pred_points"] = np.array(points, POINT), np.array(predicted, PREDICTED)
        file["tracks_json"] = [json.dumps([0, name]).encode() for name in ("anna", second)]
        file["videos_json"] = [json.dumps({"backend": {"fps": fps} if fps else {}}).encode()]
    return path


def read(path: Path, fps: float | None = None) -> Tracks:
    """Return the tracks in a file of SLEAP."""
    return read_sleap(Given((str(path),), {}, fps, "sleap", "px"))


def places(tracks: Tracks) -> dict[str, list[float]]:
    """Return animal -> its x in each frame; -1 where it was not seen."""
    x = np.nan_to_num(tracks.positions[:, 0, 0], nan=-1.0)
    return {name: x[:, number].tolist() for number, name in enumerate(tracks.individuals)}


def test_two_untracked_animals_stay_two(tmp_path: Path) -> None:
    """Two animals without tracks are two, by their place in each frame's list."""
    poses = [Pose(0, 1), Pose(0, 10), Pose(1, 2), Pose(1, 20)]
    assert places(read(write(tmp_path / "a.slp", poses, [0, 1]))) == {"0": [1, 2], "1": [10, 20]}


def test_frames_keep_their_numbers_and_empty_frames_count(tmp_path: Path) -> None:
    """A file that starts at frame 5 starts at 5; a frame without an animal is there, a frame not looked at is not."""
    tracks = read(write(tmp_path / "a.slp", [Pose(5, 1), Pose(9, 2)], [5, 6, 9]))
    assert (tracks.frames.tolist(), places(tracks)) == ([5, 6, 9], {"0": [1, -1, 2]})


@pytest.mark.parametrize(("said", "known", "fps"), [(29.97, 25.0, 29.97), (None, 25.0, 25.0), (None, None, None)])
def test_the_frame_rate(tmp_path: Path, said: float | None, known: float | None, fps: float | None) -> None:
    """The file's own rate counts, not rounded; else the video's; else it is not known."""
    assert read(write(tmp_path / "a.slp", [Pose(0, 1)], [0], fps=said), known).fps == fps


def test_what_a_person_corrected_counts(tmp_path: Path) -> None:
    """A drawn instance replaces the prediction that it came from, and predictions of its track; others stay."""
    poses = [Pose(0, 1), Pose(0, 2), Pose(0, 9, drawn=True, corrects=0), Pose(1, 3, 0), Pose(1, 8, 0, drawn=True)]
    tracks = read(write(tmp_path / "a.slp", poses, [0, 1]))
    assert places(tracks) == {"0": [9, -1], "1": [2, -1], "anna": [-1, 8]}
    assert np.isnan(tracks.confidence[0, 0, 0])


def test_an_untracked_animal_beside_a_track_of_its_name(tmp_path: Path) -> None:
    """A track may be called as an untracked animal would be: they stay two."""
    path = write(tmp_path / "a.slp", [Pose(0, 1), Pose(0, 2, 1)], [0], second="0")
    assert places(read(path)) == {"0": [2], "untracked_0": [1]}


def test_a_track_twice_in_a_frame_is_refused(tmp_path: Path) -> None:
    """Where a track is in a frame twice, neither is left out in silence."""
    with pytest.raises(Fault, match="has the animal anna twice in frame 0"):
        read(write(tmp_path / "a.slp", [Pose(0, 1, 0), Pose(0, 2, 0)], [0]))


@pytest.mark.parametrize(("form", "x"), [(1.0, 9.5), (1.1, 10.0), (1.4, 10.0)])
def test_the_middle_of_the_first_pixel_is_zero(tmp_path: Path, form: float, x: float) -> None:
    """Files of the oldest form count from the corner of the first pixel, newer from its middle."""
    assert places(read(write(tmp_path / "a.slp", [Pose(0, 10)], [0], form))) == {"0": [x]}


def test_analysis_file(tmp_path: Path) -> None:
    """An analysis HDF5 gives its tracks and nodes as they are in it."""
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["tracks"] = np.arange(12.0).reshape(2, 2, 1, 3)
        file["track_names"], file["node_names"] = [b"anna", b"bob"], [b"head"]
        file["point_scores"], file["edge_inds"] = np.ones((2, 1, 3)), np.zeros((0, 2))
    tracks = read(tmp_path / "a.h5", 30.0)
    assert places(tracks) == {"anna": [0, 1, 2], "bob": [6, 7, 8]}
    assert tracks.positions[0, :, 0, 1].tolist() == [6, 9]


def test_a_file_that_is_cut(tmp_path: Path) -> None:
    """A file that is no whole HDF5 is an error of reading, not a video without animals."""
    path = write(tmp_path / "a.slp", [Pose(0, 1)], [0])
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises((Fault, OSError)):
        read(path)


@pytest.mark.skipif(not DATA.is_dir(), reason="shared/data is not there")
def test_real_files() -> None:
    """A real prediction, and two real flies that a person proofread, are as sleap-io reads them."""
    predicted, drawn = read(DATA / "sleap/v1.12.slp"), read(DATA / "videos/sleap_tracks_clip.gt.slp")
    assert (predicted.positions.shape, predicted.fps, predicted.edges) == ((120, 2, 2, 1), 30.0, ((0, 1),))
    assert drawn.individuals == ("female", "male")
    assert drawn.positions[0, :, 0].T.tolist() == [[435.25, 415.75], [335.25, 444.75]]
    assert drawn.edges[:3] == ((0, 11), (0, 12), (1, 0))
