"""Join the poses of a video's pieces: python join_poses.py [--sparse] OUT PIECE.MODEL.part.slp...

A piece is called by its frames, as 000000-001499. Each of these frames must be a row of it once; the pieces together
hold every frame from 0 on once. --sparse: frames without an animal may be no rows (--no_empty_frames).
--look PIECE: only look at a piece. --origin JOINED OUT: let OUT, whose tracks sleap-nn made from JOINED, say of JOINED
how its poses were made. Needs h5py and numpy, not SLEAP; Python 3.7 or newer.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:  # Python 3.7 has no such types at run time
    from collections.abc import Iterator, Sequence

ROWS = ("frames", "instances", "points", "pred_points")  # tables that grow with the frames
SHARED = ("metadata", "provenance_json", "videos_json")  # the same in each piece, or said anew
AT_ONCE = 1 << 20  # rows
PREDICTED = 1  # instance_type; 0: drawn by a person
NO_TRACK = -1
PROVENANCE = "provenance_json"


class Unusable(Exception):
    """A piece cannot be used; the message says which and why."""


def range_of(path: str) -> tuple[int, int] | None:
    """Return the first and the last frame by which a piece is called, None for a video that is one piece."""
    name = os.path.basename(path).split(".", 1)[0]
    found = re.match(r"(\d+)-(\d+)$", name)
    if not found and name != "all":
        raise Unusable(f"{path}: is not called by its frames, as 000000-001499.MODEL.part.slp")
    return (int(found.group(1)), int(found.group(2))) if found else None


def look(path: str, sparse: bool) -> tuple[int, int]:
    """Return the first and the last frame of a piece; for a whole video by its rows.

    Raises Unusable where the piece is not whole, lacks a frame, has a frame twice or another's frame, or has tracks.
    """
    told = range_of(path)
    with _open(path) as file:
        _require_plain(path, file)
        found = file["frames"]["frame_idx"].astype(np.int64)
        if len(file["tracks_json"]) or (file["instances"]["track"] != NO_TRACK).any():
            raise Unusable(f"{path}: has tracks of its own; take --tracking out of options, and write tracking: true")
    first, last = told or (0, int(found.max()) if len(found) else 0)
    if len(found) and (found.min() < first or found.max() > last):
        raise Unusable(f"{path}: holds frame {int(found[(found < first) | (found > last)][0])}, which is not its own")
    times = np.bincount(found - first, minlength=last - first + 1)
    if (times > 1).any():
        raise Unusable(f"{path}: holds frame {first + int(times.argmax())} more than once")
    if not sparse and (times == 0).any():
        raise Unusable(f"{path}: lacks frame {first + int(times.argmin())}")
    return first, last


def _require_plain(path: str, file: Any) -> None:
    """Raise Unusable where a file holds anything that grows with the frames and that is not joined here."""
    for name, item in file.items():
        is_empty = len(item) == 0 if isinstance(item, h5py.Group) or item.shape else False
        if name not in (*ROWS, *SHARED) and not is_empty:
            raise Unusable(f"{path}: holds {name}, which is not joined: write pieces: 0 into project.yml")


def _open(path: str) -> Any:
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise Unusable(f"{path}: {error}") from None
    for name in (*ROWS, *SHARED, "tracks_json"):
        if name not in file:
            raise Unusable(f"{path}: has no {name}: sleap-nn 0.3 did not make it")
    return file


def join(out: str, parts: Sequence[str], sparse: bool) -> int:
    """Write the pieces, in their order, into one file; return how many frames it has. Raises Unusable."""
    end = 0
    for part in parts:
        first, last = look(part, sparse)
        if first != end:
            raise Unusable(f"{part}: begins with frame {first}, the frames before it end with {end - 1}")
        end = last + 1
    with h5py.File(out, "w") as whole:
        origins = [_add(whole, part) for part in parts]
        about = json.loads(_text(whole["metadata"].attrs["json"]))
        origin = _merge(origins)
        whole["metadata"].attrs["json"] = np.bytes_(json.dumps({**about, "provenance": origin}, separators=(",", ":")))
        _set_text(whole, PROVENANCE, json.dumps(origin, separators=(",", ":")))
        return len(whole["frames"])


def _add(whole: Any, part: str) -> dict[str, Any]:
    """Add a piece to the whole file, and return what it says of how it was made."""
    with _open(part) as file:
        origin = json.loads(_text(file[PROVENANCE][()]))
        if "frames" not in whole:
            _begin(whole, file)
        else:
            _require_same(whole, file, part)
        before = {name: len(whole[name]) for name in ROWS}
        for name in ROWS:
            _append(whole[name], _shifted(name, file[name], before))
        return dict(origin)


def _begin(whole: Any, first: Any) -> None:
    for name in first:
        if name not in ROWS:
            first.copy(first[name], whole, name)
            continue
        table = first[name]
        whole.create_dataset(
            name, (0,), table.dtype, maxshape=(None,), chunks=(1 << 12,), compression=table.compression
        )
        whole[name].attrs.update(table.attrs)
    whole.attrs.update(first.attrs)


def _require_same(whole: Any, file: Any, part: str) -> None:
    """Raise Unusable where a piece is of another video, skeleton, model or version than the first."""
    ours, theirs = (_describe(one) for one in (whole, file))
    for what, value in ours.items():
        if theirs[what] != value:
            raise Unusable(f"{part}: its {what} is not that of the first piece: redo all pieces of this video")


def _describe(file: Any) -> dict[str, Any]:
    about = json.loads(_text(file["metadata"].attrs["json"]))
    origin = json.loads(_text(file[PROVENANCE][()]))
    videos = [json.loads(_text(text)).get("filename") for text in file["videos_json"][()]]
    return {
        "video": videos,
        "skeleton": [about.get("skeletons"), about.get("nodes")],
        "model": origin.get("model_paths"),
        "version of sleap-nn": origin.get("sleap_nn_version"),
        "form": [str(file[name].dtype) for name in ROWS],
    }


def _shifted(name: str, table: Any, before: dict[str, int]) -> Iterator[Any]:
    """Yield the rows of a table of a piece, some at a time, with the numbers that they have in the whole file."""
    for start in range(0, len(table), AT_ONCE):
        rows = table[start : start + AT_ONCE]
        if name == "frames":
            rows["frame_id"] += np.uint64(before["frames"])
            for column in ("instance_id_start", "instance_id_end"):
                rows[column] += np.uint64(before["instances"])
        elif name == "instances":
            rows["instance_id"] += before["instances"]
            rows["frame_id"] += np.uint64(before["frames"])
            known = rows["from_predicted"] >= 0
            rows["from_predicted"][known] += before["instances"]
            predicted = rows["instance_type"] == PREDICTED
            shift = np.where(predicted, before["pred_points"], before["points"]).astype(np.uint64)
            for column in ("point_id_start", "point_id_end"):
                rows[column] += shift
        yield rows


def _append(table: Any, blocks: Iterator[Any]) -> None:
    for rows in blocks:
        start = len(table)
        table.resize(start + len(rows), axis=0)
        table[start:] = rows


def _merge(origins: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return how the whole was made: as its first piece, from the earliest start to the last end."""
    merged = dict(origins[0])
    for key, choose in (("inference_start_timestamp", min), ("inference_end_timestamp", max)):
        told = [str(origin[key]) for origin in origins if origin.get(key)]
        if len(told) == len(origins):
            merged[key] = choose(told)
        else:  # a piece that does not say when it ended is not whole, nor is what is made of it
            merged.pop(key, None)
    spent = [origin.get("inference_runtime_seconds") for origin in origins]
    merged["inference_runtime_seconds"] = sum(seconds or 0 for seconds in spent)
    counted = [(origin.get("frame_selection") or {}).get("frames_processed") for origin in origins]
    if all(isinstance(count, int) for count in counted):
        merged["frame_selection"] = {"frames_processed": sum(counted)}
    return {**merged, "pieces": len(origins)}


