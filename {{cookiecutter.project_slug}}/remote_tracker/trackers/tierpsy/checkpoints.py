"""Read from a video's files which checkpoints were made (/provenance_tracking), and remove files that break a rerun.

Runs in Tierpsy's own environment (Python 3.7 or later), with its h5py, else its tables.
"""

from __future__ import annotations

import json
import os
import shutil
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MASKED, SKELETONS, INTENSITIES, FEATURES = KINDS = ("masked", "skeletons", "intensities", "featuresN")
FILE_OF = {
    "COMPRESS": MASKED,
    "TRAJ_CREATE": SKELETONS,
    "TRAJ_JOIN": SKELETONS,
    "SKE_INIT": SKELETONS,
    "BLOB_FEATS": SKELETONS,
    "SKE_CREATE": SKELETONS,
    "SKE_FILT": SKELETONS,
    "SKE_ORIENT": SKELETONS,
    "INT_PROFILE": INTENSITIES,
    "INT_SKE_ORIENT": SKELETONS,
    "FEAT_INIT": FEATURES,
    "FEAT_TIERPSY": FEATURES,
}
OURS = ".rt-"  # in the name of each parameter file that we give to Tierpsy, before the digest


class Place(NamedTuple):
    """The two folders with the files of a video, and the video's name without extension."""

    masks: str
    results: str
    base: str

    def path(self, kind: str) -> str:
        """Return the path of the file of ``kind``."""
        if kind == MASKED:
            return os.path.join(self.masks, self.base + ".hdf5")
        return os.path.join(self.results, f"{self.base}_{kind}.hdf5")


def load_file(path: str) -> tuple[dict[str, str], int] | None:
    """Return (made checkpoint -> its command, frames read) from a file; None where the file cannot be opened.

    /mean_intensity has a row for each frame that was read; /mask may hold the last frames twice.
    """
    try:
        try:
            import h5py
        except ImportError:
            return _load_with_tables(path)
        with h5py.File(path, "r") as file:
            group = file.get("provenance_tracking") or {}
            rows = file["mean_intensity"].shape[0] if "mean_intensity" in file else 0
            return {point: _command(group[point][()]) for point in group}, int(rows)
    except (OSError, KeyError, RuntimeError):
        return None


def _load_with_tables(path: str) -> tuple[dict[str, str], int] | None:
    tables = import_module("tables")

    try:
        with tables.open_file(path) as file:
            nodes = file.list_nodes("/provenance_tracking") if "/provenance_tracking" in file else []
            rows = file.get_node("/mean_intensity").shape[0] if "/mean_intensity" in file else 0
            return {node._v_name: _command(node.read()) for node in nodes}, int(rows)
    except (tables.HDF5ExtError, tables.NoSuchNodeError):
        return None


def _command(written: Any) -> str:
    """Return the command line in a checkpoint's note, the whole note where it has another form."""
    text = bytes(written).decode("utf-8", "replace") if isinstance(written, bytes) else str(written)
    try:
        return str(json.loads(text)["cmd_original"])
    except (ValueError, KeyError, TypeError):
        return text


def load_points(place: Place, kinds: Sequence[str]) -> dict[str, dict[str, str] | None]:
    """Return kind -> its made checkpoints for each file that is there; None where a file cannot be opened."""
    found: dict[str, dict[str, str] | None] = {}
    for kind in kinds:
        if os.path.exists(place.path(kind)):
            loaded = load_file(place.path(kind))
            found[kind] = loaded and {p: said for p, said in loaded[0].items() if FILE_OF.get(p) == kind}
    return found


def find_made(place: Place, whole: Sequence[str], kinds: Sequence[str]) -> list[str]:
    """Return the checkpoints that were made, in order, up to the first that was not."""
    done = {point for points in load_points(place, kinds).values() for point in points or ()}
    missing = [number for number, point in enumerate(whole) if point not in done]
    return list(whole[: missing[0]] if missing else whole)


def tidy(place: Place, whole: Sequence[str], kinds: Sequence[str]) -> None:
    """Remove files that would break a rerun: damaged files, and later checkpoints where an earlier is missing."""
    while True:
        found = load_points(place, kinds)
        wrong = [kind for kind in kinds if kind in found and found[kind] is None]
        why = "cannot be opened"
        if not wrong:
            made = find_made(place, whole, kinds)
            done = {point for points in found.values() for point in points or ()}
            later = [point for point in whole[len(made) :] if point in done]
            if not later:
                return
            wrong, why = [FILE_OF[later[0]]], f"has {later[0]}, but {whole[len(made)]} was not made"
        for kind in kinds[kinds.index(wrong[0]) :]:
            if kind in found:
                reason = why if kind == wrong[0] else "was made from it"
                print(f"# {os.path.basename(place.path(kind))} {reason}: made again", flush=True)
                os.remove(place.path(kind))


def is_of(place: Place, kinds: Sequence[str], mark: str, video: str = "") -> bool:
    """Return whether all checkpoints in ``place`` bear ``mark``: made from this video with these parameters.

    With ``video``, checkpoints made without us count, too, if they are younger than the video and have all its frames.
    """
    said = [command for points in load_points(place, kinds).values() for command in (points or {}).values()]
    if all(mark in command for command in said):
        return True
    if not video or any(OURS in command for command in said):
        return False
    files = [place.path(kind) for kind in kinds if os.path.exists(place.path(kind))]
    return min(map(os.path.getmtime, files)) >= os.path.getmtime(video) and not find_lost_frames(place, kinds, video)


def bring(source: Place, target: Place, kinds: Sequence[str], moving: bool = False) -> None:
    """Replace the files of ``target`` by copies of the files of ``source``, each whole or not at all."""
    for kind in kinds:
        old, new = source.path(kind), target.path(kind)
        if os.path.exists(new):
            os.remove(new)
        if os.path.exists(old):
            os.makedirs(os.path.dirname(new), exist_ok=True)
            (shutil.move if moving else shutil.copy2)(old, new + ".part")
            os.replace(new + ".part", new)


def count_promised(video: str) -> int:
    """Return how many frames a video claims or an imgstore's indexes list; 0 where the number is not known."""
    if not video.endswith(".yaml"):
        import cv2

        claimed = cv2.VideoCapture(video).get(cv2.CAP_PROP_FRAME_COUNT)
        return int(claimed) if 0 < claimed < 2**30 else 0
    import numpy as np

    folder = os.path.dirname(video)
    indexes = [name for name in os.listdir(folder) if name.endswith(".npz") and name[:-4].isdigit()]
    return sum(len(np.load(os.path.join(folder, name))["frame_number"]) for name in indexes)


def find_lost_frames(place: Place, kinds: Sequence[str], video: str) -> str:
    """Return, as a sentence, that other than the promised number of frames was read; "" where the numbers agree."""
    if MASKED not in kinds or not os.path.exists(place.path(MASKED)):
        return ""
    (_, rows), promised = load_file(place.path(MASKED)) or ({}, 0), count_promised(video)
    lost = promised and promised != rows
    return f"{os.path.basename(video)} promises {promised} frames, {rows} were read" if lost else ""
