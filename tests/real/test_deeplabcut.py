"""A real DeepLabCut on its CPU: networks trained here, one animal and two, from RawVideos to the joined table."""

from __future__ import annotations

import csv
import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from baking import bake
from lab import LONG_AGO, Lab

SECONDS = 1800
FRAMES = 40
EPOCHS = {1: 80, 2: 220}
VIDEOS = {1: ("v1", "v2"), 2: ("v1", "v2", "empty")}
PARTS = ("head", "ear", "tail")
# More threads than free cores make DeepLabCut many times slower on a busy machine.
THREADS = "export OMP_NUM_THREADS=1\n"


@pytest.fixture(scope="module", params=[1, 2], ids=["one animal", "two animals"])
def trained(request: pytest.FixtureRequest, deeplabcut: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with drawn videos and a project of DeepLabCut, trained on such; called as its number of animals."""
    animals, folder = int(request.param), tmp_path_factory.mktemp("trained") / str(request.param)
    folder.mkdir()
    program = Path(__file__).with_name("train_deeplabcut.py")
    argv = [deeplabcut / "python", program, folder, str(animals), str(EPOCHS[animals])]
    subprocess.run(argv, env={**os.environ, "OMP_NUM_THREADS": "1", "DLClight": "True"}, check=True, timeout=SECONDS)
    return folder


@pytest.fixture
def lab(trained: Path, deeplabcut: Path, tmp_path: Path) -> Iterator[Lab]:
    """A project of the videos, and of one that DeepLabCut drew; its config.yaml lies elsewhere than it says."""
    home = tmp_path / "home"
    home.mkdir()
    made = Lab(bake(tmp_path, tracker="deeplabcut", cluster="local", project_name="real"), home)
    shutil.copytree(trained / "dlc", made.root / "AuxiliaryFiles/dlc")
    names = {name: name for name in VIDEOS[int(trained.name)]}
    for name, source in {**names, "v1DLC_Resnet50_mice_labeled": "v1"}.items():
        shutil.copy(trained / f"{source}.avi", made.video(f"20260101/{name}.avi"))
        os.utime(made.root / f"RawVideos/20260101/{name}.avi", (LONG_AGO, LONG_AGO))
    made.activate(f"export PATH={shlex.quote(str(deeplabcut))}:$PATH\n{THREADS}")
    yield made
    made.clear()


def process(lab: Lab, folder: str = "workspace") -> None:
    """Run what was listed, to its end; all must be finished."""
    ran = lab.run("bash", "process_all.sh", "-j", "1", folder=folder, seconds=SECONDS)
    assert ran.code == 0, ran


def assert_moved_is_finished(lab: Lab, place: Path) -> None:
    """Move the project, and let DeepLabCut rewrite its config.yaml for the new place: that outdates nothing."""
    lab.root.rename(place)
    moved = Lab(place, lab.home)
    config = place / "AuxiliaryFiles/dlc/config.yaml"
    before = config.read_bytes()
    read = "import sys; from deeplabcut.utils.auxiliaryfunctions import read_config; read_config(sys.argv[1])"
    words = f"source activate.sh; python -c {shlex.quote(read)} {shlex.quote(str(config))}"
    assert moved.run("bash", "-c", words, seconds=SECONDS).code == 0
    assert config.read_bytes() != before
    said = moved.scan(seconds=120).out
    assert "videos are finished." in said
    assert "other parameters" not in said


def test_videos_to_the_joined_table(lab: Lab, trained: Path) -> None:
    """Scan, process, a scan that says 0, summarize, join: a row a part and animal, 0 frames where no animal is.

    Then it is moved, and all is finished there, too.
    """
    animals, videos = int(trained.name), VIDEOS[int(trained.name)]
    config = lab.root / "AuxiliaryFiles/dlc/config.yaml"
    before = config.read_bytes()
    assert lab.counts() == {"unprocessed": len(videos)}
    process(lab)
    assert f"All {len(videos)} videos are finished." in lab.scan(seconds=120).out, lab.log(1, 1)
    assert "version=3." in lab.log(1, 1)
    assert config.read_bytes() == before
    assert lab.run("bash", "get_cmd2process.sh", folder="summarizer").code == 0
    process(lab, "summarizer")
    assert lab.rt("join").code == 0
    assert "The results themselves say how they were made: network DLC_" in lab.rt("methods").out
    with (lab.root / "Results/joined/features_summary.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    names = [f"mouse{number + 1}.{part}" for number in range(animals) for part in PARTS] if animals > 1 else [*PARTS]
    assert [row["animal"] for row in rows] == names * len(videos)
    if animals > 1:
        unseen, rows = rows[: len(names)], rows[len(names) :]  # empty.avi comes first
        assert {row["frames_tracked"] for row in unseen} == {"0"}
    assert all(float(row["frames_tracked"]) >= FRAMES * 0.7 for row in rows)
    assert all(0.7 < float(row["speed_px_per_frame_mean"]) < 2 for row in rows if animals == 1)  # as drawn: 0.6 to 1.2
    assert_moved_is_finished(lab, lab.root.with_name("moved"))


def test_frames_worth_labelling_are_extracted_by_deeplabcut(lab: Lab, deeplabcut: Path) -> None:
    """Each frame that ./rt labels names becomes a picture in labeled-data, with what the network found in it."""
    lab.scan()
    process(lab)
    ran = lab.rt("labels", "--frames", "30")
    assert ran.code == 0, ran
    program = "Results/joined/labels/extract_frames.py"
    assert ran.out.endswith(f"Next:  python {program}   (in the Python of DeepLabCut)\n")
    with (lab.root / "Results/joined/labels/frames.csv").open(newline="") as file:
        named = {(Path(row["video"]).stem, int(row["frame"])) for row in csv.DictReader(file)}
    environment = lab.environment(PATH=f"{deeplabcut}:/usr/bin:/bin", DLClight="True", OMP_NUM_THREADS="1")
    argv = [deeplabcut / "python", program]
    done = subprocess.run(argv, cwd=lab.root, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr
    labels = lab.root / "AuxiliaryFiles/dlc/labeled-data"
    videos = {video for video, _ in named}
    pictures = {(path.parent.name, int(path.stem[3:])) for v in videos for path in (labels / v).glob("img*[0-9].png")}
    assert pictures == named, done.stdout
    assert all((labels / video / "machinelabels-iter0.h5").is_file() for video in videos)
    assert lab.counts() == {"finished": len(list((lab.root / "RawVideos/20260101").glob("*.avi"))) - 1}
