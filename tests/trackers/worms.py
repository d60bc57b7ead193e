"""A project of the tracker tierpsy, made by cookiecutter, on the stand-in of Tierpsy; used by its three lines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import yaml
from lab import LONG_AGO, Lab
from trackers.conftest import PYTHONS
from warm import find_warm_python

STANDIN = Path(__file__).parents[1] / "standins" / "trackers" / "tierpsy"
POINTS = """COMPRESS TRAJ_CREATE TRAJ_JOIN SKE_INIT BLOB_FEATS SKE_CREATE SKE_FILT SKE_ORIENT INT_PROFILE INT_SKE_ORIENT
FEAT_INIT FEAT_TIERPSY"""
ALL = tuple(POINTS.split())
KINDS = ("", "_skeletons", "_intensities", "_featuresN")


class Worms(Lab):
    """One project of the tracker tierpsy; ``calls`` is the file in which the stand-in notes how it was called."""

    @property
    def calls(self) -> Path:
        """Return where the stand-in notes each call."""
        return self.home / "calls"

    def called(self, video: str = "") -> list[list[str]]:
        """Return the points of each call of ProcessLocal.py, in order; with ``video`` of those for a file so called."""
        lines = self.calls.read_text().splitlines() if self.calls.exists() else []
        lines = [line for line in lines if not video or f"/{video} " in line]
        return [[word for word in line.split() if word in ALL] for line in lines]

    def bring_tierpsy(self, **environment: str) -> None:
        """Write the activate.sh that finds the stand-in, and tells it what to do."""
        told = {"PYTHONPATH": str(STANDIN), "TIERPSY_CALLS": str(self.calls), **environment}
        lines = [f"export {name}={value}" for name, value in told.items()]
        lines.append(f'export PYTHONDONTWRITEBYTECODE=1 WARM_PYTHON={find_warm_python()} PATH={PYTHONS}:"$PATH"')
        self.activate("\n".join(lines) + "\n")

    def choose(self, **params: Any) -> None:
        """Write project.yml with these parameters."""
        told = {"name": "worms", "tracker": "tierpsy", "cluster": "local", "params": params}
        (self.root / "project.yml").write_text(yaml.safe_dump(told))

    def film(self, name: str, frames: int = 12, folder: str = "RawVideos", age: int = 0) -> Path:
        """Put a small real video into the project."""
        import cv2

        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn = path.parents[len(Path(name).parts) - 1].parent / f"drawn{path.suffix}"  # a name that OpenCV takes
        code = cv2.VideoWriter.fourcc(*("mp4v" if path.suffix.lower() == ".mp4" else "MJPG"))
        writer = cv2.VideoWriter(str(drawn), code, 25, (32, 32))
        for number in range(frames):
            writer.write(np.full((32, 32, 3), number, np.uint8))
        writer.release()
        drawn.replace(path)
        os.utime(path, (LONG_AGO + age, LONG_AGO + age))
        return path

    def store(self, name: str, sizes: Sequence[int] = (7, 5), form: str = ".avi") -> Path:
        """Put an imgstore with chunks of these sizes into RawVideos; return its metadata.yaml."""
        folder = self.root / "RawVideos" / name
        folder.mkdir(parents=True)
        for chunk, size in enumerate(sizes):
            self.film(f"{name}/{chunk:06d}{form}", size)
            np.savez(folder / f"{chunk:06d}.npz", frame_number=np.arange(size) + sum(sizes[:chunk]))
        told = {"__store": {"class": "VideoImgStore", "format": "mjpeg", "extension": form, "chunksize": sizes[0]}}
        (folder / "metadata.yaml").write_text(yaml.safe_dump(told))
        for path in folder.iterdir():
            os.utime(path, (LONG_AGO, LONG_AGO))
        return folder / "metadata.yaml"

    def unmanaged(self, video: Path, *points: str, **environment: str) -> int:
        """Run Tierpsy by hand on a video, results in the project, as people do; return the exit code."""
        sub = video.parent.relative_to(self.root / "RawVideos")
        words = [sys.executable, str(STANDIN / "tierpsy/processing/ProcessLocal.py"), str(video)]
        for option, folder in (("--masks_dir", "MaskedVideos"), ("--results_dir", "Results")):
            words += [option, str(self.root / folder / sub)]
        words += ["--json_file", str(self.root / "AuxiliaryFiles/hydra_96wp.json"), "--analysis_checkpoints"]
        told = {**os.environ, "PYTHONPATH": str(STANDIN), **environment}
        return subprocess.run([*words, *(points or ALL)], env=told, capture_output=True).returncode

    def places(self, name: str, top: Path | None = None) -> list[Path]:
        """Return the four files of a video, as ``20260101/plateA``, that are there."""
        top = top or self.root
        paths = [top / ("Results" if kind else "MaskedVideos") / f"{name}{kind}.hdf5" for kind in KINDS]
        return [path for path in paths if path.exists()]

    def points(self, name: str) -> list[str]:
        """Return the checkpoints that a video's files say were made, in Tierpsy's order."""
        made: set[str] = set()
        for path in self.places(name):
            with h5py.File(path) as file:
                made |= set(file.get("provenance_tracking", ()))
        return [point for point in ALL if point in made]

    def frames(self, name: str) -> int:
        """Return how many frames the mask of a video was made of."""
        with h5py.File(self.root / "MaskedVideos" / f"{name}.hdf5") as file:
            return len(file["mean_intensity"])

    def work_folder(self) -> Path:
        """Return the one work folder there is."""
        (folder,) = (path for path in self.root.glob("*/.work/*") if path.is_dir())  # beside it lies its lock
        return folder

    def kept(self) -> list[str]:
        """Return what is left in work folders: nothing should be, once all is finished."""
        return [str(path) for path in self.root.glob("*/.work/**/*") if path.is_file()]

    def parameters(self, **changes: Any) -> None:
        """Change values of the parameter file."""
        path = self.root / "AuxiliaryFiles" / "hydra_96wp.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def cut(path: Path) -> None:
    """Leave the first half of a file."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
