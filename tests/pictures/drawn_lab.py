"""A project of small real videos, whose tracker copies the table of tracks that lies beside each."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from lab import LONG_AGO, Lab
from remote_tracker.config import load_project
from remote_tracker.pictures.make import Made, make_pictures
from remote_tracker.tables.read_videos import read_videos
from remote_tracker.tracks.tracks import Tracks

HEAD = "frame,animal,x,y"
TRACKS = {"of": "table", "form": "tidy", "frame": "frame", "individual": "animal", "x": "x", "y": "y"}
WIDTH, HEIGHT, FRAMES = 160, 120, 5


def configure(lab: Lab, **keys: Any) -> None:
    """Let the project's tracker copy tables, and say where the animals are in them."""
    inputs = {"video": "RawVideos/{subdir}/{name}.avi", "table": "RawVideos/{subdir}/{name}.csv"}
    output, command = {"table": "Results/{subdir}/{name}.csv"}, "cp {{ input.table }} {{ output.table }}"
    told = {"input": inputs, "output": output, "command": command, "tracks": TRACKS, "counts": "videos", **keys}
    lab.tracker(**told)


def put(lab: Lab, name: str, animals: int = 2, level: int = 200, rows: list[str] | None = None) -> Path:
    """Put a video of grey frames and its table of tracks, of animals that walk to the right, into RawVideos."""
    path = lab.root / "RawVideos" / f"{name}.avi"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, [np.full((HEIGHT, WIDTH), level, np.uint8)] * FRAMES)
    seen = [f"{f},{a},{20 + 20 * f},{20 + 30 * a}" for f in range(FRAMES) for a in range(animals)]
    path.with_suffix(".csv").write_text("\n".join([HEAD, *(seen if rows is None else rows)]) + "\n")
    for one in (path, path.with_suffix(".csv")):
        os.utime(one, (LONG_AGO, LONG_AGO))
    return path


def write_video(path: Path, frames: list[Any], fps: float = 25.0) -> None:
    """Write frames in grey as a video of JPEGs, under any name."""
    height, width = frames[0].shape
    made = path.with_name("made.avi")
    writer = cv2.VideoWriter(str(made), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, (width, height))
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
    made.replace(path)


def make(lab: Lab, **more: Any) -> Made:
    """Make the pictures of all videos of the project."""
    project = load_project(lab.root)
    return make_pictures(project, [*read_videos(project)], **more)


def pictures(lab: Lab) -> dict[str, int]:
    """Return the pictures that are there, below their folder, and a digest of each."""
    folder = lab.root / "Results/report/pictures"
    return {path.relative_to(folder).as_posix(): zlib.crc32(path.read_bytes()) for path in folder.rglob("*.png")}


def walks(animals: int, frames: int, width: float, height: float, **more: Any) -> Tracks:
    """Return tracks of animals that wander within a frame, from everywhere in it."""
    chance = np.random.default_rng(animals)
    place, heading = chance.uniform(0.1, 0.9, (animals, 2)) * (width, height), chance.uniform(0, 6.3, animals)
    positions = np.empty((frames, 2, 1, animals))
    for number in range(frames):
        heading = heading + chance.normal(0, 0.2, animals)
        there = place + width / 200 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
        out = (there < 0) | (there > (width - 1, height - 1))
        heading = np.where(out.any(axis=1), heading + 2, heading)
        place = np.where(out, place, there)
        positions[number, :, 0, :] = place.T
    names = tuple(str(number) for number in range(animals))
    told = {"fps": 25.0, "individuals": names, **more}
    return Tracks(
        np.arange(frames), positions, np.full((frames, 1, animals), np.nan), keypoints=("c",), source="", **told
    )


def decoded(raw: bytes) -> Any:
    """Return a PNG as OpenCV reads it: height x width x 3, blue, green, red."""
    image = cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image
