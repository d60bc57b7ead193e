"""Positions handed to the real movement: every animal, every frame, at its time; half a file is never left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from baking import bake
from exports.tidy_lab import configure, put
from lab import LONG_AGO, REPOSITORY, TEMPLATE, Lab, Ran
from remote_tracker.exports.movement import LOAD

FLIES = REPOSITORY.parent / "shared/data/videos/sleap_tracks_clip.gt.slp"
LOOK = """
import json, sys, xarray
dataset = xarray.open_dataset(sys.argv[1])
dims = {{"individuals": "individual", "keypoints": "keypoint"}}
dataset = dataset.rename({{old: new for old, new in dims.items() if old in dataset.dims}})
from movement.kinematics import compute_velocity
{look}
"""
SUMMARY = """
told = {"time": dataset.time.values.tolist(), "animals": dataset.individual.values.tolist(), **dataset.attrs}
told["x"] = dataset.position.sel(space="x").isel(keypoint=0).fillna(-1).values.tolist()
told["start"] = str(dataset.start.values)
told["speed"] = compute_velocity(dataset.position).sizes["time"]
print(json.dumps(told, default=str))
"""
DAY = """
sys.path.insert(0, sys.argv[1])
from load import load_day
day = load_day("d1")
told = {"videos": day.video.values.tolist(), "animals": day.individual.values.tolist() if "individual" in day else []}
told["sizes"], told["fps"] = dict(day.sizes), day.attrs.get("fps")
told["clock"] = day.clock.dims
told["x"] = float(day.position.sel(video="d1/a.avi", space="x").sel(time=5 / 29.97, method="nearest")[0, 0])
print(json.dumps(told))
"""

CLOCK = """
sys.path.insert(0, sys.argv[1])
from load import load_day
print(json.dumps([str(time) for time in load_day().clock.sortby("video").transpose("video", "time").values.ravel()]))
"""
WRITE = """
import numpy as np
from pathlib import Path
from remote_tracker.exports.movement import write_netcdf
from remote_tracker.tables.video_row import VideoRow
from remote_tracker.tracks.tracks import Tracks
places = np.random.default_rng(1).random((2, 2, 1, 1))
tracks = Tracks(np.array([0, 1]), places, places[:, 0], ("0",), ("centroid",), None, "x", times=np.array([0.5, 2.5]))
write_netcdf({row}, tracks, Path({place!r}))
"""

SAME = """
import sys, numpy as np
from movement.io import load_poses
from remote_tracker.tracks.forms import FORMS
from remote_tracker.tracks.given import Given
form, path, name = sys.argv[1:]
ours = FORMS[form](Given((path,), {}, 25.0, form, "px"))
theirs = getattr(load_poses, name)(path, fps=25.0)
for mine, other in ((ours.positions, theirs.position), (ours.confidence, theirs.confidence)):
    np.testing.assert_array_equal(mine, other.values)
