"""Link the animals over all pieces of a video, in the order of its frames; join_pieces.py calls this."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from detect import measure
from errors import BadVideo
from follow import require_all
from link import Linker
from parameters import Parameters
from read_video import Picture, Span, open_capture, open_video
from spots_file import read_spots
from track_video import Job, about, conclude, describe_source, told_problem
from video_times import rate_of
from write_results import Results

_LINKING = ("animals", "max_jump", "lost_frames", "fps", "frames_missing")  # what finding the spots does not depend on
_SAME = ("source", "threshold_used", "background_sha256", "versions", "width", "height")


def link_pieces(job: Job, pieces: Sequence[Path], parameters: Parameters) -> str:
    """Write the results of a video from its pieces, and return a sentence about it.

    Raises TrackError, after writing ``finished: false`` with the reason, as :func:`track_video.track` does.
    """
    with told_problem(job, about(job, parameters)) as info:
        started, told = time.monotonic(), _load_all(job, pieces, parameters)
        info.update(source=told[0]["source"], threshold_used=told[0]["threshold_used"], pieces=len(pieces))
        video = open_video(job.video)
        linker = Linker(parameters.animals, parameters.max_jump, parameters.lost_frames)
        size = (video.width, video.height)
        info.update(frames_claimed=video.promise.frames or None, width=video.width, height=video.height)
        with Results(job.masked, job.tracks, rate_of(video, parameters), size) as results:
            stamps: list[float] = []
            for piece, facts in zip(pieces, told, strict=True):
                _add_piece(piece, facts, linker, results, stamps)
            require_all(video, Span(), len(stamps), parameters.frames_missing)
            return conclude(job, video, (results, linker, stamps), parameters, info, started)


def _add_piece(piece: Path, facts: dict[str, Any], linker: Linker, results: Results, stamps: list[float]) -> None:
    before = len(stamps)
    for stamp, patches in read_spots(piece):
        results.add_rows(len(stamps), linker.update(measure(patches)))
        stamps.append(stamp)
    masked = _masked_of(piece)
    shown = 0
    for jpeg in _read_jpegs(masked):
        results.add_packed(jpeg)
        shown += 1
    if not facts["frames_read"] == len(stamps) - before == shown:
        said = (
            f"{len(stamps) - before} frames with spots, {shown} in {masked.name}, {facts['frames_read']} in its .json"
        )
        raise BadVideo(f"{piece}: {said}; redo this piece")


def _masked_of(piece: Path) -> Path:
    return piece.with_name(piece.name.removesuffix(".spots") + ".part.avi")


def _read_jpegs(path: Path) -> Iterator[Picture]:
    """Yield each frame of a masked video as it stands in the file, a JPEG (1 x n)."""
    capture = open_capture(path, raw=True)
    try:
        while True:
            found, packet = capture.read()
            if not found:
                return
            yield np.ascontiguousarray(packet.reshape(1, -1).astype(np.uint8, copy=False))
    finally:
        capture.release()


def _load_all(job: Job, pieces: Sequence[Path], parameters: Parameters) -> list[dict[str, Any]]:
    """Return what is told beside each piece. Raises BadVideo where they do not belong together, or lack a frame."""
    told = [_load(piece) for piece in pieces]
    now, end = describe_source(job.video), 0
    for piece, facts in zip(pieces, told, strict=True):
        if facts["source"] != now:
            raise BadVideo(f"{piece}: is a piece of another file than {job.video.name}; redo all pieces")
        for key in _SAME:
            if facts[key] != told[0][key]:
                raise BadVideo(f"{piece}: its {key} is not that of the first piece; redo all pieces of this video")
        if _finding(facts["parameters"]) != _finding(parameters.as_dict()):
            raise BadVideo(f"{piece}: was made with other parameters; redo all pieces of this video")
        first, last = facts["frames"]
        if first != end:
            raise BadVideo(f"{piece}: begins with frame {first}, the frames before it end with {end - 1}")
        end = last + 1
    return told


def _finding(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name not in _LINKING}


def _load(piece: Path) -> dict[str, Any]:
    beside = piece.with_name(piece.name + ".json")
    try:
        facts: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
        first, last = facts["frames"]
        if (
            facts["finished"] is True
            and last - first + 1 == facts["frames_read"]
            and {*_SAME, "parameters"} <= facts.keys()
        ):
            return facts
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        pass
    raise BadVideo(f"{beside}: does not say that this piece is finished; redo this piece")
