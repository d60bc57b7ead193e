"""What the stand-ins of SLEAP's programs share: arguments, videos, and .slp files of the same form as the real ones.

Measured on sleap-nn 0.3.5: options and exit codes, what is written and in which order. sleap-track and sleap-train are
written from the source of SLEAP 1.3.1 and 1.4.1, which could not be run. Poses are invented: node k of instance i is at
(10 i + frame, k), so that paths and speeds can be told beforehand.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import h5py
import numpy as np

POINT = np.dtype([("x", "f8"), ("y", "f8"), ("visible", "?"), ("complete", "?"), ("score", "f8")])
FRAME = np.dtype(
    [("frame_id", "u8"), ("video", "u4"), ("frame_idx", "u8"), ("instance_id_start", "u8"), ("instance_id_end", "u8")]
)
INSTANCE = np.dtype(
    [
        *(("instance_id", "i8"), ("instance_type", "u1"), ("frame_id", "u8"), ("skeleton", "u4"), ("track", "i4")),
        *(("from_predicted", "i8"), ("score", "f4"), ("point_id_start", "u8"), ("point_id_end", "u8")),
        ("tracking_score", "f4"),
    ]
)
NODES = ("head", "tail")


def give_up(code: int, message: str) -> NoReturn:
    """End as the real programs do: the reason last on stderr."""
    print(message, file=sys.stderr)
    sys.exit(code)


def read_options(words: Sequence[str], values: Mapping[str, str], flags: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what was said for each option, by its long name; '' holds the words that are none.

    An unknown option ends the program with 2, as click and argparse do.
    """
    said: dict[str, list[str]] = {}
    rest = list(words)
    while rest:
        word, _, value = rest.pop(0).partition("=")
        if word in flags:
            said.setdefault(flags[word], []).append("yes")
        elif word in values:
            if not value and not rest:
                give_up(2, f"Option '{word}' requires an argument.")
            said.setdefault(values[word], []).append(value or rest.pop(0))
        elif word.startswith("-"):
            give_up(2, f"No such option '{word}'.")
        else:
            said.setdefault("", []).append(f"{word}={value}" if value else word)
    return said


def count_frames(video: str) -> int:
    """Return the frames of a video; one that is missing, junk or has no index ends the program with 1."""
    import cv2

    capture = cv2.VideoCapture(video)
    frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else 0
    if frames <= 0:
        give_up(1, f"ValueError: Could not read {video} with OpenCV or PyAV: it reports no frames.")
    return frames


def read_frames(text: str, frames: int) -> list[int]:
    """Return the frames that --frames names: 0-9 or 1,3,5."""
    if not text:
        return list(range(frames))
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(word) for word in text.split(",")]


def write_poses(
    path: str, frames: Sequence[int], instances: int, tracked: bool, about: Mapping[str, Any], current: bool, video: str
) -> None:
    """Write a .slp in its place, as sleap-io does: one that is there is taken away first, a kill leaves half a file.

    While $STANDIN_HOLD names a file that is not there, the second half is not written.
    """
    whole = Path(path).with_name(f".whole.{os.getpid()}")
    with h5py.File(whole, "w") as file:
        _fill(file, frames, instances, tracked, about, current, video)
    data = whole.read_bytes()
    whole.unlink()
    Path(path).unlink(missing_ok=True)
    with open(path, "wb") as out:
        out.write(data[: len(data) // 2])
        out.flush()
        while (hold := os.environ.get("STANDIN_HOLD")) and not os.path.exists(hold):
            time.sleep(0.02)
        out.write(data[len(data) // 2 :])


def _fill(
    file: Any, frames: Sequence[int], instances: int, tracked: bool, about: Mapping[str, Any], current: bool, video: str
) -> None:
    rows = [(n, 0, frame, n * instances, (n + 1) * instances) for n, frame in enumerate(frames)]
    size = len(NODES)
    poses = [
        (m, 1, m // instances, 0, m % instances if tracked else -1, -1, 1.5, m * size, (m + 1) * size, 0.0)
        for m in range(len(frames) * instances)
    ]
    points = [(10 * i + frame, k, True, False, 0.75) for frame in frames for i in range(instances) for k in range(size)]
    nodes = [{"name": name, "weight": 1.0} for name in NODES]
    told = {
        "version": "2.0.0",
        "skeletons": [{"nodes": [{"id": k} for k in range(size)]}],
        "nodes": nodes,
        "provenance": about,
    }
    metadata = file.create_group("metadata")
    metadata.attrs["format_id"] = 1.4 if current else 1.3
    metadata.attrs["json"] = np.bytes_(json.dumps(told))
    file["frames"], file["instances"] = np.array(rows, FRAME), np.array(poses, INSTANCE)
    file["pred_points"], file["points"] = np.array(points, POINT), np.zeros(0, POINT)
    backend = {"filename": video, **({"type": "MediaVideo", "fps": 10.0} if current else {})}
    file["videos_json"] = [json.dumps({"filename": video, "backend": backend}).encode()]
    tracks = [json.dumps([0, f"track_{i}"]).encode() for i in range(instances)] if tracked else []
    file.create_dataset("tracks_json", data=tracks, dtype=h5py.string_dtype())
    if current:
        file["provenance_json"] = np.bytes_(json.dumps(about))