np.testing.assert_array_equal(ours.seconds, theirs.time.values)
dims = list(theirs.position.dims)
assert [list(map(str, theirs[d].values)) for d in dims[2:]] == [list(ours.keypoints), list(ours.individuals)], theirs
"""
DLC = """scorer,net,net,net,net,net,net
individuals,m1,m1,m1,m2,m2,m2
bodyparts,nose,nose,nose,nose,nose,nose
coords,x,y,likelihood,x,y,likelihood
0,1.25,2.5,0.9,3,4,0.8
1,,,,7,8,0.6
"""
FILES_FROM_HELL = ("d1/Ω $(x) 'ü'.avi.nc", "-d #1/-a [1].avi.nc", 'd1/"%2F_.avi.nc')


@pytest.fixture
def tracked(lab: Lab, movement: Path) -> Lab:
    """A project with two tracked videos, whose frame rate nobody says."""
    configure(lab)
    put(lab, "d1/a.avi")
    put(lab, "d1/b (2).avi", ["0,0,7,7"])
    lab.go()
    return lab


def export(lab: Lab, movement: Path, *words: str) -> Ran:
    """Run the export in the Python of movement."""
    return lab.rt("export", "movement", *words, REMOTE_TRACKER_PYTHON=str(movement / "python"), seconds=300)


def look(movement: Path, path: Path, program: str) -> Any:
    """Return what a program prints about a dataset, in the Python of movement."""
    text = LOOK.format(look=program) if program is SUMMARY else f"import json, sys\n{program}"
    done = subprocess.run([movement / "python", "-c", text, path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_video_with_a_hole(tracked: Lab, movement: Path) -> None:
    """Two animals stay two, a table that starts at frame 5 starts at 5, 29.97 stays 29.97, a hole is NaN."""
    ran = export(tracked, movement, "--fps", "29.97")
    assert ran.code == 0, ran
    assert "2 files written into Results/joined/movement/, one a video." in ran.out
    told = look(movement, tracked.result("joined/movement/d1/a.avi.nc"), SUMMARY)
    assert told["time"] == pytest.approx([frame / 29.97 for frame in (5, 6, 7, 8)], abs=1e-12)
    assert (told["animals"], told["fps"], told["time_unit"]) == (["0", "1"], 29.97, "seconds")
    assert told["x"] == [[1, 30], [3, -1], [-1, -1], [5, 34]]
    assert (told["source_software"], told["space_unit"], told["speed"]) == ("tiny", "px", 4)
    assert told["start"] == "NaT"


def test_names_from_hell(lab: Lab, movement: Path) -> None:
    """A video has its file whatever it is called, and movement's libraries open it."""
    configure(lab)
    for name in FILES_FROM_HELL:
        put(lab, name.replace("_", "\\").removesuffix(".nc"))
    lab.go()
    ran = export(lab, movement, "--fps", "29.97")
    assert (ran.code, "3 files written" in ran.out) == (0, True), ran
    into = lab.result("joined/movement")
    assert {path.relative_to(into).as_posix() for path in into.rglob("*.nc")} == {*FILES_FROM_HELL}
    for name in FILES_FROM_HELL:
        assert look(movement, into / name, SUMMARY)["x"][0] == [1, 30]


def test_without_a_frame_rate_time_is_in_frames(tracked: Lab, movement: Path) -> None:
    """Where nobody knows the frame rate, time is the frame's number and says so; the screen names the videos."""
    ran = export(tracked, movement, "d1/a")
    assert ran.code == 1
    assert "Time is in frames, since nobody says the frame rate (type --fps N): d1/a.avi." in ran.out
    told = look(movement, tracked.result("joined/movement/d1/a.avi.nc"), SUMMARY)
    assert (told["time"], told["time_unit"], "fps" in told) == ([5, 6, 7, 8], "frames", False)


def test_a_day_is_one_dataset(tracked: Lab, movement: Path) -> None:
    """load.py gives the videos of a day side by side, each animal at its frame's time."""
    export(tracked, movement, "--fps", "29.97")
    told = look(movement, tracked.result("joined/movement"), DAY)
    assert told["videos"] == ["d1/a.avi", "d1/b (2).avi"]
    assert (told["x"], told["fps"]) == (1.0, 29.97)
    assert told["sizes"]["time"] == 5, "frame 0 of one video, 5 to 8 of the other"
    assert set(told["clock"]) == {"video", "time"}


def test_what_results_and_the_lab_say(lab: Lab, movement: Path) -> None:
    """The rate that a result tells and the start that the lab's table tells reach the file, without a word typed."""
    video = {"pattern": "RawVideos/{subdir}/{name}.avi"}
    output = {"table": "Results/{subdir}/{name}.csv", "info": "Results/{subdir}/{name}.json"}
    command = """cp {{ input.video }} {{ output.table }} && echo '{"fps": 29.97}' > {{ output.info }}"""
    configure(
        lab, input={"video": video}, output=output, command=command, tells={"fps": {"json": "info", "key": "fps"}}
    )
    put(lab, "d1/a.avi")
    lab.go()
    table = lab.root / "AuxiliaryFiles/videos.csv"
    table.write_text("day;session_start\nd1;2026-01-31T09:30:00+01:00\n", encoding="utf-8-sig")
    ran = export(lab, movement)
    assert ran.code == 0, ran
    told = look(movement, lab.result("joined/movement/d1/a.avi.nc"), SUMMARY)
    assert (told["fps"], told["time"][0]) == (29.97, 5 / 29.97)
    assert told["start"] == "2026-01-31T09:30:00.000000000"


