"""Small videos of dark animals that the tests draw, and the opencv tracker run on them as a project would."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

REPO = Path(__file__).resolve().parents[2]
TRACKER = REPO / "{{cookiecutter.project_slug}}" / "remote_tracker" / "trackers" / "opencv"
WIDTH, HEIGHT, FPS = 160, 120, 25
Place = tuple[float, float]
Way = Callable[[int], Place | None]  # frame -> (x, y) in px, or None where the animal is not there


def straight(x: float, y: float, dx: float = 0.0, dy: float = 0.0) -> Callable[[int], Place]:
    """Return the way of an animal that starts at (x, y) and goes (dx, dy) px a frame."""
    return lambda frame: (x + dx * frame, y + dy * frame)


def draw(
    path: Path, ways: Sequence[Way], frames: int = 60, code: str = "MJPG", back: int = 200, fps: float = FPS
) -> Path:
    """Draw a video of discs, radius 6 px, grey level 60 on ``back``; dark ones where ``back`` is bright."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*code), fps, (WIDTH, HEIGHT))
    rng = np.random.default_rng(0)
    for frame in range(frames):
        picture = np.full((HEIGHT, WIDTH, 3), back, np.uint8)
        for place in (way(frame) for way in ways):
            if place is not None:
                centre = (round(place[0] * 16), round(place[1] * 16))
                cv2.circle(picture, centre, 6 * 16, (60, 60, 60), -1, cv2.LINE_AA, 4)
        writer.write(picture + rng.integers(0, 6, picture.shape, dtype=np.uint8))
    writer.release()
    return path


@dataclass(frozen=True)
class Run:
    """What one run of the tracker printed, and where its results would lie."""

    code: int
    out: str
    err: str
    masked: Path
    tracks: Path
    info_file: Path

    @property
    def info(self) -> dict[str, Any]:
        """Return the JSON file's content."""
        said: dict[str, Any] = json.loads(self.info_file.read_text(encoding="utf-8"))
        return said

    @property
    def rows(self) -> list[dict[str, str]]:
        """Return the rows of the table of tracks."""
        with self.tracks.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def frames_of(self, animal: int) -> list[int]:
        """Return the frames in which an animal was seen."""
        return [int(row["frame"]) for row in self.rows if row["animal"] == str(animal)]


def name_results(results: Path, parameters: str) -> tuple[Path, Path, Path, Path]:
    """Make the folder ``results``; return its parameter file, with these lines of YAML, and where its results go."""
    results.mkdir(exist_ok=True)
    said = results / "parameters.yml"
    said.write_text(parameters, encoding="utf-8")
    return said, results / "masked.avi", results / "a_tracks.csv", results / "a_tracks.json"


def run_tracker(video: Path, results: Path, parameters: str = "", before: str = "") -> Run:
    """Track ``video`` into the folder ``results``, with these lines of YAML; ``before`` is bash, as ulimit -f 10."""
    said, masked, tracks, info = name_results(results, parameters)
    words = [sys.executable, str(TRACKER / "track.py"), str(video), "--parameters", str(said)]
    words += ["--masked", str(masked), "--tracks", str(tracks), "--info", str(info)]
    argv = ["bash", "-c", f'{before}\nexec "$@"', "bash", *words]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120)
    return Run(done.returncode, done.stdout, done.stderr, masked, tracks, info)
