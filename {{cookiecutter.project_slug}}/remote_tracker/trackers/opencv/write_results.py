"""Write the three results of a video: the masked video, the table of tracks, and a JSON file about both.

Each file is written under a temporary name beside its place, and renamed when it is whole.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from errors import TrackError, not_written
from link import Sighting
from part_files import describe_file, part_of
from read_video import Picture
from write_masked import Masked
from write_table import Table


class Results:
    """The masked video and the table of a video while they grow; leaving without ``publish`` drops both.

    Raises TrackError where a file cannot be written, as on a full disk.
    """

    def __init__(self, masked: Path, tracks: Path, fps: float, size: tuple[int, int]) -> None:
        self._places = masked, tracks
        self._table = Table(tracks)
        self._masked = Masked(masked, fps, size)

    def __enter__(self) -> Results:
        try:
            self._masked.open()
        except TrackError:
            self._drop()
            raise
        return self

    def add_rows(self, frame: int, sightings: Sequence[Sighting]) -> None:
        """Add a row to the table for each animal seen in a frame."""
        self._table.add(frame, sightings)

    def add_picture(self, picture: Picture) -> None:
        """Add the next frame's blanked picture to the masked video."""
        self._masked.add(picture)

    def add_packed(self, jpeg: Picture) -> None:
        """Add the next frame of the masked video as a JPEG (1 x n), which was packed before."""
        self._masked.add_packed(jpeg)

    def publish(self, times: Sequence[str], first: int = 0) -> dict[str, dict[str, Any]]:
        """Check that both files are whole, put them in their places, and return what each holds, for the info file.

        ``times`` holds the time of each frame from ``first`` on, as the table shows it. The table has ``rows``, in
        ``frames`` different frames; the masked video has ``frames``. Each has its ``size`` in bytes and its digests, as
        :func:`describe_file` gives them.
        """
        masked, tracks = self._places
        self._masked.finish()
        self._table.finish(times, first)
        try:
            table, video = describe_file(self._table.whole), describe_file(self._masked.part)
        except OSError as error:
            raise TrackError(f"{masked}: cannot be read again ({error.strerror or error})") from None
        self._masked.part.replace(masked)
        self._table.whole.replace(tracks)
        return {
            "tracks": {"rows": self._table.lines, "frames": self._table.frames, **table},
            "masked": {"frames": self._masked.frames, **video},
        }

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._drop()

    def _drop(self) -> None:
        self._masked.drop()
        self._table.drop()


def write_info(info: Mapping[str, Any], path: Path) -> None:
    """Write the facts about a tracked video as JSON. Raises TrackError where the file cannot be written."""
    part = part_of(path)
    try:
        with part.open("w", encoding="utf-8") as file:
            json.dump(info, file, indent=1, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise not_written(path, error) from None
