"""A whole project on a real Tierpsy Tracker: raw, killed and resumed, masked, summaries, joined; its neural filter.

Runs only where RT_TIERPSY names a folder with Tierpsy's python (bin/python in it, or itself), and the small videos that
were drawn for this lie beside this folder. Takes about three minutes on two idle cores.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import h5py
import pytest
import yaml
from cookiecutter.main import cookiecutter
from lab import LONG_AGO, REPOSITORY, TEMPLATE, Lab, kill, wait_for

SECONDS = 900  # more than it takes on a busy machine
VIDEOS = REPOSITORY.parent / "shared" / "data" / "tierpsy" / "tiny_proj_raw.tgz"
ALL = """COMPRESS TRAJ_CREATE TRAJ_JOIN SKE_INIT BLOB_FEATS SKE_CREATE SKE_FILT SKE_ORIENT INT_PROFILE INT_SKE_ORIENT
FEAT_INIT FEAT_TIERPSY""".split()  # noqa: SIM905  (as people write them)


def find_python() -> Path | None:
    """Return the folder of the Python that has the real Tierpsy."""
    named = os.environ.get("RT_TIERPSY", "")
    for folder in (Path(named, "bin"), Path(named)) if named else ():
        if (folder / "python").exists():
            return folder
    return None


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A project made by cookiecutter, with two small raw videos of two days and parameters that fit them."""
    folder = find_python()
    if folder is None:
        pytest.skip("RT_TIERPSY names no folder with Tierpsy's python")
    if not VIDEOS.exists():
        pytest.skip(f"{VIDEOS} is not here")
    template = tmp_path / "template"
    for name in ("hooks", TEMPLATE.name):
        shutil.copytree(REPOSITORY / name, template / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copy(REPOSITORY / "cookiecutter.json", template)
    answers = {"tracker": "tierpsy", "cluster": "local"}
    root = cookiecutter(str(template), no_input=True, extra_context=answers, output_dir=str(tmp_path))
    made = Lab(Path(root), tmp_path)
    made.activate(f'export PATH={folder}:"$PATH"\n')
    parameters = made.root / "AuxiliaryFiles" / "hydra_96wp.json"
    fitting = {"nn_filter_to_use": "none", "mask_min_area": 50, "thresh_block_size": 61}
    parameters.write_text(json.dumps({**json.loads(parameters.read_text()), **fitting}))
    with tarfile.open(VIDEOS) as archive:
        for name in ("RawVideos/20260101/plateA.avi", "RawVideos/20260102/plateD.avi"):
            archive.extract(name, made.root)
    yield made
    made.clear()


def points(lab: Lab, name: str) -> list[str]:
    """Return the checkpoints that a video's files say were made."""
    found: set[str] = set()
    for path in [*lab.root.glob(f"*/{name}.hdf5"), *lab.root.glob(f"*/{name}_*.hdf5")]:
        with h5py.File(path) as file:
            found |= set(file.get("provenance_tracking", ()))
    return [point for point in ALL if point in found]


def test_raw_killed_resumed_summarized_joined_and_masked(lab: Lab) -> None:
    """Killed in SKE_CREATE one video goes on there; all twelve points are made, a table of each day, and one of all.

    From the masks alone the same results are made again, and the masks stay as they were.
    """
    lab.scan()
    running = lab.start("bash", "process_all.sh")
    wait_for(lambda: "\nSKE_CREATE\n" in lab.log(1, 1), "the first video to come to SKE_CREATE", SECONDS)
    for pid in lab.living("ProcessLocal.py", "plateA.avi"):
        kill(pid, signal.SIGKILL)
    running.communicate(timeout=SECONDS)
    assert lab.counts() == {"finished": 1, "incomplete": 1}
    lab.scan()
    assert lab.process(seconds=SECONDS).code == 0
    assert "plateA Starting checkpoint: SKE_CREATE" in lab.log(2, 1)
    assert lab.counts() == {"finished": 2}
    assert points(lab, "20260101/plateA") == points(lab, "20260102/plateD") == ALL
    for _ in range(2):  # a second time: nothing to do, nothing piled up
        lab.run("bash", "get_cmd2process.sh", folder="summarizer")
        lab.run("bash", "process_all.sh", folder="summarizer", seconds=SECONDS)
    tables = sorted(path.name for path in (lab.root / "Results" / "20260101").glob("*.csv"))
    assert tables == ["features_summary_tierpsy_plate.csv", "filenames_summary_tierpsy_plate.csv"]
    assert "2 videos with 2 rows are joined" in lab.rt("join").out
    assert "The results themselves say how they were made: Tierpsy Tracker 1." in lab.rt("methods").out

    masks = {path: path.read_bytes() for path in lab.root.glob("MaskedVideos/*/*.hdf5")}
    settings = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**settings, "params": {"start_from": "masked"}}))
    for day in ("20260101", "20260102"):
        shutil.rmtree(lab.root / "Results" / day)
        shutil.rmtree(lab.root / "RawVideos" / day)
    shutil.rmtree(lab.workspace / "batches")
    lab.scan()
    assert lab.process(seconds=SECONDS).code == 0
    assert lab.counts() == {"finished": 2}
    assert {path: path.read_bytes() for path in masks} == masks


