"""Read videos: the promise of the header, the frames in turn, and whether the promise was kept."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from containers import ends_in_zeros, holds_only_time, is_avi, missing_bytes, shown_frames
from errors import BadVideo

Picture = npt.NDArray[np.uint8]
_FEWEST_ALIKE = 10  # pictures: a camera may give the same one some times
_NO_PROMISE = 2**30  # a stream that was never closed claims this many frames or more


@dataclass(frozen=True)
class Promise:
    """The number of frames that a file claims, and how far the claim can be trusted."""

    frames: int  # 0: the file claims no number
    shown: int  # the frames that an edit list leaves
    whole: bool  # every byte that the container promises is there
    exact: bool  # False where the frames were computed from a duration

    def is_kept_by(self, frames_read: int, may_miss: int = 0) -> bool:
        """Return True where ``frames_read`` frames are all that this file has, but for ``may_miss`` of them.

        The header of a whole file may be wrong by a frame, Matroska's and WMV's by the sound's length, and an edit
        list's by the frames that it hides; a file that is not whole must have every frame.
        """
        if self.frames == 0:
            return self.whole
        if frames_read >= self.frames:
            return True
        return self.whole and (not self.exact or frames_read >= min(self.frames, self.shown) - max(1, may_miss))

    def broken(self, name: str, frames_read: int) -> str:
        """Return the sentence that the promise was broken; ``name`` is the video's name in it."""
        why = "the file is cut short"
        if self.whole and not frames_read:
            why = "this OpenCV has no decoder for it, or the file is damaged: write the video anew, as MJPG or H.264"
        elif self.whole:
            missing = min(self.frames, self.shown) - frames_read
            why = f"the file is damaged, or frames were dropped in recording: then write frames_missing: {missing}"
            why += " into the parameter file in AuxiliaryFiles"
        count = f"{self.frames} frames" if self.frames else "more bytes than are there"
        return f"{name}: the header promises {count}, {frames_read} could be read: {why}"


@dataclass(frozen=True)
class Video:
    """A video that can be opened: its size in px, frames per second by its header, and its promise."""

    path: Path
    width: int
    height: int
    fps: float
    promise: Promise
    is_jpegs: bool = False  # each frame is a JPEG of its own, in an AVI

    @property
    def has_fps(self) -> bool:
        """True where the header's frame rate is plausible: some headers say 0, some the ticks of a clock."""
        return math.isfinite(self.fps) and 0 < self.fps <= 10_000


def open_video(path: Path) -> Video:
    """Return the video at ``path`` by its header. Raises BadVideo for a file that is missing, empty or no video."""
    try:
        size = path.stat().st_size
        path.open("rb").close()
    except OSError as error:
        raise BadVideo(f"{path}: cannot be read ({error.strerror})") from None
    if size == 0:
        raise BadVideo(f"{path}: is empty; copy the video again")
    capture = open_capture(path)
    width, height = (int(capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
    fps, frames = capture.get(cv2.CAP_PROP_FPS), capture.get(cv2.CAP_PROP_FRAME_COUNT)
    code = int(capture.get(cv2.CAP_PROP_FOURCC))
    capture.release()
    is_jpegs = code == cv2.VideoWriter.fourcc(*"MJPG") and is_avi(path)
    return Video(path, width, height, fps, _promise(path, frames), is_jpegs)


def _promise(path: Path, frames: float) -> Promise:
    claimed = int(frames) if 0 < frames < _NO_PROMISE else 0
    edited = shown_frames(path)
    shown = claimed if edited is None else edited
    whole = missing_bytes(path) == 0 and not ends_in_zeros(path)
    return Promise(claimed, shown, whole, exact=not holds_only_time(path))


@dataclass(frozen=True)
class Span:
    """A range of frames of a video; both ends belong to it, and the first frame of a video is 0."""

    first: int = 0
    last: int | None = None  # None: up to the end

    def count_in(self, promise: Promise) -> int | None:
        """Return how many frames to read; None: all up to the end, as of a piece that ends where the header does."""
        ends = self.last is None or (promise.frames > 0 and self.last >= promise.frames - 1)
        return None if ends or self.last is None else self.last - self.first + 1


ALL = Span()


def read_frames(video: Video, span: Span = ALL) -> Iterator[tuple[float, Picture]]:
    """Yield (time stamp in s, picture as height x width x 3, BGR) for each frame; 0 where a stamp is missing.

    The frames before the span are decoded, too: where a seek ends, the stamps of a video do not prove. Raises BadVideo
    behind the last frame where all are the same picture.
    """
    capture, wanted = open_capture(video.path), span.count_in(video.promise)
    still = Stillness(video.path)
    try:
        for _ in range(span.first):
            if not capture.grab():
                return
        for _ in count() if wanted is None else range(wanted):
            found, picture = capture.read()
            if not found:
                break
            still.see(picture.astype(np.uint8, copy=False))
            yield capture.get(cv2.CAP_PROP_POS_MSEC) / 1000, picture.astype(np.uint8, copy=False)
    finally:
        capture.release()
    still.end()


class Stillness:
    """Whether all pictures of a video are the same to the last bit, which no camera records.

    OpenCV 4.13, 4.14 and 5.0 say of each frame of an interlaced video that it was read, and give the picture before.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._first, self._count, self._changes = path, np.zeros((0, 0, 3), np.uint8), 0, False

    def see(self, picture: Picture) -> None:
        """Take the next picture; compares until one differs."""
        if self._changes:
            return
        if not self._count:
            self._first = picture.copy()
        self._count += 1
        self._changes = not np.array_equal(self._first, picture)

    def end(self) -> None:
        """Raise BadVideo where no picture differed from the first, of ten or more."""
        if self._changes or self._count < _FEWEST_ALIKE:
            return
        raise BadVideo(
            f"{self._path}: all {self._count} pictures are the same: OpenCV {cv2.__version__} does not read it (4.13 "
            "and later read no interlaced videos): take opencv-python-headless<4.13, or write the video anew, as by  "
            "ffmpeg -i OLD -vf yadif -c:v mjpeg -q:v 2 NEW.avi"
        )


def grey(picture: Picture) -> Picture:
    """Return a colour picture in grey levels, height x width."""
    return cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)


def open_capture(path: Path, threads: int = 1, raw: bool = False) -> cv2.VideoCapture:
    """Return a reader of the video's pictures, decoded by so many threads; ``raw``: as they stand in the file.

    Raises BadVideo.
    """
    # An absolute path: "-x.avi" and "http:x.avi" are files, too. FFmpeg by name: other readers take "a%02d.avi"
    # for a series of pictures. One thread, unless more is said: FFmpeg would take one for each core of the node.
    options = [cv2.CAP_PROP_N_THREADS, threads, *((cv2.CAP_PROP_FORMAT, -1) if raw else ())]
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG, options)
    if not capture.isOpened():
        raise BadVideo(f"{path}: is no video that OpenCV can open: cut short, still being copied, or something else")
    return capture
