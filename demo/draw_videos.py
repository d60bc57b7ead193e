"""Draw six short videos of moving animals, two days of three, with the truth beside each.

    python draw_videos.py RawVideos [--seed 1] [--frames 300]

RawVideos/20260101/plate1.avi has its truth in plate1.gt.csv: frame, animal, x_px, y_px. The plate is lit
unevenly, the camera has noise; in each video one animal rests for a third of the time. None touch: which is
which after contact is not something to promise. The same seed draws the same videos. A file's time is noon of its day,
as a copy keeps the time of the recording.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path
from typing import Any

try:
    import cv2
    import numpy as np
    import numpy.typing as npt
except ModuleNotFoundError as missing:
    needed = Path(__file__).with_name("requirements.txt")
    sys.exit(f"{missing}. Type:  python3 -m pip install -r {needed}   (make demo brings its own)")

Picture = npt.NDArray[np.uint8]
Walk = npt.NDArray[np.float64]  # frames x animals x (x, y, heading in rad)

SIZE, FPS, FRAMES = (640, 480), 25, 300  # width and height in px; frames a second; frames
BODY = (13, 5)  # half axes of an animal, px
APART, EDGE = 60.0, 35.0  # px that animals keep from each other, and from the picture's edge
REST = (110, 210)  # frames in which the animal that rests does so
DAYS = ("20260101", "20260102")
PLATES = {"plate1.avi": 3, "plate2.mp4": 4, "plate3.avi": 5}  # animals in each
PLAN = [(day, name, animals) for day in DAYS for name, animals in PLATES.items()]


@dataclass
class Walker:
    """One animal on its walk: it turns slowly, and away from edges and from others."""

    place: npt.NDArray[np.float64]
    heading: float
    pace: float
    size: tuple[int, int]  # of the picture: width, height in px
    others: list[Walker] = field(default_factory=list)

    def step(self, rng: np.random.Generator) -> None:
        """Go one frame on, or turn on the spot where the way is not free."""
        self.heading += rng.normal(0, 0.12)
        speed = self.pace * (1 + 0.3 * rng.normal())
        ahead = self.place + max(0.0, speed) * np.array([math.cos(self.heading), math.sin(self.heading)])
        if self._is_free(ahead):
            self.place = ahead
        else:
            self.heading += 0.35 + 0.1 * rng.random()

    def _is_free(self, place: npt.NDArray[np.float64]) -> bool:
        inside = all(EDGE < at < most - EDGE for at, most in zip(place, self.size, strict=True))
        return inside and all(self._keeps_off(other, place) for other in self.others)

    def _keeps_off(self, other: Walker, place: npt.NDArray[np.float64]) -> bool:
        near = float(np.linalg.norm(place - other.place))
        return near > APART or near > float(np.linalg.norm(self.place - other.place))


def walk(animals: int, rng: np.random.Generator, frames: int = FRAMES, size: tuple[int, int] = SIZE) -> Walk:
    """Return where each animal is in each frame of that width and height; the first one rests during REST."""
    columns = np.linspace(90, size[0] - 90, animals)
    walkers = [
        Walker(np.array([x, rng.uniform(100, size[1] - 100)]), rng.uniform(0, 2 * math.pi), rng.uniform(1.8, 3.5), size)
        for x in columns
    ]
    for walker in walkers:
        walker.others = [other for other in walkers if other is not walker]
    path = np.zeros((frames, animals, 3))
    for frame in range(frames):
        for number, walker in enumerate(walkers):
            path[frame, number] = (*walker.place, walker.heading)
            if number or not REST[0] <= frame < REST[1]:
                walker.step(rng)
    return path


def plate(rng: np.random.Generator, size: tuple[int, int] = SIZE) -> npt.NDArray[np.float64]:
    """Return an empty plate, height x width: brighter in the middle and to one side, with stains."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width]
    light = 195 - 45 * (((x - width / 2) / width) ** 2 + ((y - height / 2) / height) ** 2) * 2 + 25 * x / width
    stains = cv2.GaussianBlur(rng.normal(0, 1, (height, width)), (0, 0), 18)
    light = light + 12 * stains / np.abs(stains).max()
    for _ in range(40):  # dust, as dark as the animals, which does not move
        cv2.circle(light, (int(rng.integers(width)), int(rng.integers(height))), int(rng.integers(1, 4)), 80, -1)
    return np.asarray(light, np.float64)