WRITE_NETWORK = """
import sys, torch
from tierpsy.analysis.ske_init.pytorchModelHelper import ConvNet
torch.manual_seed(0)
state = ConvNet().state_dict()
state["fc_layers.0.bias"] += torch.tensor([-float(sys.argv[2]), float(sys.argv[2])])  # how sure it is of worms
torch.save(state, sys.argv[1])
"""


def write_network(path: Path, sure: int) -> None:
    """Write a network of Tierpsy's own form with random weights, which takes everything for a worm, or nothing."""
    python = find_python()
    assert python is not None
    argv = [str(python / "python"), "-c", WRITE_NETWORK, str(path), str(sure)]
    subprocess.run(argv, check=True, capture_output=True, timeout=SECONDS)


def worms_of(lab: Lab, name: str) -> int:
    """Return how many worms a video's skeletons have after the filter."""
    with h5py.File(lab.result(f"{name}_skeletons.hdf5")) as file:
        return len(set(file["trajectories_data"]["worm_index_joined"]))


def test_its_filter_with_a_random_network(lab: Lab) -> None:
    """A network of one's own is asked for before, filters, and another one makes results of another kind.

    One that takes everything for a worm leaves what there is without a filter; one that takes nothing for a worm leaves
    none, and the video ends as Tierpsy ends it.
    """
    shutil.rmtree(lab.root / "RawVideos/20260102")
    lab.scan()
    assert lab.process(seconds=SECONDS).code == 0
    plain = worms_of(lab, "20260101/plateA")
    assert plain > 0
    parameters, network = lab.root / "AuxiliaryFiles/hydra_96wp.json", lab.root / "AuxiliaryFiles/random.pth"
    asked = {"nn_filter_to_use": "custom", "path_to_custom_pytorch_model": "AuxiliaryFiles/random.pth"}
    parameters.write_text(json.dumps({**json.loads(parameters.read_text()), **asked}))
    assert lab.rt("redo", "--yes", "--stale").code == 0
    assert "there is none at path_to_custom_pytorch_model ('AuxiliaryFiles/random.pth')" in lab.scan().err
    write_network(network, 50)
    lab.scan()
    assert lab.process(seconds=SECONDS).code == 0
    assert "Identifying valid worm trajectories." in lab.log(lab.batches()[-1], 1)
    assert worms_of(lab, "20260101/plateA") == plain
    assert lab.counts() == {"finished": 1}
    write_network(network, -50)
    assert "1 of 1 finished was made with other parameters" in lab.scan().out
    assert lab.rt("redo", "--yes", "--stale").code == 0
    lab.scan()
    lab.process(seconds=SECONDS)
    assert lab.counts() == {"finished": 1}
    assert worms_of(lab, "20260101/plateA") == 0


