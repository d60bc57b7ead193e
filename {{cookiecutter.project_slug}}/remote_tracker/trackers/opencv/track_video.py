"""Track a video, from its frames to its results; track.py calls this once it has the parameters."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy
import scipy
from detect import Blank, Detector, Patch, learn, needs_samples
from errors import BadVideo, TrackError
from frame_times import SOON, Times, UnusableStamps, choose_times, space_evenly
from link import Linker
from parameters import Parameters
from part_files import digest_ends
from read_video import Picture, Video, open_video, read_frames
from sample_video import sample_frames
from side_by_side import count_cores, read_ahead, write_behind
from write_results import Results, write_info

VERSION = "1.1"


@dataclass(frozen=True)
class Job:
    """A video, and the paths of its results."""

    video: Path
    masked: Path
    tracks: Path
    info: Path


def track(job: Job, parameters: Parameters) -> str:
    """Track a video and return a sentence about it; the info file says ``finished: true`` only at the end.

    Raises TrackError where the video cannot be tracked, after writing ``finished: false`` with the reason.
    """
    cv2.setNumThreads(1)
    info = _about(job, parameters)
    try:
        info["source"] = _describe_source(job.video)
        return _track(job, parameters, info)
    except (TrackError, OSError, cv2.error) as error:
        reason = error if isinstance(error, TrackError) else TrackError(f"{job.video}: {_one_line(error)}")
        with suppress(TrackError):  # on a full disk the reason cannot be written either; it is on stderr
            write_info({**info, "problem": str(reason)}, job.info)
        raise reason from None


def _track(job: Job, parameters: Parameters, info: dict[str, Any]) -> str:
    started = time.monotonic()
    video = open_video(job.video)
    fps = _fps(video, parameters)
    info.update(frames_claimed=video.promise.frames or None, fps=fps, width=video.width, height=video.height)
    detector = _learn(video, parameters)
    linker = Linker(parameters.animals, parameters.max_jump, parameters.lost_frames)
    with Results(job.masked, job.tracks, fps, (video.width, video.height)) as results:
        stamps = _follow(video, detector, linker, results, parameters)
        read = len(stamps)
        info.update(frames_read=read, animals=linker.animals, threshold_used=_threshold_used(detector, parameters))
        if not read or not video.promise.is_kept_by(read, parameters.frames_missing):
            raise BadVideo(video.promise.broken(str(job.video), read))
        times = _times(video, stamps, parameters)
        info.update(results.publish(times.texts()))
    # A whole file's header may be slightly wrong (read_video.Promise): the frames that were read count.
    info.update(finished=True, frames_in_header=video.promise.frames or None, frames_claimed=read)
    info.update(fps=times.fps, fps_in_header=video.fps, times="even" if times.even else "stamps")
    seconds = time.monotonic() - started
    write_info({**info, "seconds": round(seconds, 2)}, job.info)
    return f"{job.video.name}: {read} frames, {linker.animals} animals, {seconds:.1f} s"


def _learn(video: Video, parameters: Parameters) -> Detector:
    samples = sample_frames(video, parameters.background_frames, count_cores()) if needs_samples(parameters) else []
    if not samples and needs_samples(parameters):
        raise BadVideo(video.promise.broken(str(video.path), 0))
    return learn(samples, parameters)


def _follow(video: Video, detector: Detector, linker: Linker, results: Results, parameters: Parameters) -> list[float]:
    """Track all frames, and return their time stamps in s.

    With more than one core, frames are read and the masked video is written by threads of their own.
    """
    stamps: list[float] = []
    alone = count_cores() == 1
    frames, write = read_frames(video), _mask_into(results, video)
    with (
        nullcontext(frames) if alone else read_ahead(frames) as ahead,
        nullcontext(write) if alone else write_behind(write) as give,
    ):
        for stamp, picture in ahead:
            spots, patches = detector.find(picture)
            give((picture, patches))
            results.add_rows(len(stamps), linker.update(spots))
            stamps.append(stamp)
            if len(stamps) == SOON:  # where there are none, there will be none
                _times(video, stamps, parameters)
    return stamps


def _mask_into(results: Results, video: Video) -> Callable[[tuple[Picture, Sequence[Patch]]], None]:
    """Return the function that adds a frame, all but its patches black, to the masked video."""
    blank = Blank(video.width, video.height)
    return lambda frame: results.add_picture(blank.draw(*frame))


def _times(video: Video, stamps: list[float], parameters: Parameters) -> Times:
    if parameters.fps is not None:
        return space_evenly(len(stamps), parameters.fps)
    try:
        return choose_times(stamps, video.fps)
    except UnusableStamps as error:
        raise BadVideo(f"{video.path}: {error}; write the true rate as fps in the parameter file") from None


def _fps(video: Video, parameters: Parameters) -> float:
    if parameters.fps is None and not video.has_fps:
        said = f"{video.path}: the header says {video.fps:g} frames a second"
        raise BadVideo(f"{said}; write the true rate as fps in the parameter file")
    return parameters.fps or video.fps


def _threshold_used(detector: Detector, parameters: Parameters) -> float:
    turned = parameters.mode == "threshold" and detector.dark
    return 255 - detector.level if turned else detector.level


def _describe_source(video: Path) -> dict[str, Any]:
    """Return what the checks compare with the video that lies there: name, size in bytes, SHA-256 of its ends."""
    if not video.is_file():  # open_video tells what is wrong
        return {"name": video.name}
    return {"name": video.name, "size": video.stat().st_size, "sha256_ends": digest_ends(video)}


def _about(job: Job, parameters: Parameters) -> dict[str, Any]:
    return {
        "finished": False,
        "video": job.video.name,
        "versions": {
            "tracker": VERSION,
            "opencv": cv2.__version__,
            "scipy": scipy.__version__,
            "numpy": numpy.__version__,
            "python": platform.python_version(),
        },
        "parameters": parameters.as_dict(),
        "frames_claimed": None,
        "frames_read": None,
    }


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