def draw_frames(path: Walk, rng: np.random.Generator, size: tuple[int, int] = SIZE) -> Iterator[Picture]:
    """Yield the frames of a walk, height x width x 3. What no animal covers is made once for each grain."""
    empty = plate(rng, size)
    lit = empty + rng.normal(0, 3, (8, *empty.shape))
    pictures = [cv2.cvtColor(_as_bytes(frame), cv2.COLOR_GRAY2BGR) for frame in lit]
    for animals in path:
        number = rng.integers(len(lit))
        frame, picture, covered = lit[number], pictures[number].copy(), []
        for x, y, heading in animals:
            area = _area_of(frame, x, y)
            covered.append((area, area.copy(), _area_of(picture, x, y)))
            _draw_animal(area, x, y, heading)
        for area, _, shown in covered:
            shown[:] = _as_bytes(area)[..., np.newaxis]
        for area, before, _ in reversed(covered):  # the last first: areas may overlap
            area[:] = before
        yield picture.astype(np.uint8, copy=False)


def _as_bytes(frame: npt.NDArray[np.float64]) -> Picture:
    return np.clip(frame, 0, 255).astype(np.uint8)


def _area_of(frame: npt.NDArray[Any], x: float, y: float) -> npt.NDArray[Any]:
    left, top = int(x) - 20, int(y) - 20
    return frame[top : top + 41, left : left + 41]


def _draw_animal(area: npt.NDArray[np.float64], x: float, y: float, heading: float) -> None:
    spot = np.zeros((41 * 4, 41 * 4), np.uint8)  # four times as fine, so that the centre is true to a fraction of a px
    left, top = int(x) - 20, int(y) - 20
    centre = (round((x - left + 0.5) * 4), round((y - top + 0.5) * 4))
    cv2.ellipse(spot, centre, (BODY[0] * 4, BODY[1] * 4), math.degrees(heading), 0, 360, 255, -1)
    cover = cv2.resize(spot, (41, 41), interpolation=cv2.INTER_AREA) / 255
    area *= 1 - 0.65 * cover


def write_video(path: Walk, target: Path, rng: np.random.Generator, size: tuple[int, int] = SIZE) -> None:
    """Write a video of that size, as MJPG in an .avi and MPEG-4 in an .mp4, and its truth. Raises OSError."""
    code = cv2.VideoWriter.fourcc(*("mp4v" if target.suffix == ".mp4" else "MJPG"))
    writer = cv2.VideoWriter(str(target.absolute()), cv2.CAP_FFMPEG, code, FPS, size)
    for picture in draw_frames(path, rng, size):
        writer.write(picture)
    writer.release()
    if not target.is_file() or not target.stat().st_size:
        raise OSError(f"{target}: could not be written")
    with target.with_suffix(".gt.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("frame", "animal", "x_px", "y_px"))
        for frame, animals in enumerate(path):
            rows.writerows((frame, number, f"{x:.2f}", f"{y:.2f}") for number, (x, y, _) in enumerate(animals))


def draw(folder: Path, seed: int, frames: int, number: int) -> str:
    """Draw the video of PLAN with that number; returns what was drawn, for people."""
    day, name, animals = PLAN[number]
    rng = np.random.default_rng((seed, number))
    target = folder / day / name
    target.parent.mkdir(parents=True, exist_ok=True)
    write_video(walk(animals, rng, frames), target, rng)
    noon = time.mktime(time.strptime(f"{day} 12", "%Y%m%d %H"))
    for path in (target, target.with_suffix(".gt.csv")):
        os.utime(path, (noon, noon))
    return f"{target}: {frames} frames, {animals} animals"


def main() -> int:
    """Draw the videos of PLAN into the folder that the command line names, side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the days go, as a project's RawVideos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--frames", type=int, default=FRAMES)
    typed = parser.parse_args()
    asked = [repeat(value) for value in (typed.folder, typed.seed, typed.frames)]
    with ProcessPoolExecutor() as cores:
        for drawn in cores.map(draw, *asked, range(len(PLAN))):
            print(drawn, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