def write_store(video: Path, folder: Path) -> int:
    """Write a video as an imgstore in chunks of 50 frames of MP4, as imgstore 0.4.0 lays it out; return its frames."""
    import cv2
    import numpy as np

    folder.mkdir()
    source, number, size = cv2.VideoCapture(str(video)), 0, 50
    while size == 50:  # a full chunk never is the last: if need be an empty chunk follows
        frames = [frame for _ in range(50) if (frame := source.read()[1]) is not None]
        name, size = folder / f"{number // 50:06d}", len(frames)
        writer = cv2.VideoWriter(f"{name}.mp4", cv2.VideoWriter.fourcc(*"mp4v"), 25, (480, 480))
        for frame in frames:
            writer.write(frame)
        writer.release()
        numbers = np.arange(number, number + size)
        np.savez(name, frame_number=numbers, frame_time=1.7e9 + numbers / 25)
        number += size
    about = {"chunksize": 50, "class": "VideoImgStore", "created_utc": "2026-01-01T00:00:00", "encoding": None}
    about |= {"extension": ".mp4", "format": "avc1/mp4", "imgdtype": "uint8", "imgshape": [480, 480, 3]}
    about |= {"timezone_local": "Etc/UTC", "uuid": "060fd314b34e42249a50004aa34a390e", "version": 2}
    (folder / "metadata.yaml").write_text(yaml.safe_dump({"__store": about}))
    for path in (folder, *folder.iterdir()):
        os.utime(path, (LONG_AGO, LONG_AGO))
    return number


def test_an_imgstore_of_mp4(lab: Lab) -> None:
    """Its chunks are no videos; with the pattern that the scan proposes it is one, and invalid without its end."""
    shutil.rmtree(lab.root / "RawVideos/20260102")
    video = lab.root / "RawVideos/20260101/plateA.avi"
    store = video.with_name("run1.2259")
    frames = write_store(video, store)
    video.unlink()
    ran = lab.scan()
    assert "RawVideos/20260101/run1.2259 is an imgstore: its chunks are no videos." in ran.out
    assert "0\tTotal files to be processed." in ran.out
    settings = yaml.safe_load((lab.root / "project.yml").read_text())
    (lab.root / "project.yml").write_text(yaml.safe_dump({**settings, "params": {"pattern_include": "metadata.yaml"}}))
    lab.scan()
    assert lab.process(seconds=SECONDS).code == 0, lab.log(1, 1)
    assert lab.counts() == {"finished": 1}
    with h5py.File(lab.root / "MaskedVideos/20260101/run1.2259/metadata.hdf5") as file:
        assert len(file["mean_intensity"]) == frames
    cut = store.with_name("cut")
    shutil.copytree(store, cut)
    for name in ("000002.mp4", "000002.npz"):
        (cut / name).unlink()
    for path in (cut, *cut.iterdir()):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert lab.counts() == {"finished": 1, "invalid": 1}
    assert "cut: ends with a full chunk, 000001 with 50 frames" in lab.scan().out


def test_a_network_that_is_not_there(lab: Lab) -> None:
    """The network of the default parameters is asked for first, where this Tierpsy came without it."""
    python = find_python()
    asked = [f"{python}/python", "-c", "import tierpsy; print(tierpsy.AUX_FILES_DIR)"]
    folder = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()[-1])
    parameters = lab.root / "AuxiliaryFiles/hydra_96wp.json"
    parameters.write_text(json.dumps({**json.loads(parameters.read_text()), "nn_filter_to_use": "pytorch_default"}))
    ran = lab.scan()
    there = any(folder.glob("model_state_isworm_*.pth"))
    assert ran.code == (0 if there else 1)
    assert there or f"asks for the network pytorch_default, and it is not in {folder}" in ran.err
