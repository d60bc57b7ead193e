"""Which spot is which animal, without any video."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import pytest

pytest.importorskip("cv2", reason="opencv-python-headless is not installed")
pytest.importorskip("scipy", reason="scipy is not installed")

import numpy as np
from sprites import TRACKER

sys.path.insert(0, str(TRACKER))
from detect import Spot
from link import Linker, Sighting

RADIUS = 5


def spot(*centres: tuple[float, float]) -> Spot:
    """Return the spot that discs at these centres make together."""
    ys, xs = np.mgrid[0:200, 0:400]
    inside = np.any([(xs - x) ** 2 + (ys - y) ** 2 <= RADIUS**2 for x, y in centres], axis=0)
    pixels = np.column_stack(np.nonzero(inside)[::-1]).astype(float)
    x, y = pixels.mean(axis=0)
    return Spot(x, y, float(len(pixels)), 10.0, 10.0, 0.0, pixels)


def follow(frames: Sequence[Sequence[Spot]], animals: int | None = None, lost_frames: int = 25) -> list[list[Sighting]]:
    """Return the sightings of each frame."""
    linker = Linker(animals, 40, lost_frames)
    return [linker.update(spots) for spots in frames]


def numbers(sightings: Sequence[Sighting]) -> list[int]:
    """Return the animals' numbers."""
    return [sighting.animal for sighting in sightings]


def test_animals_keep_their_numbers_past_each_other() -> None:
    """Two that pass at a distance keep their numbers, whatever the order of the spots."""
    frames = []
    for i in range(40):
        spots = [spot((20 + 8 * i, 60)), spot((340 - 8 * i, 85))]
        frames.append(spots if i % 2 else spots[::-1])
    places = {s.animal: s.spot.x for s in follow(frames)[0]}
    ends = {s.animal: s.spot.x for s in follow(frames)[-1]}
    assert places.keys() == ends.keys() == {0, 1}
    for animal, x in places.items():
        assert ends[animal] == pytest.approx(360 - x, abs=10)


def test_velocity_tells_who_goes_where() -> None:
    """Of two in a row, when the first is gone, the other one is not taken for it though it stands where that stood."""
    frames = [[spot((20 + 18 * i, 50)), spot((40 + 18 * i, 50))] for i in range(8)]
    seen = follow([*frames, [spot((20 + 18 * 8, 50))]])
    follower = min(seen[0], key=lambda s: s.spot.x).animal
    assert numbers(seen[-1]) == [follower]


def test_lost_animal_is_taken_up_again() -> None:
    """One that is unseen for a few frames keeps its number, and has no row meanwhile."""
    seen = follow([[spot((50, 50))]] * 5 + [[]] * 10 + [[spot((55, 50))]] * 3)
    assert [numbers(s) for s in seen] == [[0]] * 5 + [[]] * 10 + [[0]] * 3


def test_number_is_not_given_again_after_lost_frames() -> None:
    """Where any number of animals may come, one that was lost for too long is a new one."""
    seen = follow([[spot((50, 50))]] * 5 + [[]] * 10 + [[spot((55, 50))]] * 4, lost_frames=8)
    assert numbers(seen[-1]) == [1]


def test_known_number_of_animals_is_never_exceeded() -> None:
    """With animals: 2 the two largest count, and one that was lost for long is the same one."""
    two = [spot((50, 50)), spot((200, 100))]
    crumb = Spot(300, 100, 9, 3, 3, 0, np.array([[300.0, 100.0]] * 9))
    seen = follow([[crumb, *two]] * 5 + [[two[0]]] * 60 + [two] * 4, animals=2)
    assert {n for s in seen for n in numbers(s)} == {0, 1}
    assert all(s.spot is not crumb for sightings in seen for s in sightings)
    assert numbers(seen[-1]) == [0, 1]


def test_flicker_is_no_animal() -> None:
    """A spot that is there for two frames gets no number."""
    seen = follow([[spot((50, 50))]] * 3 + [[spot((50, 50)), spot((200, 100))]] * 2 + [[spot((50, 50))]] * 5)
    assert {n for s in seen for n in numbers(s)} == {0}


def test_newcomer_counts_from_its_third_frame() -> None:
    """One that stays gets the next number."""
    seen = follow([[spot((50, 50))]] * 3 + [[spot((50, 50)), spot((200, 100))]] * 4)
    assert [numbers(s) for s in seen[3:]] == [[0], [0], [0, 1], [0, 1]]


def test_spot_far_away_is_another_animal() -> None:
    """No animal jumps farther than max_jump."""
    seen = follow([[spot((50, 50))]] * 4 + [[spot((250, 50))]] * 4)
    assert numbers(seen[-1]) == [1]


def test_touching_animals_share_a_spot() -> None:
    """Through contact both have a row, marked, near their true places; nobody is lost or invented."""
    frames, truth = [], []
    for i in range(30):
        a, b = (60.0 + 2 * min(i, 20), 50.0), (140.0 - 2 * min(i, 19), 50.0)
        truth.append((a, b))
        frames.append([spot(a, b)] if abs(a[0] - b[0]) < 2 * RADIUS else [spot(a), spot(b)])
    seen = follow(frames)
    assert [numbers(s) for s in seen] == [[0, 1]] * 30
    together = [all(s.touching for s in sightings) for sightings in seen]
    assert together == [len(spots) == 1 for spots in frames]
    assert any(together)
    for sightings, places in zip(seen, truth, strict=True):
        for x, place in zip(sorted(s.spot.x for s in sightings), sorted(p[0] for p in places), strict=True):
            assert x == pytest.approx(place, abs=4)


def test_animal_that_vanishes_beside_another_is_not_kept_forever() -> None:
    """A spot of one animal's size is not shared for longer than lost_frames allow."""
    frames = [[spot((60 + 2 * i, 50)), spot((100, 50))] for i in range(15)]
    frames += [[spot((90 + i, 50), (100, 50))] for i in range(4)] + [[spot((100, 50))]] * 80
    assert len(follow(frames, lost_frames=10)[-1]) == 1
