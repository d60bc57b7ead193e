"""Videos: what a header promises, the frames one at a time, and whether the promise was kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from containers import edited_seconds, ends_in_zeros, is_matroska, missing_bytes
from errors import BadVideo

Picture = npt.NDArray[np.uint8]
_NO_PROMISE = 2**30  # what a stream that was never closed claims, or more


@dataclass(frozen=True)
class Promise:
    """What a file says of itself: frames (0: nothing), and how far that can be believed.

    ``shown`` is the number of frames that an edit list leaves; ``whole`` is True where every byte that the
    container promises is there; ``exact`` is False where the frames were worked out from a duration.
    """

    frames: int
    shown: int
    whole: bool
    exact: bool

    def is_kept_by(self, frames_read: int) -> bool:
        """Return True where ``frames_read`` frames are all that this file has.

        Headers of whole files are honestly wrong by one frame, Matroska's by the sound's length, and an
        edit list's by the frames it hides; a file that is not whole has no such excuse.
        """
        if self.frames == 0:
            return self.whole
        if frames_read >= self.frames:
            return True
        return self.whole and (not self.exact or frames_read >= min(self.frames, self.shown) - 1)

    def broken(self, name: str, frames_read: int) -> str:
        """Return the sentence that says so."""
        why = "the file is cut short"
        if self.whole:
            why = "the file is damaged, or its frames are not evenly spaced: write it anew, with ffmpeg -fps_mode cfr"
        count = f"{self.frames} frames" if self.frames else "more bytes than are there"
        return f"{name}: the header promises {count}, {frames_read} could be read: {why}"


@dataclass(frozen=True)
class Video:
    """A video that opened: its size in px, frames a second as its header says, and its promise."""

    path: Path
    width: int
    height: int
    fps: float
    promise: Promise

    @property
    def has_fps(self) -> bool:
        """True where the header's rate can be one: some say 0, some the ticks of a clock."""
        return math.isfinite(self.fps) and 0 < self.fps <= 10_000


def open_video(path: Path) -> Video:
    """Return what the header of ``path`` says. Raises BadVideo for a file that is missing, empty or no video."""
    try:
        size = path.stat().st_size
        path.open("rb").close()
    except OSError as error:
        raise BadVideo(f"{path}: cannot be read ({error.strerror})") from None
    if size == 0:
        raise BadVideo(f"{path}: is empty; copy the video again")
    capture = _capture(path)
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    fps, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    capture.release()
    return Video(path, width, height, fps, _promise(path, frames, fps))


def _promise(path: Path, frames: float, fps: float) -> Promise:
    claimed = int(frames) if 0 < frames < _NO_PROMISE else 0
    seconds = edited_seconds(path)
    shown = claimed if seconds is None else math.floor(seconds * fps)
    whole = missing_bytes(path) == 0 and not ends_in_zeros(path)
    return Promise(claimed, shown, whole, exact=not is_matroska(path))


def read_frames(video: Video) -> Iterator[tuple[float, Picture]]:
    """Yield (time stamp in s, picture as height x width x 3, BGR) a frame; the stamp is 0 where there is none."""
    capture = _capture(video.path)
    try:
        while True:
            found, picture = capture.read()
            if not found:
                return
            yield capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, picture.astype(np.uint8, copy=False)
    finally:
        capture.release()


def sample_frames(video: Video, number: int, seek_beyond: int = 3000) -> list[Picture]:
    """Return about ``number`` grey pictures spread over the video.

    Short videos are read through, keeping every n-th frame and doubling n when there are twice too many, so
    that nothing is asked of a header that may lie; long ones are sampled by seeking.
    """
    if video.promise.frames > seek_beyond:
        return _sample_by_seeking(video, number)
    kept: list[Picture] = []
    step = 1
    for index, (_, picture) in enumerate(read_frames(video)):
        if index % step:
            continue
        kept.append(grey(picture))
        if len(kept) >= 2 * number:
            kept, step = kept[::2], step * 2
    return kept


def _sample_by_seeking(video: Video, number: int) -> list[Picture]:
    capture = _capture(video.path)
    kept: list[Picture] = []
    for frame in np.linspace(0, video.promise.frames - 1, number):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int(frame))
        found, picture = capture.read()
        if found:  # where the file is cut short, reading it through will say so
            kept.append(grey(picture.astype(np.uint8, copy=False)))
    capture.release()
    return kept


def grey(picture: Picture) -> Picture:
    """Return a colour picture in grey levels, height x width."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def time_of(frame: int, stamp: float, fps: float) -> float:
    """Return when a frame was taken, in s since the first: ``frame / fps``.

    Where the file's own stamp is more than 3/4 of a frame away (a variable frame rate), the stamp is right;
    nearer, the difference is the container's rounding, which would spoil speeds.
    """
    even = frame / fps
    return stamp if stamp > 0 and abs(stamp - even) * fps > 0.75 else even


def _capture(path: Path) -> cv2.VideoCapture:
    # An absolute path: "-x.avi" and "http:x.avi" are files too. FFmpeg by name: other readers take "a%02d.avi"
    # for a series of pictures. One thread: the task has one core.
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    if not capture.isOpened():
        raise BadVideo(f"{path}: is no video that OpenCV can open: cut short, still being copied, or something else")
    return capture
