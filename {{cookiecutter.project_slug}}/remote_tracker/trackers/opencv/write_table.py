"""Write the table of tracks: rows as frames pass, and the time of each once all frames have been read."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from errors import not_written
from link import Sighting
from part_files import part_of

COLUMNS = ("frame", "time_s", "animal", "x_px", "y_px", "area_px", "major_px", "minor_px", "angle_deg", "touching")


class Table:
    """A table of tracks while it grows, in two files under temporary names: without times, then with them.

    Raises TrackError, which names ``place``, where a file cannot be written, as on a full disk.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._draft, self.whole = part_of(place), part_of(place)
        self.lines = self.frames = 0  # rows, and frames with a row
        try:
            self._file = self._draft.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise not_written(place, error) from None
        self._rows = csv.writer(self._file, lineterminator="\n")

    def add(self, frame: int, sightings: Sequence[Sighting]) -> None:
        """Add a row for each animal seen in a frame."""
        try:
            self._rows.writerows([_row(frame, sighting) for sighting in sightings])
        except OSError as error:
            raise not_written(self._place, error) from None
        self.lines += len(sightings)
        self.frames += bool(sightings)

    def finish(self, times: Sequence[str], first: int = 0) -> None:
        """Write the file ``whole``, flushed to the disk, with the header and each frame's time in its rows.

        ``times`` begin with the time of the frame ``first``.
        """
        try:
            self._file.close()
            with self._draft.open(encoding="utf-8") as draft, self.whole.open("w", encoding="utf-8") as file:
                file.write(",".join(COLUMNS) + "\n")
                for row in draft:
                    frame, _, rest = row.partition(",")
                    file.write(f"{frame},{times[int(frame) - first]},{rest}")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise not_written(self._place, error) from None

    def drop(self) -> None:
        """Remove both files where they are."""
        with suppress(OSError):  # the file is dropped anyway
            self._file.close()
        for part in (self._draft, self.whole):
            part.unlink(missing_ok=True)


def _row(frame: int, sighting: Sighting) -> tuple[object, ...]:
    spot = sighting.spot
    lengths = (f"{value:.2f}" for value in (spot.x, spot.y))
    axes = (f"{spot.major:.2f}", f"{spot.minor:.2f}", f"{spot.angle:.1f}")
    return (frame, sighting.animal, *lengths, int(spot.area), *axes, int(sighting.touching))
