"""Cut some frames out of a video, for a program that cannot be told to read some frames alone."""

from __future__ import annotations

from pathlib import Path

import cv2

from ..errors import RemoteTrackerError
from ..tables.told_facts import load_claim

LOSSLESS = (".avi", ".mkv")  # what FFV1 is kept in; elsewhere MPEG-4 part 2, which loses a little


def count_frames(video: str) -> int:
    """Return how many frames a video has, as its header or else OpenCV says it; 0 where neither does."""
    if claim := load_claim(video):
        if claim.frames:
            return claim.frames
        reader = cv2.VideoCapture(video, cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
        try:
            return max(0, int(reader.get(cv2.CAP_PROP_FRAME_COUNT)))
        finally:
            reader.release()
    return 0


def write_clip(video: Path, target: Path, first: int, last: int) -> int:
    """Write the frames from ``first`` to ``last`` of a video, as far as they are there, as a video of the same name.

    Returns how many that are. Raises RemoteTrackerError where the video cannot be read, or the clip cannot be written.
    """
    reader = cv2.VideoCapture(str(video.absolute()), cv2.CAP_FFMPEG, [cv2.CAP_PROP_N_THREADS, 1])
    size = int(reader.get(cv2.CAP_PROP_FRAME_WIDTH)), int(reader.get(cv2.CAP_PROP_FRAME_HEIGHT))
    code = cv2.VideoWriter.fourcc(*("FFV1" if target.suffix.lower() in LOSSLESS else "mp4v"))
    writer = cv2.VideoWriter(str(target), cv2.CAP_FFMPEG, code, reader.get(cv2.CAP_PROP_FPS) or 25.0, size)
    try:
        for _ in range(first):
            if not reader.grab():
                break
        count = 0
        while count <= last - first and (read := reader.read())[0]:
            writer.write(read[1])
            count += 1
    finally:
        reader.release()
        writer.release()
    if not count:
        raise RemoteTrackerError(f"{video}: no frame from {first} on can be read")
    if not target.exists():
        raise RemoteTrackerError(f"{target}: a clip of the video cannot be written there")
    return count
