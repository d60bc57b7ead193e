"""Draw each video's tracks over its first frame: a colour an animal, a ring where it began, its number where it ended.

    python picture.py PROJECT

Results/<...>/<name>_tracks.csv becomes Results/<...>/<name>_tracks.png.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

# Blue, green and red of the eight colours that people with any colour vision can tell apart (Okabe and Ito, 2008).
COLOURS = ((178, 114, 0), (0, 94, 213), (115, 158, 0), (167, 121, 204), (0, 159, 230), (233, 180, 86), (66, 228, 240))
VIDEOS = (".avi", ".mp4", ".mkv", ".mov", ".m4v")
Sightings = list[tuple[int, float, float]]  # frame, x and y in px


def draw_picture(video: Path, tracks_csv: Path, target: Path) -> None:
    """Write ``target``, a PNG at least 1000 px wide, of the tracks over the video's first frame.

    Raises ValueError where the video has no frame, OSError where the picture cannot be written.
    """
    found, frame = cv2.VideoCapture(str(video.absolute()), cv2.CAP_FFMPEG).read()
    if not found:
        raise ValueError(f"{video}: no frame can be read")
    scale = max(1, -(-1000 // frame.shape[1]))
    canvas = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    canvas = (canvas * 0.55 + 255 * 0.45).astype(np.uint8)  # paler, so that lines stand out
    tracks = load_tracks(tracks_csv)
    for number, sightings in sorted(tracks.items()):
        _draw_line(canvas, sightings, COLOURS[number % len(COLOURS)], scale)
    for number, sightings in sorted(tracks.items()):
        _draw_ends(canvas, sightings, str(number), COLOURS[number % len(COLOURS)], scale)
    written, data = cv2.imencode(".png", canvas)
    if not written:
        raise OSError(f"{target}: the picture could not be made")
    target.write_bytes(data.tobytes())


def load_tracks(path: Path) -> dict[int, Sightings]:
    """Return each animal's sightings in order."""
    tracks: dict[int, Sightings] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            tracks[int(row["animal"])].append((int(row["frame"]), float(row["x_px"]), float(row["y_px"])))
    return tracks


def _draw_line(canvas: npt.NDArray[Any], sightings: Sightings, colour: tuple[int, int, int], scale: int) -> None:
    """Draw the way of one animal, broken where it was not seen."""
    points = np.array([_place(s, scale) for s in sightings])
    breaks = [i for i in range(1, len(sightings)) if sightings[i][0] != sightings[i - 1][0] + 1]
    cv2.polylines(canvas, np.split(points, breaks), False, colour, 3, cv2.LINE_AA)


def _draw_ends(
    canvas: npt.NDArray[Any], sightings: Sightings, label: str, colour: tuple[int, int, int], scale: int
) -> None:
    begin, end = _place(sightings[0], scale), _place(sightings[-1], scale)
    cv2.circle(canvas, begin, 8, (255, 255, 255), -1, cv2.LINE_AA)
    cv2.circle(canvas, begin, 8, colour, 3, cv2.LINE_AA)
    cv2.circle(canvas, end, 17, colour, -1, cv2.LINE_AA)
    (width, height), _ = cv2.getTextSize(label, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 2)
    corner = (end[0] - width // 2, end[1] + height // 2)
    cv2.putText(canvas, label, corner, cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2, cv2.LINE_AA)


def _place(sighting: tuple[int, float, float], scale: int) -> tuple[int, int]:
    _, x, y = sighting
    return round((x + 0.5) * scale), round((y + 0.5) * scale)


def main() -> int:
    """Draw a picture of every video of the project that has tracks, and print its path."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("project", type=Path)
    project = parser.parse_args().project
    for video in sorted(p for p in (project / "RawVideos").rglob("*") if p.suffix.lower() in VIDEOS):
        beside = (project / "Results" / video.relative_to(project / "RawVideos")).with_suffix("")
        tracks = beside.with_name(beside.name + "_tracks.csv")
        if tracks.is_file():
            target = tracks.with_suffix(".png")
            draw_picture(video, tracks, target)
            print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
