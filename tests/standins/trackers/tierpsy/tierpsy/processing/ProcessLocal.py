"""One video through its checkpoints, as the real ProcessLocal.py does it with tmp folders ''.

A test tells it what to do by the environment: TIERPSY_DIE_IN=POINT (killed in the middle of it;
POINT:BASE: only with the video of that base name; several: a comma between), TIERPSY_READS=50 (no
more frames than that can be read), TIERPSY_CALLS (a file that gets a line a call).
"""

# ruff: noqa: N999  (so it is called in Tierpsy)
from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tierpsy.points import KEYS, POINTS

if __name__ == "__main__":  # where a scan asks whether it can be imported, these would be most of the answer's time
    import h5py
    import numpy as np
    import yaml

BEGINS = ("COMPRESS", "TRAJ_CREATE", "INT_PROFILE", "FEAT_INIT")  # these write a new file


class Video:
    """One video with its four files."""

    def __init__(self, main_file: str, masks: str, results: str) -> None:
        self.video = Path(main_file).resolve()
        base = self.base = self.video.name.rpartition(".")[0]
        self.files = {"masked": Path(masks).resolve() / f"{base}.hdf5"}
        for kind in ("skeletons", "intensities", "featuresN"):
            self.files[kind] = Path(results).resolve() / f"{base}_{kind}.hdf5"

    def has(self, point: str) -> bool:
        """Tell whether a checkpoint is finished: its node is in the first output, the others exist."""
        if point not in POINTS:
            raise ModuleNotFoundError(f"No module named 'tierpsy.analysis.{point.lower()}'")
        first, *others = (self.files[kind] for kind in POINTS[point][0])
        try:
            with h5py.File(first, "r") as file:
                return f"provenance_tracking/{point}" in file and all(path.exists() for path in others)
        except OSError:
            return False

    def frames(self) -> int:
        """Return how many frames can be read; an imgstore says so in its indexes."""
        if self.video.suffix == ".yaml":
            return sum(len(np.load(path)["frame_number"]) for path in self.video.parent.glob("0*.npz"))
        import cv2

        capture, count = cv2.VideoCapture(str(self.video)), 0
        while capture.grab():
            count += 1
        return min(count, int(os.environ.get("TIERPSY_READS", count)))

    def lacks(self, point: str) -> list[str]:
        """Return the requirements that are not met."""
        wanted = POINTS[point][1]
        return [w for w in wanted if not (self.frames() > 0 if w == "can_read_video" else self.has(w))]


def make(video: Video, point: str, settings: dict[str, Any], cmd_original: str) -> None:
    """Make one checkpoint, and its note after it."""
    path = video.files[POINTS[point][0][0]]
    if point == "COMPRESS" and path.exists():
        h5py.File(path, "r").close()  # a truncated one is not replaced
    if point in BEGINS:
        path.unlink(missing_ok=True)
    with h5py.File(path, "a") as file:
        if point == "COMPRESS":
            frames, buffer = video.frames(), settings.get("compression_buff", 25)
            rows = frames + (buffer if frames % buffer == 0 else 0)  # the last ones twice
            file.create_dataset("mask", data=np.full((rows, 4, 4), 7, np.uint8))
            file.create_dataset("mean_intensity", data=np.full(frames, 7.0))
        elif point == "FEAT_TIERPSY":
            with h5py.File(video.files["masked"], "r") as mask:
                file.attrs["speed"] = float(len(mask["mean_intensity"]))
        else:
            file.attrs[point] = "done"
    if {point, f"{point}:{video.base}"} & set(os.environ.get("TIERPSY_DIE_IN", "").split(",")):
        print(f"{point} half done", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    with h5py.File(path, "a") as file:
        note = {"func_name": point.lower(), "cmd_original": cmd_original}
        file.require_group("provenance_tracking").pop(point, None)
        file[f"provenance_tracking/{point}"] = np.bytes_(json.dumps(note))


def load_settings(json_file: str) -> dict[str, Any]:
    """Return the parameters; the first unknown key is refused."""
    settings: dict[str, Any] = json.loads(Path(json_file).read_text()) if json_file else {}
    for key in settings:
        if key not in KEYS:
            told = "is not a valid parameter. Change its value in file"
            raise ValueError(f'Parameter "{key}" {told} "{json_file}"')
    return settings


def work(video: Video, left: list[str], settings: dict[str, Any]) -> None:
    """Make the points that are left; end early, with exit code 0, where one cannot be made."""
    if not left:
        print(f"{video.base} No checkpoints given. It seems that there is a previous analysis finished. Exiting.")
        return
    print(f"{video.base} Starting checkpoint: {left[0]}", flush=True)
    for point in left:
        print(point, flush=True)
        if lacking := video.lacks(point):
            print(f"{video.base} Finished early. Total time 0:00:00. Cannot continue ")
            print(f"            for step {point} because it does not sastify the requiriments: {lacking}")
            return
        if video.has(point):
            print(f"{video.base} Finished early. Total time 0:00:00. the step {point} ")
            print(f"            already exists. Delete files if you want to continue: {video.files}")
            return
        make(video, point, settings, subprocess.list2cmdline(sys.argv))
    print(f"{video.base}  Finished in {left[-1]}. Total time 0:00:01.")


def read_arguments() -> argparse.Namespace:
    """Return what was typed; the options are those of the real one."""
    parser = argparse.ArgumentParser(prog="ProcessLocal.py")
    parser.add_argument("main_file", help="hdf5 or video file.")
    for name in ("masks_dir", "results_dir"):
        parser.add_argument(f"--{name}")
    for name in ("json_file", "tmp_mask_dir", "tmp_results_dir"):
        parser.add_argument(f"--{name}", default="")
    parser.add_argument("--analysis_checkpoints", nargs="*")
    parser.add_argument("--is_copy_video", action="store_true")
    parser.add_argument("--copy_unfinished", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Do what the real program does, and end as it ends."""
    typed = read_arguments()
    if typed.tmp_mask_dir or typed.tmp_results_dir:
        raise NotImplementedError("the stand-in works with tmp folders '' only")
    if calls := os.environ.get("TIERPSY_CALLS"):
        with open(calls, "a") as file:
            print(typed.main_file, *typed.analysis_checkpoints, file=file)
    if not os.path.exists(typed.main_file):
        raise FileNotFoundError(os.path.abspath(typed.main_file))
    for folder in (typed.masks_dir, typed.results_dir):
        os.makedirs(folder, exist_ok=True)
    settings = load_settings(typed.json_file)
    if Path(typed.main_file).suffix == ".yaml":
        yaml.safe_load(Path(typed.main_file).read_text())["__store"]
    video = Video(typed.main_file, typed.masks_dir, typed.results_dir)
    copied = Path(typed.masks_dir, video.video.name)
    if typed.is_copy_video:
        shutil.copy(video.video, copied)
    left = typed.analysis_checkpoints[:]
    for point in typed.analysis_checkpoints:
        if not video.has(point):
            break
        left.pop(0)
    work(video, left, settings)
    missing = [point for point in typed.analysis_checkpoints if not video.has(point)]
    said = f" Missing analysis points in the tmp dir: {missing}." if missing else ""
    if typed.is_copy_video:
        copied.unlink()
    print(f"{video.base}  Finished. Total time 0:00:01.{said}")


if __name__ == "__main__":
    main()