def test_a_video_that_was_really_tracked(movement: Path, tmp_path: Path) -> None:
    """Two animals that the built-in tracker finds in a drawn video are in the file, at the video's own frame rate."""
    pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
    from trackers.sprites import FPS, draw, straight

    lab = Lab(bake(tmp_path, tracker="opencv", cluster="local", project_name="real"), tmp_path)
    (lab.root / "RawVideos/d1").mkdir(parents=True)
    path = draw(lab.root / "RawVideos/d1/a.avi", [straight(20, 30, dx=1), straight(20, 90, dx=2)], frames=40)
    os.utime(path, (LONG_AGO, LONG_AGO))
    lab.activate(f"export PATH={Path(sys.executable).parent}:$PATH\n")
    lab.scan()
    assert lab.process().code == 0, lab.log(1, 1)
    ran = export(lab, movement)
    assert ran.code == 0, ran
    told = look(movement, lab.result("joined/movement/d1/a.avi.nc"), SUMMARY)
    assert (told["animals"], told["fps"], told["source_software"]) == (["0", "1"], FPS, "opencv")
    assert told["time"] == pytest.approx([frame / FPS for frame in range(40)])
    ways = sorted(last - first for first, last in zip(told["x"][0], told["x"][39], strict=True))
    assert ways == pytest.approx([39, 78], abs=1)


@pytest.mark.parametrize(("form", "loader"), [("sleap", "from_sleap_file"), ("deeplabcut", "from_dlc_file")])
def test_as_movement_itself_reads_it(movement: Path, tmp_path: Path, form: str, loader: str) -> None:
    """Where movement's own loader loses nothing, our reader gives the same, to the last bit."""
    path = tmp_path / "a.csv"
    path.write_text(DLC)
    if form == "sleap" and not (path := FLIES).is_file():
        pytest.skip(f"{FLIES} is not there")
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATE), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = [movement / "python", "-c", SAME, form, path, loader]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr


def test_the_clock_of_a_day(movement: Path, tmp_path: Path) -> None:
    """Where the lab says when a video began, each of its frames has its time on the lab's clock; others have none."""
    for name, start in (("a", "2026-01-31T09:30:00+01:00"), ("b", "")):
        write(movement, tmp_path / f"d1/{name}.nc", session_start=start)
    (tmp_path / "load.py").write_text(LOAD)
    told = look(movement, tmp_path, CLOCK)
    assert told == ["2026-01-31T09:30:00.500000000", "2026-01-31T09:30:02.500000000", "NaT", "NaT"]


@pytest.mark.parametrize("start", ["31.1.2026 9:30", "2026-01-31", "soon"])
def test_a_start_that_is_no_time(movement: Path, tmp_path: Path, start: str) -> None:
    """A text that is no day and time is refused with the column and how to write it, and no file is left."""
    said = write(movement, tmp_path / "d1/a.nc", session_start=start)
    assert f'session_start in AuxiliaryFiles/videos.csv is "{start}", which is no day and time' in said
    assert list(tmp_path.rglob("*.*")) == []


def test_what_cannot_be_written_leaves_the_old_file(movement: Path, tmp_path: Path) -> None:
    """Where writing fails in the middle, the old file stands, and no half file is beside it."""
    place = tmp_path / "d1/a.nc"
    write(movement, place)
    old = place.read_bytes()
    said = write(movement, place, before="ulimit -f 1", session_start="2026-01-31T09:30")
    assert f"{place}: cannot be written" in said.splitlines()[-1]
    assert place.read_bytes() == old
    assert [path.name for path in place.parent.iterdir()] == ["a.nc"]


def write(movement: Path, place: Path, before: str = ":", **lab: str) -> str:
    """Write the file of a video with two frames, at 0.5 s and 2.5 s; return what was said where that failed."""
    row = f"VideoRow('d1', 'd1/{place.stem}.avi', 'finished', lab={lab!r})"
    text = WRITE.format(row=row, place=str(place))
    environment = {**os.environ, "PYTHONPATH": str(TEMPLATE), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = ["bash", "-c", f'{before}; trap "" XFSZ; exec "$@"', "bash", str(movement / "python"), "-c", text]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=300, env=environment)
    assert (done.returncode == 0) is (done.stderr == ""), done
    return done.stderr
