"""Positions handed to the real pynwb and ndx-pose: valid, nothing critical, every animal read back by movement."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from exports.tidy_lab import configure, put
from lab import TEMPLATE, Lab

SAID = {
    "session_start": "2026-01-31T09:30:00+01:00",
    "subject": "pair 7",
    "species": "Drosophila melanogaster",
    "sex": "unknown",
    "age": "P5D",
}
WRITE = """
import numpy as np
from pathlib import Path
from remote_tracker.exports.nwb import write_nwb
from remote_tracker.tables.video_row import VideoRow
from remote_tracker.tracks.tracks import Tracks
nan = np.nan
x = np.array([[[1, 30], [9, nan]], [[3, nan], [8, nan]], [[5, 34], [7, 50]]], dtype=float)  # frames, keypoints, animals
places = np.stack([x, x + 100], axis=1)
frames, keypoints = np.array([5, 6, 8]), ("head", "tail/tip")
tracks = Tracks(frames, places, x / 100, {names!r}, keypoints, 29.97, "SLEAP", ((0, 1),), times={times})
row = VideoRow("d1", "d1/a.avi", "finished", raw=("RawVideos/d1/a.avi",), lab={lab!r}, version="1.2")
write_nwb("flies", row, tracks, Path({place!r}))
"""
LOOK = """
import json, sys, ndx_pose, numpy as np, pynwb
from nwbinspector import inspect_nwbfile
errors = pynwb.validate(path=sys.argv[1])
critical = [str(m) for m in inspect_nwbfile(nwbfile_path=sys.argv[1]) if m.importance.name in ("CRITICAL", "ERROR")]
with pynwb.NWBHDF5IO(sys.argv[1], "r") as file:
    nwb = file.read()
    told = {"errors": [str(e) for e in errors], "critical": critical, "start": nwb.session_start_time.isoformat()}
    told["subject"] = [nwb.subject.subject_id, nwb.subject.species, nwb.subject.sex, nwb.subject.age]
    told["identifier"], told["animals"] = nwb.identifier, {}
    for name, pose in nwb.processing["behavior"].data_interfaces.items():
        if name != "Skeletons":
            one = {key: [s.rate, s.starting_time, None if s.timestamps is None else list(s.timestamps),
                         np.nan_to_num(s.data[:, 0], nan=-1).tolist(), 0 if s.confidence is None else len(s.confidence)]
                   for key, s in pose.pose_estimation_series.items()}
            told["animals"][name] = {"series": one, "software": [pose.source_software, pose.source_software_version],
                "edges": [] if pose.skeleton.edges is None else pose.skeleton.edges[:].tolist(),
                "description": pose.description}
