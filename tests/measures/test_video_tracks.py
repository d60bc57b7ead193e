"""The results of a video of each built-in tracker, as a scan finds them, lead to its tracks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
pytest.importorskip("h5py", reason="h5py is not installed")
from lab import Lab
from remote_tracker.config import load_project
from remote_tracker.measures.video_tracks import NoTracks, read_tracks
from remote_tracker.scan import Tree
from remote_tracker.tables.read_videos import result_stage
from remote_tracker.tables.video_row import VideoRow
from remote_tracker.tracks.tracks import Tracks
from tracks.test_tracks_deeplabcut import SINGLE
from tracks.test_tracks_of_programs import write_antrax, write_session, write_tierpsy, write_trex
from tracks.test_tracks_sleap import Pose
from tracks.test_tracks_sleap import write as write_sleap

NAME = "a b's [1]"
VIDEO = {"subdir": "d1", "name": NAME, "ext": "avi"}
MOVIE = {"subdir": "d1", "name": "exp", "part": "1_3", "movie": "2", "ext": "avi", "session": "s"}
SEEN = [[1.0, 2.0]] * 3


def write_opencv(results: Path) -> None:
    """Write the table and the info file of a video."""
    head = "frame,time_s,animal,x_px,y_px,area_px,major_px,minor_px,angle_deg,touching\n"
    (results / f"{NAME}_tracks.csv").write_text(f"{head}5,0.2000,0,1,2,3,4,5,6,0\n")
    (results / f"{NAME}_tracks.json").write_text(json.dumps({"fps": 25.0}))


def write_deeplabcut(results: Path) -> None:
    """Write the folder of a video, with DeepLabCut's own name for the table."""
    folder = results / f"{NAME}_dlc"
    folder.mkdir()
    (folder / "aDLC_Resnet50_miceNov20shuffle1_snapshot_010.csv").write_text(SINGLE + "5,1,2,0.9,3,4,0.1\n")


def write_tables_of_trex(results: Path) -> None:
    """Write the folder of a video with the tables of two animals."""
    for number in (0, 1):
        write_trex(results / f"{NAME}_trex", f"a_id{number}.npz", [5])


def write_poses(path: Path) -> None:
    """Write a .slp with an animal in frame 5."""
    write_sleap(path, [Pose(5, 1)], [5])


def write_two_colonies(lab: Lab) -> None:
    """Write the tracks of a movie in two colonies."""
    for colony in ("blue", "red"):
        write_antrax(lab.root / "RawVideos/d1/s/antdata" / colony, 2, BB=SEEN)


CASES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, str], Callable[[Lab], Any], tuple[str, ...]]] = {
    "opencv": ({}, VIDEO, lambda lab: write_opencv(lab.result("d1")), ("0",)),
    "deeplabcut": ({}, VIDEO, lambda lab: write_deeplabcut(lab.result("d1")), ("0",)),
    "idtrackerai": ({}, VIDEO, lambda lab: write_session(lab.result(f"d1/session_{NAME}")), ("0", "1")),
    "trex": ({}, VIDEO, lambda lab: write_tables_of_trex(lab.result("d1")), ("0", "1")),
    "sleap": ({"model": "m"}, VIDEO, lambda lab: write_poses(lab.result(f"d1/{NAME}.m.slp")), ("0",)),
    "tierpsy": ({}, VIDEO, lambda lab: write_tierpsy(lab.result(f"d1/{NAME}_skeletons.hdf5"), [(5, 3, 0.2)]), ("3",)),
    "antrax": ({"colonies": [1, 2]}, MOVIE, write_two_colonies, ("blue/BB", "red/BB")),
}  # fmt: skip


def read(lab: Lab, tracker: str, params: Mapping[str, Any], values: Mapping[str, str]) -> Tracks:
    """Return the tracks of the only video of a project of the tracker; its results are found as a scan finds them."""
    lab.settings(tracker=tracker, params=dict(params))
    project = load_project(lab.root)
    tree = Tree(project.root)
    found = [path for o in result_stage(project).outputs for path, _ in tree.find(o.pattern, values)]
    return read_tracks(project, VideoRow("d1", "d1/a.avi", "finished", results=tuple(found), fps=25.0))


@pytest.mark.parametrize("tracker", CASES)
def test_results_lead_to_tracks(plain_lab: Lab, tracker: str) -> None:
    """From the files of a finished video, folders and colonies included, each animal comes out under its name."""
    params, values, write, animals = CASES[tracker]
    plain_lab.result("d1").mkdir(parents=True)
    write(plain_lab)
    tracks = read(plain_lab, tracker, params, values)
    assert tracks.individuals == animals
    assert tracks.frames[0] == (0 if tracker in ("idtrackerai", "antrax") else 5)
    assert tracks.seconds is not None


@pytest.mark.parametrize(
    ("tracker", "why"),
    [
        ("sleap", f"Results/d1/{NAME}.m.slp cannot be read: "),
        ("opencv", f'Results/d1/{NAME}_tracks.csv has no column "frame"'),
    ],
)
def test_a_result_that_cannot_be_read(plain_lab: Lab, tracker: str, why: str) -> None:
    """What cannot be read is named below the project, with the reason in one line."""
    params, values, write, _ = CASES[tracker]
    plain_lab.result("d1").mkdir(parents=True)
    write(plain_lab)
    for path in plain_lab.result("d1").iterdir():
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 if tracker == "sleap" else 0])
    with pytest.raises(NoTracks) as caught:
        read(plain_lab, tracker, params, values)
    assert str(caught.value).startswith(why)
    assert "\n" not in str(caught.value)
