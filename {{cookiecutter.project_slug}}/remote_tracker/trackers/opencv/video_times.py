"""Tell when each frame of a video was taken, and how many there are a second, as the parameters or the file say."""

from __future__ import annotations

from errors import BadVideo
from frame_times import Times, UnusableStamps, choose_times, space_evenly
from parameters import Parameters
from read_video import Video


def times_of(video: Video, stamps: list[float], parameters: Parameters) -> Times:
    """Return the times of the frames with these stamps. Raises BadVideo where the stamps tell none."""
    if parameters.fps is not None:
        return space_evenly(len(stamps), parameters.fps)
    try:
        return choose_times(stamps, video.fps)
    except UnusableStamps as error:
        raise BadVideo(f"{video.path}: {error}; write the true rate as fps in the parameter file") from None


def rate_of(video: Video, parameters: Parameters) -> float:
    """Return how many frames a second a video has. Raises BadVideo where its header says none that can be."""
    if parameters.fps is None and not video.has_fps:
        said = f"{video.path}: the header says {video.fps:g} frames a second"
        raise BadVideo(f"{said}; write the true rate as fps in the parameter file")
    return parameters.fps or video.fps
