"""Tell which spot is which animal: predict positions at constant velocity, assign them at the least total distance.

Two animals in contact are a single spot. Both are then kept in it, its pixels are divided between them, and
each animal goes on from its part when they separate. After a long contact identities are not promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from detect import Points, Spot, split
from scipy.optimize import linear_sum_assignment

_SEEN_BEFORE_IT_COUNTS = 3  # successive frames: a flicker of light is no animal
_MEMORY = 0.5  # how much of the old velocity stays at each frame
_FAR = 3  # times max_jump
_GROWN = 1.25  # times an animal's own area: a smaller spot holds no second animal


@dataclass
class Track:
    """An animal so far; lengths in px, velocities in px per frame."""

    x: float  # where it was seen last
    y: float
    area: float
    animal: int | None = None  # its number; None until it counts as an animal
    vx: float = 0.0
    vy: float = 0.0
    seen: int = 1  # frames in which it was seen
    unseen: int = 0  # frames since it was seen last
    touching: bool = False
    too_small: int = 0  # frames since its shared spot became too small for two animals

    @property
    def expected(self) -> tuple[float, float]:
        """The place where the animal is expected next; while it is unseen, the place where it was seen last."""
        return (self.x, self.y) if self.unseen else (self.x + self.vx, self.y + self.vy)

    def follow(self, spot: Spot) -> None:
        """Take the spot as the animal's new place."""
        steps = self.unseen + 1
        fresh = 1 - _MEMORY
        self.vx = _MEMORY * self.vx + fresh * (spot.x - self.x) / steps
        self.vy = _MEMORY * self.vy + fresh * (spot.y - self.y) / steps
        self.area += 0.1 * (spot.area - self.area)
        self.too_small = 0
        self._arrive(spot, touching=False)

    def share(self, part: Spot) -> None:
        """Take ``part`` of a shared spot as its place; the velocity stays, since parts are too rough to measure it."""
        self._arrive(part, touching=True)

    def _arrive(self, spot: Spot, touching: bool) -> None:
        self.x, self.y, self.touching = spot.x, spot.y, touching
        self.seen, self.unseen = self.seen + 1, 0

    def miss(self) -> None:
        """Let a frame pass in which the animal is unseen."""
        self.unseen, self.touching = self.unseen + 1, False


@dataclass(frozen=True)
class Sighting:
    """An animal in a frame; ``touching`` is True where it shared its spot with another animal."""

    animal: int
    spot: Spot
    touching: bool