print(json.dumps(told))
"""
READ_BACK = """
import json, sys
from movement.io import load_poses
dataset = load_poses.from_nwb_file(sys.argv[1], pose_estimation_key=sys.argv[2])
dims = {"individuals": "individual", "keypoints": "keypoint"}
dataset = dataset.rename({old: new for old, new in dims.items() if old in dataset.dims})
x = dataset.position.sel(space="x", keypoint="head").isel(individual=0).fillna(-1).values.tolist()
told = {"x": x, "time": dataset.time.values.tolist(), "fps": dataset.fps, "software": dataset.source_software}
print(json.dumps(told))
"""


def write(nwb: Path, place: Path, names: tuple[str, str] = ("0", "1"), times: str = "None", **lab: str) -> str:
    """Write the file of a video with two animals in frames 5, 6 and 8; return what was said where that failed."""
    text = WRITE.format(names=names, times=times, place=str(place), lab={**SAID, **lab})
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATE), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [nwb / "python", "-c", text]
    return subprocess.run(argv, capture_output=True, text=True, timeout=300, env=environment).stderr


def look(programs: Path, program: str, *words: str | Path) -> Any:
    """Return what a program prints, in a Python with the real packages."""
    argv = [programs / "python", "-W", "ignore", "-c", program, *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_even_frames_have_a_rate(nwb: Path, tmp_path: Path) -> None:
    """A valid file with the rate as it is, every frame of the video, and what the lab says of the subject."""
    assert write(nwb, tmp_path / "a.nwb") == ""
    told = look(nwb, LOOK, tmp_path / "a.nwb")
    assert (told["errors"], told["critical"]) == ([], [])
    assert told["start"] == "2026-01-31T09:30:00+01:00"
    assert told["subject"] == ["pair 7", "Drosophila melanogaster", "U", "P5D"]
    assert told["identifier"] == "flies: d1/a.avi"
    first, second = told["animals"]["0"], told["animals"]["1"]
    assert first["series"]["head"] == [29.97, 0.0, None, [-1, -1, -1, -1, -1, 1, 3, -1, 5], 9]
    assert second["series"]["tail_tip"] == [29.97, 0.0, None, [-1] * 8 + [50], 9]
    assert (first["software"], first["edges"]) == (["SLEAP", "1.2"], [[0, 1]])
    assert first["description"] == "The animal 0 in RawVideos/d1/a.avi."


def test_uneven_frames_have_timestamps(nwb: Path, tmp_path: Path) -> None:
    """Where frames are not evenly spaced each has its time, and there is no rate."""
    assert write(nwb, tmp_path / "a.nwb", times="np.array([0.1, 0.2, 3.5])") == ""
    told = look(nwb, LOOK, tmp_path / "a.nwb")
    assert (told["errors"], told["critical"]) == ([], [])
    assert told["animals"]["0"]["series"]["head"] == [None, None, [0.1, 0.2, 3.5], [1, 3, 5], 3]


@pytest.mark.parametrize("names", [("0", "1"), ("red/BB", "red_BB"), ("Ω 'x'", "Skeletons")])
def test_movement_reads_each_animal_by_its_key(
    nwb: Path, movement: Path, tmp_path: Path, names: tuple[str, str]
) -> None:
    """movement reads each animal by its key, whatever it is called, each frame at its time."""
    assert write(nwb, tmp_path / "a.nwb", names) == ""
    told = look(nwb, LOOK, tmp_path / "a.nwb")["animals"]
    keys = {one["description"].removeprefix("The animal ").partition(" in Raw")[0]: key for key, one in told.items()}
    assert sorted(keys) == sorted(names)
    for key, x in zip(
        (keys[name] for name in names), ([-1] * 5 + [1, 3, -1, 5], [-1] * 5 + [30, -1, -1, 34]), strict=True
    ):
        told = look(movement, READ_BACK, tmp_path / "a.nwb", key)
        assert told["x"] == x
        assert told["time"] == pytest.approx([frame / 29.97 for frame in range(9)])
        assert (told["fps"], told["software"]) == (29.97, "SLEAP")


def test_the_verb_names_what_the_lab_must_say(lab: Lab, nwb: Path) -> None:
    """Without the lab's table nothing is written and the columns are named, with it the file is; a rate is demanded."""
    configure(lab)
    put(lab, "d1/a.avi")
    lab.go()
    ran = lab.rt("export", "nwb", "--fps", "29.97", REMOTE_TRACKER_PYTHON=str(nwb / "python"), seconds=300)
    assert ran.code == 1, ran
    assert "0 files written into Results/joined/nwb/, one a video." in ran.out
    columns = "session_start, subject, species, sex, age"
    assert f"No file: d1/a.avi: NWB demands {columns}: write them into AuxiliaryFiles/videos.csv" in ran.out
    row = dict(SAID, day="d1")
    columns = ["day", *SAID]
    table = lab.root / "AuxiliaryFiles/videos.csv"
    table.write_text(",".join(columns) + "\n" + ",".join(row[name] for name in columns) + "\n")
    ran = lab.rt("export", "nwb", "--fps", "29.97", REMOTE_TRACKER_PYTHON=str(nwb / "python"), seconds=300)
    assert (ran.code, "1 file written into Results/joined/nwb/" in ran.out) == (0, True), ran
    assert look(nwb, LOOK, lab.result("joined/nwb/d1/a.avi.nwb"))["subject"][0] == "pair 7"
    ran = lab.rt("export", "nwb", REMOTE_TRACKER_PYTHON=str(nwb / "python"), seconds=300)
    assert "nobody says the frame rate, and NWB counts in seconds alone: type --fps N" in ran.out
