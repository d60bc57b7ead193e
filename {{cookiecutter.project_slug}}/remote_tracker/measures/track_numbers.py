"""What the tracks of a video come to, in a few numbers; no number needs numpy to be kept, compared or shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ROWS, COLUMNS = 18, 24  # of the heat map


@dataclass(frozen=True)
class TrackNumbers:
    """The numbers of one video's tracks; None where there is nothing to tell it from."""

    animals: int  # animals that were seen at least once
    frames_seen: int  # frames in which at least one animal was seen
    first: int  # the first such frame, -1 where there is none
    last: int  # the last such frame, -1 where there is none
    missing: float | None  # share of frames between each animal's first and last sighting in which it is not seen
    jumps: int  # steps to the next frame that no animal makes: see measure_tracks.py
    touches: int  # pairs of animals that are near each other, summed over frames
    steps: int  # steps to the next frame that were looked at, over all animals
    confidence: float | None  # the median of what the tracker says, over all that was seen
    size: float | None  # the median area of an animal, in px²
    unit: str  # of positions and distances
    distance: float | None  # the median of how far an animal walked
    heat: Sequence[int]  # sightings in each cell of ROWS x COLUMNS, row by row from the top
    extent: tuple[float, float, float, float]  # the box of the heat map: left, top, right, bottom
