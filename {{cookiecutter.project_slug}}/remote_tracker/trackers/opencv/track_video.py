"""Track a video, from its frames to its results; track.py calls this once it has the parameters."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy
import scipy
from detect import Patch, measure
from errors import TrackError
from find_spots import find_spots
from follow import follow, learn_from, require_all, threshold_used
from frame_times import SOON
from link import Linker
from parameters import Parameters
from part_files import digest_ends
from read_video import ALL, Span, Video, open_video
from video_times import rate_of, times_of
from write_results import Results, write_info

VERSION = "1.1"
Tracked = tuple[Results, Linker, list[float]]  # the results, still open; who was seen; the time stamps in s


@dataclass(frozen=True)
class Job:
    """A video, the paths of its results, and which of its frames are meant."""

    video: Path
    masked: Path
    tracks: Path  # with ``only_spots`` the file of spots
    info: Path
    span: Span = ALL
    only_spots: bool = False  # the animals are found, and not linked: that is done once for all pieces


def track(job: Job, parameters: Parameters) -> str:
    """Track a video and return a sentence about it; the info file says ``finished: true`` only at the end.

    Raises TrackError where the video cannot be tracked, after writing ``finished: false`` with the reason.
    """
    with told_problem(job, about(job, parameters)) as info:
        info["source"] = describe_source(job.video)
        if job.only_spots:
            return find_spots((job.video, job.masked, job.tracks, job.info), job.span, parameters, info)
        return _track(job, parameters, info)


@contextmanager
def told_problem(job: Job, info: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield ``info``; what goes wrong meanwhile is written with it as the reason, and raised as TrackError."""
    cv2.setNumThreads(1)
    try:
        yield info
    except (TrackError, OSError, cv2.error) as error:
        reason = error if isinstance(error, TrackError) else TrackError(f"{job.video}: {_one_line(error)}")
        with suppress(TrackError):  # on a full disk the reason cannot be written either; it is on stderr
            write_info({**info, "problem": str(reason)}, job.info)
        raise reason from None


def _track(job: Job, parameters: Parameters, info: dict[str, Any]) -> str:
    started, first = time.monotonic(), job.span.first
    video = open_video(job.video)
    fps = rate_of(video, parameters)
    info.update(frames_claimed=video.promise.frames or None, fps=fps, width=video.width, height=video.height)
    detector = learn_from(video, parameters)
    linker = Linker(parameters.animals, parameters.max_jump, parameters.lost_frames)
    with Results(job.masked, job.tracks, fps, (video.width, video.height)) as results:
        stamps: list[float] = []

        def see(stamp: float, patches: Sequence[Patch]) -> None:
            results.add_rows(first + len(stamps), linker.update(measure(patches)))
            stamps.append(stamp)
            if len(stamps) == SOON:  # where there are none, there will be none
                times_of(video, stamps, parameters)

        read = follow(video, job.span, detector, results.add_picture, see)
        info.update(frames_read=read, animals=linker.animals, threshold_used=threshold_used(detector, parameters))
        require_all(video, job.span, read, parameters.frames_missing)
        return conclude(job, video, (results, linker, stamps), parameters, info, started)


def conclude(
    job: Job, video: Video, tracked: Tracked, parameters: Parameters, info: dict[str, Any], started: float
) -> str:
    """Put the results of a video into their places, write the info file, and return a sentence about it.

    ``started`` is when the work began, by the monotonic clock. Raises TrackError.
    """
    (results, linker, stamps), first = tracked, job.span.first
    read, times = len(stamps), times_of(video, stamps, parameters)
    info.update(frames_read=read, animals=linker.animals)
    info.update(results.publish(times.after(first).texts(), first))
    # A whole file's header may be slightly wrong (read_video.Promise): the frames that were read count.
    info.update(finished=True, frames_in_header=video.promise.frames or None, frames_claimed=read)
    info.update(fps=times.fps, fps_in_header=video.fps, times="even" if times.even else "stamps")
    if job.span != ALL:
        info["frames"] = [first, first + read - 1]
    seconds = time.monotonic() - started
    write_info({**info, "seconds": round(seconds, 2)}, job.info)
    return f"{job.video.name}: {read} frames, {linker.animals} animals, {seconds:.1f} s"


def describe_source(video: Path) -> dict[str, Any]:
    """Return what the checks compare with the video that lies there: name, size in bytes, SHA-256 of its ends."""
    if not video.is_file():  # open_video tells what is wrong
        return {"name": video.name}
    return {"name": video.name, "size": video.stat().st_size, "sha256_ends": digest_ends(video)}


def about(job: Job, parameters: Parameters) -> dict[str, Any]:
    """Return what the info file says before anything is known of the video."""
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
