"""Write the three results of a video: the masked video, the table of tracks, and a JSON file about both.

Each file is written under a temporary name beside its place, and renamed when it is whole.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from types import TracebackType
from typing import Any

import cv2
from containers import missing_bytes
from errors import TrackError
from link import Sighting
from read_video import Picture

COLUMNS = ("frame", "time_s", "animal", "x_px", "y_px", "area_px", "major_px", "minor_px", "angle_deg", "touching")
_ENDS = 64 * 1024  # bytes


class Results:
    """The masked video and the table of a video while they grow; leaving without ``publish`` drops both.

    Raises TrackError where a file cannot be written, as on a full disk.
    """

    def __init__(self, masked: Path, tracks: Path, fps: float, size: tuple[int, int]) -> None:
        self._masked, self._tracks = masked, tracks
        self._masked_part, self._tracks_part = _part_of(masked), _part_of(tracks)
        self._frames = self._lines = self._seen = 0
        try:
            self._file = self._tracks_part.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise _not_written(tracks, error) from None
        self._rows = csv.writer(self._file, lineterminator="\n")
        self._writer = cv2.VideoWriter(
            str(self._masked_part.absolute()), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), fps, size
        )

    def __enter__(self) -> Results:
        self._write_rows([COLUMNS])
        if not self._writer.isOpened():
            self._drop()
            raise TrackError(f"{self._masked}: cannot be written: is the folder there, and the disk not full?")
        return self

    def add(self, time_s: float, picture: Picture, sightings: Sequence[Sighting]) -> None:
        """Add the next frame: its blanked picture, and a line for each animal seen in it."""
        self._writer.write(picture)
        self._write_rows([_row(self._frames, time_s, sighting) for sighting in sightings])
        self._frames += 1
        self._lines += len(sightings)
        self._seen += bool(sightings)

    def publish(self) -> dict[str, dict[str, Any]]:
        """Check that both files are whole, put them in their places, and return what each holds, for the info file.

        The table has ``rows``, in ``frames`` different frames; the masked video has ``frames``. Each has its ``size``
        in bytes and its digests, as :func:`describe_file` gives them.
        """
        self._writer.release()
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise _not_written(self._tracks, error) from None
        self._refuse_short_video()
        try:
            table, video = describe_file(self._tracks_part), describe_file(self._masked_part)
        except OSError as error:
            raise TrackError(f"{self._masked}: cannot be read again ({error.strerror or error})") from None
        self._masked_part.replace(self._masked)
        self._tracks_part.replace(self._tracks)
        return {
            "tracks": {"rows": self._lines, "frames": self._seen, **table},
            "masked": {"frames": self._frames, **video},
        }

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._drop()

    def _write_rows(self, rows: Sequence[Sequence[object]]) -> None:
        try:
            self._rows.writerows(rows)
        except OSError as error:
            raise _not_written(self._tracks, error) from None

    def _refuse_short_video(self) -> None:
        # OpenCV's writer fails silently: a full disk leaves a short file, often without the numbers in its header.
        try:
            whole = self._masked_part.stat().st_size > 0 and missing_bytes(self._masked_part) == 0
        except OSError:
            whole = False
        held = _frames_in(self._masked_part) if whole else 0
        if held != self._frames:
            problem = f"{self._frames} frames were written, the file holds {held}"
            raise TrackError(f"{self._masked}: {problem}: is the disk full?")

    def _drop(self) -> None:
        self._writer.release()
        with suppress(OSError):  # the file is dropped anyway
            self._file.close()
        for part in (self._masked_part, self._tracks_part):
            part.unlink(missing_ok=True)


def write_info(info: Mapping[str, Any], path: Path) -> None:
    """Write the facts about a tracked video as JSON. Raises TrackError where the file cannot be written."""
    part = _part_of(path)
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(info, file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _not_written(path, error) from None


def describe_file(path: Path) -> dict[str, Any]:
    """Return a file's size in bytes and its SHA-256, of all of it and of its first and last 64 KiB. Raises OSError."""
    whole = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            whole.update(block)
    return {"size": path.stat().st_size, "sha256": whole.hexdigest(), "sha256_ends": digest_ends(path)}


def digest_ends(path: Path) -> str:
    """Return the SHA-256 of a file's first and last 64 KiB, which overlap in a small file. Raises OSError."""
    ends = sha256()
    with path.open("rb") as file:
        ends.update(file.read(_ENDS))
        file.seek(max(0, path.stat().st_size - _ENDS))
        ends.update(file.read(_ENDS))
    return ends.hexdigest()


def _part_of(path: Path) -> Path:
    # Short, so that it fits where a file's name has 250 letters; the ending tells OpenCV which format to write.
    return path.with_name(f".part-{token_hex(4)}{path.suffix}")


def _not_written(path: Path, error: OSError) -> TrackError:
    return TrackError(f"{path}: cannot be written ({error.strerror or error})")


def _frames_in(video: Path) -> int:
    capture = cv2.VideoCapture(str(video.absolute()), cv2.CAP_FFMPEG)
    frames = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    capture.release()
    return frames


def _row(frame: int, time_s: float, sighting: Sighting) -> tuple[object, ...]:
    spot = sighting.spot
    lengths = (f"{value:.2f}" for value in (spot.x, spot.y))
    axes = (f"{spot.major:.2f}", f"{spot.minor:.2f}", f"{spot.angle:.1f}")
    return (frame, f"{time_s:.4f}", sighting.animal, *lengths, int(spot.area), *axes, int(sighting.touching))
