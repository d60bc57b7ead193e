"""Write the masked video: each frame a JPEG of its own (MJPG), in an AVI."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
from containers import missing_bytes
from errors import TrackError
from part_files import part_of
from read_video import Picture

# As true as FFmpeg's encoder, and as small: without the second option it is twice as large, for two thirds of the time.
_PACKED = [cv2.IMWRITE_JPEG_QUALITY, 90, cv2.IMWRITE_JPEG_OPTIMIZE, 1]

_MOST_FPS = 1000.0  # above it FFmpeg's AVI says 600, and OpenCV drops frames that come too fast for that
_SAME_RATE = 1e-4  # so near is what OpenCV writes of 30,000/1,001


class Masked:
    """The masked video while it grows, under a temporary name; ``place`` is where it is meant to go."""

    def __init__(self, place: Path, fps: float, size: tuple[int, int]) -> None:
        self._place, self._fps = place, fps
        self.part = part_of(place)
        self.frames = 0
        # OpenCV's own encoder takes three times as long as imencode; before 4.8 there is no other.
        raw = getattr(cv2, "VIDEOWRITER_PROP_RAW_VIDEO", None)
        self._packs = raw is not None
        self._writer = cv2.VideoWriter(
            str(self.part.absolute()),
            cv2.CAP_FFMPEG,
            cv2.VideoWriter.fourcc(*"MJPG"),
            min(fps, _MOST_FPS),
            size,
            [] if raw is None else [raw, 1],
        )

    def open(self) -> None:
        """Raise TrackError where the file could not be begun."""
        if not self._writer.isOpened():
            raise TrackError(f"{self._place}: cannot be written: is the folder there, and the disk not full?")

    def add(self, picture: Picture) -> None:
        """Add the next frame; that the disk is full is seen only by ``finish``."""
        # A row: OpenCV 4.10 writes only the first byte of a column.
        self._writer.write(cv2.imencode(".jpg", picture, _PACKED)[1].reshape(1, -1) if self._packs else picture)
        self.frames += 1

    def add_packed(self, jpeg: Picture) -> None:
        """Add the next frame as a JPEG (1 x n); OpenCV before 4.8 takes pictures alone."""
        picture = jpeg if self._packs else cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        if picture is None:
            raise TrackError(f"{self._place}: a frame of a piece is no picture; redo the pieces")
        self._writer.write(picture)
        self.frames += 1

    def finish(self) -> None:
        """Close the file. Raises TrackError where it does not hold each frame.

        OpenCV's writer fails silently: a full disk leaves a short file, often without the numbers in its header.
        """
        self._writer.release()
        try:
            whole = self.part.stat().st_size > 0 and missing_bytes(self.part) == 0
        except OSError:
            whole = False
        held = _frames_in(self.part) if whole else 0
        if held != self.frames:
            problem = f"{self.frames} frames were written, the file holds {held}"
            raise TrackError(f"{self._place}: {problem}: is the disk full?")
        _say_rate(self.part, self._fps)

    def drop(self) -> None:
        """Remove the file where it is."""
        self._writer.release()
        self.part.unlink(missing_ok=True)


def _say_rate(video: Path, fps: float) -> None:
    """Let an AVI's header say the true rate (Microsoft, "AVI RIFF File Reference": avih, strh), which readers believe.

    OpenCV writes it to three digits behind the point: 0.003 for a frame every five minutes.
    """
    with video.open("r+b") as file:
        head = file.read(4096)
        period, rate = head.index(b"avih") + 8, head.index(b"strh") + 28
        scale, ticks = struct.unpack_from("<II", head, rate)
        if scale and abs(ticks / scale / fps - 1) < _SAME_RATE:
            return
        true = Fraction(fps).limit_denominator(10_000)
        file.seek(period)  # dwMicroSecPerFrame
        file.write(struct.pack("<I", min(round(1_000_000 / fps), 2**32 - 1)))
        file.seek(rate)  # dwScale, dwRate
        file.write(struct.pack("<II", true.denominator, true.numerator))


def _frames_in(video: Path) -> int:
    """Return how many frames a video has by its header; 0 where its first is no picture."""
    capture = cv2.VideoCapture(str(video.absolute()), cv2.CAP_FFMPEG)
    frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    can_be_read, _ = capture.read()
    capture.release()
    return frames if can_be_read else 0
