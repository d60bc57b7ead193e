"""Stand in for DeepLabCut 3.0.2, as the real one was seen to behave on one animal and on two.

It writes project_path back into a config.yaml that names another folder than its own, finds its network beside that
file, does nothing beside an old _full.pickle or with a video that is called as those that it draws itself.
STANDIN_DIES: it is killed in the middle of the table. STANDIN_NO_TRACKLETS: no animal is followed.
STANDIN_ROWS: so many frames are taken to be in each video. STANDIN_FILTERPY: the tracker of animals works as with this.
"""

from __future__ import annotations

import csv
import os
import pickle
import signal
import sys
from pathlib import Path
from types import ModuleType

# cv2, h5py and yaml are imported where they are needed: each scan asks whether this module can be imported.


class _EllipseTracker:
    """Where an animal is; with filterpy 2 each update moves it far away."""

    def __init__(self, state):
        self.state = state

    def predict(self):
        """Foretell nothing."""

    def update(self, state):
        """Take the animal to be there."""
        self.state = [number - 44 for number in state] if os.environ["STANDIN_FILTERPY"] == "2" else state


if "STANDIN_FILTERPY" in os.environ:
    sys.modules["deeplabcut.core"] = ModuleType("deeplabcut.core")
    sys.modules["deeplabcut.core.trackingutils"] = ModuleType("deeplabcut.core.trackingutils")
    sys.modules["deeplabcut.core.trackingutils"].EllipseTracker = _EllipseTracker

SCORER = "DLC_Resnet50_miceNov20shuffle1_snapshot_010"
PARTS = ("nose", "tail")


def analyze_videos(config, videos, shuffle=1, destfolder=None, save_as_csv=False):
    """Write the poses of each video as DeepLabCut does."""
    told = _read_config(Path(config))
    if not next((Path(config).parent / "dlc-models-pytorch").glob("*.pt"), None):
        raise FileNotFoundError(f"No snapshots were found in {Path(config).parent}")
    for video in map(Path, videos):
        folder, stem = Path(destfolder), f"{video.stem}{SCORER}"
        if video.stem.endswith(("_labeled", "_full")):
            print("No .h5 files were created during video analysis.")
            continue
        if (folder / f"{stem}_full.pickle").exists():
            print(f"Video {video} already analyzed at {folder}!")
            continue
        frames = _count(video)
        if not frames:
            print(f"No frames could be read from {video}")
            continue
        (folder / f"{stem}_full.pickle").write_bytes(
            pickle.dumps({"metadata": {"nframes": frames}, **{f"frame{number:04}": {} for number in range(frames)}})
        )
        (folder / f"{stem}_meta.pickle").write_bytes(b"x")
        if told.get("multianimalproject"):
            _track(folder, stem, told["individuals"], frames)
        else:
            _write_hdf5(folder / f"{stem}.h5", "df_with_missing", frames, len(PARTS))
            _write_csv(folder / f"{stem}.csv", [], frames)


def _read_config(path):
    import yaml

    told = yaml.safe_load(path.read_text())
    if told.get("project_path") != str(path.parent):
        told["project_path"] = str(path.parent)
        with path.open("w") as file:  # in place, as the real one: two tasks at once may read half of it
            yaml.safe_dump(told, file)
    return told


def _track(folder, stem, animals, frames):
    """Follow the animals in all but the last three frames, where none is seen."""
    import pandas

    header = pandas.MultiIndex.from_tuples([(SCORER, part, "x") for part in PARTS], ("scorer", "bodyparts", "coords"))
    (folder / f"{stem}_assemblies.pickle").write_bytes(b"x")
    (folder / f"{stem}_el.pickle").write_bytes(pickle.dumps({"header": header}))
    if os.environ.get("STANDIN_NO_TRACKLETS"):
        raise OSError("Tracklets are empty.")
    _write_hdf5(folder / f"{stem}_el.h5", "tracks", frames - 3, len(animals) * len(PARTS))
    _write_csv(folder / f"{stem}_el.csv", animals, frames - 3)


def _count(video):
    import cv2

    capture, frames = cv2.VideoCapture(str(video)), 0
    while capture.read()[0]:
        frames += 1
    return int(os.environ.get("STANDIN_ROWS", frames))


def _write_hdf5(path, key, frames, parts):
    import h5py
    import numpy as np

    with h5py.File(path, "w") as file:
        kind = [("index", "i8"), ("values_block_0", "f8", (3 * parts,))]
        file.create_dataset(f"{key}/table", data=np.zeros(frames, kind))


def _write_csv(path, animals, frames):
    """Write a table: the nose goes 5 px a frame, of the second animal from frame 2 on; every other tail is unsure."""
    with path.open("w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        width = 6 * max(len(animals), 1)
        table.writerow(["scorer", *[SCORER] * width])
        if animals:
            table.writerow(["individuals", *[animal for animal in animals for _ in range(6)]])
        table.writerow(["bodyparts", *[part for part in PARTS for _ in range(3)] * (width // 6)])
        table.writerow(["coords", *["x", "y", "likelihood"] * (width // 3)])
        for f in range(frames):
            seen = [3 * f, 4 * f, 0.9, 10, 10, 0.9 if f % 2 else 0.1]
            table.writerow([f, *seen, *(seen if f > 1 else [""] * 6) * (width // 6 - 1)])
        if os.environ.get("STANDIN_DIES"):
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)
