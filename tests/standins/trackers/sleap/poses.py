"""The .slp files of the stand-ins, of the same form as the real ones."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

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


def write_poses(
    path: str,
    frames: Sequence[int],
    instances: int,
    tracked: bool,
    about: Mapping[str, Any],
    current: bool,
    video: str,
    empty: Collection[int] = (),
) -> None:
    """Write a .slp in its place, as sleap-io does: one that is there is taken away first, a kill leaves half a file.

    No animal is in the frames ``empty``. While $STANDIN_HOLD names a file that is not there, the second half is not
    written.
    """
    whole = Path(path).with_name(f".whole.{os.getpid()}")
    with h5py.File(whole, "w") as file:
        _fill(file, frames, instances, tracked, about, current, video, empty)
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
    file: Any,
    frames: Sequence[int],
    instances: int,
    tracked: bool,
    about: Mapping[str, Any],
    current: bool,
    video: str,
    empty: Collection[int],
) -> None:
    size, rows, seen = len(NODES), [], []
    for n, frame in enumerate(frames):
        found = [(n, frame, i) for i in range(0 if frame in empty else instances)]
        rows.append((n, 0, frame, len(seen), len(seen) + len(found)))
        seen += found
    poses = [
        (m, 1, n, 0, i if tracked else -1, -1, 1.5, m * size, (m + 1) * size, 0.0) for m, (n, _, i) in enumerate(seen)
    ]
    points = [(10 * i + frame, k, True, False, 0.75) for _, frame, i in seen for k in range(size)]
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
