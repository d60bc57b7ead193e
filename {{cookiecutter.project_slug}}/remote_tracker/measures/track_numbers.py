"""What the tracks of a video come to, in a few numbers; no number needs numpy to be kept, compared or shown."""

from __future__ import annotations

from collections.abc import Sequence

from ..named_tuple import NamedTuple

ROWS, COLUMNS = 18, 24  # of the heat map; even, so that boxes.py can join its cells two by two
JUMP = 10.0  # times the median step of an animal: a step that is longer is no walk
JUMP_FLOOR = 0.03  # of the diagonal of the picture: no shorter step is a jump, since a resting animal's steps are noise
TOUCH = 0.015  # of that diagonal: animals touch that are so near, where nobody says how large animals are
INSIDE = 0.99  # of the sightings must lie in the picture, if it is to be believed that it is the tracks' own


class TrackNumbers(NamedTuple):
    """The numbers of one video's tracks; None where there is nothing to tell it from."""

    animals: int  # animals that were seen at least once
    frames_seen: int  # frames in which at least one animal was seen
    first: int | None  # the first such frame
    last: int | None  # the last such frame
    missing: float | None  # share of frames between each animal's first and last sighting in which it is not seen
    jumps: int  # steps to the next frame that are too long for the animal
    touches: int  # pairs of animals that are near each other, summed over frames
    steps: int  # steps to the next frame, over all animals
    confidence: float | None  # the median over all keypoints and frames, as the tracker says it
    size: float | None  # the median area of an animal, in px²
    unit: str  # of positions and distances
    distance: float | None  # the median of how far an animal walked
    heat: Sequence[int]  # sightings in each cell of ROWS x COLUMNS, row by row from the top
    extent: tuple[float, float, float, float]  # the box of the heat map: left, top, right, bottom
