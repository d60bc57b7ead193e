"""Suggestions for SLEAP, read back by the real sleap-io: every frame of the table, of its own video."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from exports.tidy_lab import configure, put
from lab import REPOSITORY, Lab

DATA = REPOSITORY.parent / "shared" / "data" / "sleap"
LOOK = """
import json, sys
import sleap_io as sio
labels = sio.load_slp(sys.argv[1])
told = {"suggestions": [[s.video.filename, s.frame_idx] for s in labels.suggestions]}
told["skeletons"] = [[node.name for node in skeleton.nodes] for skeleton in labels.skeletons]
told["frames"] = {f"{frame.video.filename} {frame.frame_idx}": [
    [[None if x != x else float(x) for x in point] for point in animal.numpy().tolist()] for animal in frame.instances
] for frame in labels.labeled_frames}
told["predicted"] = all(type(animal).__name__ == "PredictedInstance" for frame in labels for animal in frame.instances)
told["shapes"] = [list(video.shape) if video.shape else None for video in labels.videos]
print(json.dumps(told))
"""


def look(sleap_io: Path, slp: Path) -> dict[str, Any]:
    """Return what sleap-io reads in a .slp file."""
    argv = [sleap_io / "python", "-c", LOOK, slp]
    ran = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=300)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def rows(lab: Lab) -> list[dict[str, str]]:
    """Return the rows of the table of frames."""
    with (lab.root / "Results/joined/labels/frames.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def poses(lab: Lab) -> Lab:
    """A project of two real videos on two days with the real results of SLEAP."""
    if not DATA.is_dir():
        pytest.skip("shared/data/sleap lies not beside this folder: no results of a real SLEAP")
    aside = lab.root / "AuxiliaryFiles/poses"
    aside.mkdir(parents=True)
    for day, name in (("d1", "v1"), ("d2", "v2")):
        (lab.root / "RawVideos" / day).mkdir(parents=True)
        shutil.copy(DATA / f"{name}.mp4", lab.root / "RawVideos" / day / f"{name}.mp4")
        shutil.copy(DATA / f"{name}.12.slp", aside / f"{name}.slp")
    lab.tracker(
        output={"poses": "Results/{subdir}/{name}.slp"},
        command="cp {{ project }}/AuxiliaryFiles/poses/{{ wildcards.name }}.slp {{ output.poses }}",
        tracks={"of": "poses", "form": "sleap"},
    )
    lab.go()
    return lab


def test_a_real_result_of_sleap_becomes_suggestions(poses: Lab, sleap_io: Path) -> None:
    """The .slp opens with the videos' pictures and holds each frame of the table, and its poses as SLEAP found them."""
    ran = poses.rt("labels", "--frames", "8", REMOTE_TRACKER_PYTHON=str(sleap_io / "python"))
    assert ran.code == 0, ran
    slp = poses.root / "Results/joined/labels/frames.slp"
    assert ran.out.endswith("Label them:  sleap-label Results/joined/labels/frames.slp\n")
    found, table = look(sleap_io, slp), rows(poses)
    assert len(table) == 8
    assert {row["video"] for row in table} == {"d1/v1.mp4", "d2/v2.mp4"}
    assert found["suggestions"] == [[f"{poses.root}/RawVideos/{row['video']}", int(row["frame"])] for row in table]
    assert all(shape and shape[0] > 100 for shape in found["shapes"])
    assert found["predicted"]
    real = look(sleap_io, DATA / "v1.12.slp")
    assert found["skeletons"] == real["skeletons"]
    theirs = {int(name.rpartition(" ")[2]): animals for name, animals in real["frames"].items()}
    ours = {int(n.rpartition(" ")[2]): a for n, a in found["frames"].items() if n.partition(" ")[0].endswith("v1.mp4")}
    assert ours
    for frame, animals in ours.items():
        assert animals == [[pytest.approx(point) for point in animal] for animal in theirs[frame]]


def test_two_untracked_animals_stay_two_in_a_suggestion(lab: Lab, sleap_io: Path) -> None:
    """The centroids of any tracker can be corrected in SLEAP: each animal that was found in a frame is a prediction."""
    configure(lab)
    walk = [
        f"{n},{animal},{2 * n + (90 if n == 50 and animal else 0)},{animal * 40}"
        for n in range(90)
        for animal in (0, 1)
    ]
    put(lab, "d1/a b.avi", walk)
    lab.go()
    ran = lab.rt("labels", "--form", "slp", REMOTE_TRACKER_PYTHON=str(sleap_io / "python"))
    assert ran.code == 0, ran
    found = look(sleap_io, lab.root / "Results/joined/labels/frames.slp")
    video = f"{lab.root}/RawVideos/d1/a b.avi"
    assert found["suggestions"] == [[video, 50]]
    assert found["frames"] == {f"{video} 50": [[[100, 0]], [[190, 40]]]}
