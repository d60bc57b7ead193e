"""Find the animals in a piece of a video, without telling who is who: that is done once, over all pieces."""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from detect import Detector
from errors import TrackError
from follow import follow, learn_from, require_all, threshold_used
from parameters import Parameters
from part_files import describe_file
from read_video import Span, open_video
from spots_file import SpotsFile
from video_times import rate_of
from write_masked import Masked
from write_results import write_info


def find_spots(places: tuple[Path, Path, Path, Path], span: Span, parameters: Parameters, info: dict[str, Any]) -> str:
    """Find the animals in a span of a video and return a sentence about it.

    ``places`` are the video and its results: the masked video, the file of spots, and the JSON file about both.
    Raises TrackError where it cannot be done; then nothing is in its place.
    """
    started, (path, masked_place, spots_place, info_place) = time.monotonic(), places
    video = open_video(path)
    fps = rate_of(video, parameters)
    info.update(frames_claimed=video.promise.frames or None, fps=fps, width=video.width, height=video.height)
    detector = learn_from(video, parameters)
    spots, masked = SpotsFile(spots_place), Masked(masked_place, fps, (video.width, video.height))
    try:
        masked.open()
        read = follow(video, span, detector, masked.add, spots.add)
        require_all(video, span, read, parameters.frames_missing)
        spots.finish()
        masked.finish()
        info["spots"] = {"spots": spots.spots, "frames": spots.frames, **describe_file(spots.part)}
        info["masked"] = {"frames": masked.frames, **describe_file(masked.part)}
        masked.part.replace(masked_place)
        spots.part.replace(spots_place)
    except OSError as error:
        raise TrackError(f"{spots_place}: cannot be read again ({error.strerror or error})") from None
    finally:
        spots.drop()
        masked.drop()
    frames = [span.first, span.first + read - 1]
    info.update(
        finished=True, frames=frames, frames_read=read, fps_in_header=video.fps, **_learned(detector, parameters)
    )
    write_info({**info, "seconds": round(time.monotonic() - started, 2)}, info_place)
    return f"{path.name}: frames {frames[0]} to {frames[1]}, {spots.spots} spots"


def _learned(detector: Detector, parameters: Parameters) -> dict[str, Any]:
    """Return what must be the same for all pieces of a video: the threshold, and a digest of the background."""
    background = b"" if detector.background is None else detector.background.tobytes()
    return {"threshold_used": threshold_used(detector, parameters), "background_sha256": sha256(background).hexdigest()}