def set_origin(joined: str, out: str) -> None:
    """Let a file whose tracks sleap-nn made from ``joined`` say how the poses were made, and what was tracked when."""
    with _open(joined) as file:
        origin = json.loads(_text(file[PROVENANCE][()]))
    with h5py.File(out, "r+") as file:
        tracked = json.loads(_text(file[PROVENANCE][()]))
        added = {key: value for key, value in tracked.items() if key.startswith("tracking")}
        origin = {**origin, **added}
        about = json.loads(_text(file["metadata"].attrs["json"]))
        file["metadata"].attrs["json"] = np.bytes_(json.dumps({**about, "provenance": origin}, separators=(",", ":")))
        _set_text(file, PROVENANCE, json.dumps(origin, separators=(",", ":")))


def _set_text(file: Any, name: str, text: str) -> None:
    del file[name]
    file.create_dataset(name, data=np.bytes_(text.encode("utf-8")))


def _text(value: Any) -> str:
    value = value.tobytes() if isinstance(value, np.ndarray) else value
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def main() -> int:
    """Do what the command line says; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sparse", action="store_true")
    parser.add_argument("--look", metavar="PIECE")
    parser.add_argument("--origin", metavar="JOINED")
    parser.add_argument("files", nargs="*")
    typed = parser.parse_args()
    try:
        if typed.look:
            first, last = look(typed.look, typed.sparse)
            print(f"frames {first} to {last}, each once")
        elif typed.origin and len(typed.files) == 1:
            set_origin(typed.origin, typed.files[0])
        elif not typed.origin and len(typed.files) > 1:
            print(f"{join(typed.files[0], typed.files[1:], typed.sparse)} frames from {len(typed.files) - 1} pieces")
        else:
            parser.error("name OUT and its pieces, --look PIECE, or --origin JOINED OUT")
    except (Unusable, OSError, LookupError, ValueError) as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
