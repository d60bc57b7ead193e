"""Cut some frames out of a video, for a program that cannot be told to read some frames alone."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2

from ..errors import RemoteTrackerError
from ..tables.told_facts import load_claim

LOSSLESS = (".avi", ".mkv")  # what FFV1 is kept in; elsewhere MPEG-4 part 2, which loses a little

_MOST_AVI_FPS = 1000.0  # above it FFmpeg's AVI says 600, and OpenCV drops frames that come too fast for that
_MOST_TICKS = 65535  # a second, in MPEG-4 part 2: 1000/3 frames a second, to six digits, are refused


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
    fps, ending = reader.get(cv2.CAP_PROP_FPS) or 25.0, target.suffix.lower()
    code = cv2.VideoWriter.fourcc(*("FFV1" if ending in LOSSLESS else "mp4v"))
    writer = cv2.VideoWriter(str(target), cv2.CAP_FFMPEG, code, _rate_for(ending, fps), size)
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
    if ending == ".avi":
        _say_rate(target, fps)
    return count


def _rate_for(ending: str, fps: float) -> float:
    """Return the rate that OpenCV can write into such a file, as near as can be."""
    if ending == ".avi":
        return min(fps, _MOST_AVI_FPS)
    if ending in LOSSLESS:
        return fps
    return next((near for digits in (3, 2, 1) if (near := round(fps, digits)) * 10**digits <= _MOST_TICKS), round(fps))


def _say_rate(avi: Path, fps: float) -> None:
    """Write the true rate into an AVI's header (Microsoft, "AVI RIFF File Reference": avih, strh)."""
    rate = Fraction(fps).limit_denominator(10_000)
    with avi.open("r+b") as file:
        head = file.read(4096)
        for place, numbers in (
            (head.index(b"avih") + 8, (min(round(1_000_000 / fps), 2**32 - 1),)),  # dwMicroSecPerFrame
            (head.index(b"strh") + 28, (rate.denominator, rate.numerator)),  # dwScale, dwRate
        ):
            file.seek(place)
            file.write(struct.pack(f"<{len(numbers)}I", *numbers))
