"""Go through the frames of a video: learn what an animal looks like, then find the animals, frame by frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from detect import Blank, Detector, Patch, learn, needs_samples
from errors import BadVideo
from parameters import Parameters
from read_video import Picture, Span, Stillness, Video, read_frames
from sample_video import sample_frames
from side_by_side import count_cores, read_ahead, write_behind


def learn_from(video: Video, parameters: Parameters) -> Detector:
    """Return the detector for a video, learned from frames all over it. Raises BadVideo."""
    samples = sample_frames(video, parameters.background_frames, count_cores()) if needs_samples(parameters) else []
    if not samples and needs_samples(parameters):
        raise BadVideo(video.promise.broken(str(video.path), 0))
    still = Stillness(video.path)  # soon, and not behind hours
    for sample in samples:
        still.see(sample)
    still.end()
    return learn(samples, parameters)


def follow(
    video: Video,
    span: Span,
    detector: Detector,
    add_picture: Callable[[Picture], None],
    see: Callable[[float, Sequence[Patch]], None],
) -> int:
    """Go through the span; returns how many frames were read.

    ``see`` gets the time stamp of each frame, in s, and where the animals are; ``add_picture`` gets the frame, all but
    the animals black. With more than one core, frames are read and those pictures are drawn by threads of their own.
    """
    alone, read = count_cores() == 1, 0
    frames, write = read_frames(video, span), _mask_into(add_picture, video)
    with (
        nullcontext(frames) if alone else read_ahead(frames) as ahead,
        nullcontext(write) if alone else write_behind(write) as give,
    ):
        for stamp, picture in ahead:
            patches = detector.find_patches(picture)
            give((picture, patches))
            see(stamp, patches)
            read += 1
    return read


def _mask_into(
    add_picture: Callable[[Picture], None], video: Video
) -> Callable[[tuple[Picture, Sequence[Patch]]], None]:
    """Return the function that adds a frame, all but its patches black, to the masked video."""
    blank = Blank(video.width, video.height)
    return lambda frame: add_picture(blank.draw(*frame))


def require_all(video: Video, span: Span, read: int, may_miss: int) -> None:
    """Raise BadVideo unless all frames of the span were read, or all that a whole video has, but for ``may_miss``."""
    if read and read == span.count_in(video.promise):
        return
    if not read and span.first:
        raise BadVideo(f"{video.path}: has no frame {span.first}")
    if not read or not video.promise.is_kept_by(span.first + read, may_miss):
        raise BadVideo(video.promise.broken(str(video.path), span.first + read if read else 0))


def threshold_used(detector: Detector, parameters: Parameters) -> float:
    """Return the threshold as the parameter file says it: the detector counts from white where animals are dark."""
    turned = parameters.mode == "threshold" and detector.dark
    return 255 - detector.level if turned else detector.level