class Linker:
    """Gives each spot its animal, frame by frame; holds only the animals' last places."""

    def __init__(self, animals: int | None, max_jump: float, lost_frames: int) -> None:
        self._most = animals
        self._max_jump = max_jump
        self._lost_frames = lost_frames
        self._tracks: list[Track] = []
        self._started = False
        self.animals = 0

    def update(self, spots: Sequence[Spot]) -> list[Sighting]:
        """Return the animals seen in the next frame, by number."""
        pairs = self._assign(spots)
        shared = self._sharers(spots, pairs)
        seen: dict[int, Spot] = {}
        for index, number in pairs.items():
            if number not in shared:
                self._tracks[index].follow(spots[number])
                seen[index] = spots[number]
        for number, sharers in shared.items():
            seen.update(self._share_out(spots[number], sharers))
        for index, track in enumerate(self._tracks):
            if index not in seen:
                track.miss()
        self._number([self._tracks[i] for i in sorted(seen) if self._tracks[i].seen >= _SEEN_BEFORE_IT_COUNTS])
        sightings = _sightings([(self._tracks[index], spot) for index, spot in seen.items()])
        self._tracks = [track for track in self._tracks if self._keeps(track)]
        taken = set(pairs.values())
        return sightings + self._begin([spot for number, spot in enumerate(spots) if number not in taken])

    def _assign(self, spots: Sequence[Spot]) -> dict[int, int]:
        """Return track -> spot with the least sum of distances, no spot farther than the animal can have come."""
        if not spots or not self._tracks:
            return {}
        places = np.array([(spot.x, spot.y) for spot in spots])
        expected = np.array([track.expected for track in self._tracks])
        reach = np.array([[self._reach(track)] for track in self._tracks])
        distance = np.linalg.norm(expected[:, None, :] - places[None, :, :], axis=2)
        # A pair too far apart costs more than all near pairs together: the most pairs are made, then the nearest.
        too_far = (reach.max() + 1) * (min(distance.shape) + 1)
        rows, columns = linear_sum_assignment(np.where(distance <= reach, distance, too_far))
        return {int(r): int(c) for r, c in zip(rows, columns, strict=True) if distance[r, c] <= reach[r, 0]}

    def _reach(self, track: Track) -> float:
        """Return how far an animal may have come; it is not sought far away where any spot may be a new animal."""
        steps = 1 + track.unseen
        return self._max_jump * (steps if self._most is not None else min(steps, _FAR))

    def _sharers(self, spots: Sequence[Spot], pairs: dict[int, int]) -> dict[int, list[int]]:
        """Return spot -> the tracks in it, for the spots that hold more than one animal."""
        owner = {number: index for index, number in pairs.items()}
        shared: dict[int, list[int]] = defaultdict(list)
        for index, track in enumerate(self._tracks):
            if index in pairs or track.unseen or track.animal is None:
                continue
            number = _spot_under(track, spots)
            if number in owner and self._holds_both(track, self._tracks[owner[number]], spots[number]):
                shared[number].append(index)
        return {number: [owner[number], *others] for number, others in shared.items()}

    def _holds_both(self, lost: Track, found: Track, spot: Spot) -> bool:
        grown = spot.area > _GROWN * max(lost.area, found.area)
        lost.too_small = 0 if grown else lost.too_small + 1
        return grown or (lost.touching and lost.too_small <= self._lost_frames)

    def _share_out(self, spot: Spot, sharers: list[int]) -> dict[int, Spot]:
        seeds: Points = np.array([self._tracks[index].expected for index in sharers])
        parts = {index: part for index, part in zip(sharers, split(spot, seeds), strict=True) if part}
        for index, part in parts.items():
            self._tracks[index].share(part)
        return parts

    def _number(self, tracks: Sequence[Track]) -> None:
        for track in tracks:
            if track.animal is None:
                track.animal, self.animals = self.animals, self.animals + 1

    def _keeps(self, track: Track) -> bool:
        if track.animal is None:
            return track.unseen == 0
        return self._most is not None or track.unseen <= self._lost_frames

    def _begin(self, free: Sequence[Spot]) -> list[Sighting]:
        """Start a track at each free spot, the largest first where the number of animals is known."""
        room = len(free) if self._most is None else max(0, self._most - len(self._tracks))
        largest = sorted(free, key=lambda spot: -spot.area)[:room]
        fresh = [(Track(spot.x, spot.y, spot.area), spot) for spot in largest]
        self._tracks += [track for track, _ in fresh]
        if not self._started:  # an animal in the first frame with spots counts at once
            self._number(self._tracks)
        self._started = self._started or bool(fresh)
        return _sightings(fresh)


def _sightings(seen: Sequence[tuple[Track, Spot]]) -> list[Sighting]:
    counted = [Sighting(t.animal, spot, t.touching) for t, spot in seen if t.animal is not None]
    return sorted(counted, key=lambda sighting: sighting.animal)


def _spot_under(track: Track, spots: Sequence[Spot]) -> int:
    """Return the number of the spot that lies where the animal is expected, or -1."""
    for number, spot in enumerate(spots):
        away = np.linalg.norm(spot.pixels - np.array(track.expected), axis=1).min()
        if away <= max(2.0, spot.minor / 2):
            return number
    return -1
