"""Take pictures from all over a video, to learn from them what is background."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from errors import BadVideo
from read_video import Picture, Video, grey, open_capture

T = TypeVar("T")
_SEEK_BEYOND = 3000  # frames


def sample_frames(video: Video, number: int, threads: int = 1, seek_beyond: int = _SEEK_BEYOND) -> list[Picture]:
    """Return about ``number`` grey pictures spread over the video, decoded by so many threads.

    A short video is read through, so that its header, which may lie, is not needed: every n-th frame is kept, and n
    is doubled when there are twice too many. A video of more than ``seek_beyond`` frames is sampled by seeking.
    """
    if video.promise.frames > seek_beyond:
        return _sample_by_seeking(video, number)
    if video.is_jpegs:
        with suppress(OSError, cv2.error, BadVideo):  # no place for a small file: decode all of them
            packets = _read_through(open_capture(video.path, raw=True), number, np.copy)
            if len(pictures := _decode(packets, video)) == len(packets):
                return pictures
    return _read_through(open_capture(video.path, threads), number, grey)


def _read_through(capture: cv2.VideoCapture, number: int, take: Callable[[Picture], T]) -> list[T]:
    kept: list[T] = []
    index, step = 0, 1
    while capture.grab():  # what is not kept need not become a picture
        if index % step == 0:
            found, item = capture.retrieve()
            if not found:
                break
            kept.append(take(item.astype(np.uint8, copy=False)))
            if len(kept) >= 2 * number:
                kept, step = kept[::2], step * 2
        index += 1
    capture.release()
    return kept


def _decode(packets: Sequence[Picture], video: Video) -> list[Picture]:
    """Return the grey pictures of some JPEGs (1 x n) of an AVI, decoded as the whole AVI would be.

    Only what is kept is decoded: each picture of such a video stands for itself.
    """
    raw = getattr(cv2, "VIDEOWRITER_PROP_RAW_VIDEO", None)
    if raw is None or not packets or not all(len(packet) == 1 for packet in packets):  # OpenCV before 4.8
        return []
    with tempfile.TemporaryDirectory(prefix="remote-tracker-") as folder:
        path = Path(folder, "samples.avi")
        code, size = cv2.VideoWriter.fourcc(*"MJPG"), (video.width, video.height)
        writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, code, 25, size, [raw, 1])
        for packet in packets:
            writer.write(packet)
        writer.release()
        return _read_through(open_capture(path), len(packets), grey)


def _sample_by_seeking(video: Video, number: int) -> list[Picture]:
    capture = open_capture(video.path)
    kept: list[Picture] = []
    for frame in np.linspace(0, video.promise.frames - 1, number):
        capture.set(cv2.CAP_PROP_POS_FRAMES, int(frame))
        found, picture = capture.read()
        if found:  # where the file is cut short, reading it through will tell
            kept.append(grey(picture.astype(np.uint8, copy=False)))
    capture.release()
    return kept
