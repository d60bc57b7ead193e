"""What tracks come to, against values that were computed by hand."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from math import hypot, pi, sqrt
from typing import Any

import pytest

pytest.importorskip("numpy", reason="numpy is not installed")
import numpy as np
from remote_tracker.measures.measure_tracks import count_near, find_near, measure
from remote_tracker.measures.track_numbers import COLUMNS, INSIDE, JUMP, JUMP_FLOOR, ROWS, TOUCH
from remote_tracker.tracks.tracks import Tracks

NAN = float("nan")
DIAGONAL = hypot(640, 480)


def tracks_of(
    *animals: list[tuple[float, float]], frames: list[int] | None = None, unit: str = "px", sure: float = NAN
) -> Tracks:
    """Return tracks of animals of one keypoint, a place a frame each."""
    places = np.array(animals, dtype=float).reshape(len(animals), -1, 2).transpose(1, 2, 0)[:, :, None]
    numbers = np.arange(len(places)) if frames is None else np.array(frames, dtype=int)
    confidence = np.full((len(places), 1, len(animals)), sure)
    names = tuple(map(str, range(len(animals))))
    return Tracks(numbers, places, confidence, names, ("centroid",), 25.0, "test", unit=unit)


def walk(steps: list[float], start: float = 10.0) -> list[tuple[float, float]]:
    """Return places along a line: at ``start``, then a step after the other to the right."""
    return [(start + sum(steps[:at]), 100.0) for at in range(len(steps) + 1)]


def cells(found: Any) -> dict[tuple[int, int], int]:
    """Return (row, column) -> count for the cells of a heat map that hold something."""
    return {divmod(at, COLUMNS): count for at, count in enumerate(found.heat) if count}


def test_an_animal_that_walks() -> None:
    """Three steps of 3, 4 and 5 px are 12 px; nothing is missing, none jumps, and nobody is there to touch."""
    found = measure(tracks_of(walk([3, 4, 5]), sure=0.9), (640, 480))
    assert (found.animals, found.frames_seen, found.first, found.last) == (1, 4, 0, 3)
    assert (found.missing, found.jumps, found.touches, found.steps) == (0.0, 0, 0, 3)
    assert (found.distance, found.confidence, found.size, found.unit) == (12.0, 0.9, None, "px")
    assert found.extent == (0.0, 0.0, 640.0, 480.0)
    assert cells(found) == {(3, 0): 4}  # 100 px of 480 in 18 rows: row 3; 10 to 22 px of 640 in 24 columns: column 0


def test_frames_that_are_left_out_are_missing() -> None:
    """Frames 5, 6 and 9 are told: 7 and 8 are missing for each animal; a step over them is no step, but a way."""
    found = measure(tracks_of(walk([1, 200]), frames=[5, 6, 9]), (640, 480))
    assert (found.first, found.last, found.frames_seen, found.missing) == (5, 9, 3, 2 / 5)
    assert (found.steps, found.jumps, found.distance) == (1, 0, 201.0)


def test_what_is_missing_counts_from_the_first_sighting_to_the_last() -> None:
    """One animal is seen in frames 0, 1 and 4 of 0 to 4, the other in 2 and 3 alone: 2 of 7 frames are missing."""
    first = [(1, 1), (2, 1), (NAN, NAN), (NAN, NAN), (5, 1)]
    second = [(NAN, NAN), (NAN, NAN), (300, 300), (301, 300), (NAN, NAN)]
    found = measure(tracks_of(first, second), (640, 480))
    assert (found.animals, found.frames_seen, found.missing) == (2, 5, 2 / 7)


@pytest.mark.parametrize(
    ("place", "animals"), [((NAN, NAN), 0), ((NAN, 5.0), 0), ((5.0, NAN), 0), ((float("inf"), 5.0), 0), ((5.0, 5.0), 1)]
)
def test_half_a_place_is_none(place: tuple[float, float], animals: int) -> None:
    """An animal is seen where both x and y are numbers."""
    assert measure(tracks_of([place])).animals == animals


@pytest.mark.parametrize(
    "tracks",
    [
        tracks_of([(NAN, NAN)] * 3, [(NAN, NAN)] * 3),
        Tracks(np.empty(0, int), np.empty((0, 2, 1, 0)), np.empty((0, 1, 0)), (), ("a",), None, "test"),
        Tracks(np.empty(0, int), np.empty((0, 2, 1, 2)), np.empty((0, 1, 2)), ("a", "b"), ("a",), None, "test"),
        Tracks(np.arange(3), np.empty((3, 2, 1, 0)), np.empty((3, 1, 0)), (), ("a",), None, "test"),
    ],
)
def test_without_an_animal_nothing_is_told(tracks: Tracks) -> None:
    """Where no animal is seen the counts are 0, and what is told of animals is not known."""
    found = measure(tracks, (640, 480))
    assert (found.animals, found.frames_seen, found.jumps, found.touches, sum(found.heat)) == (0, 0, 0, 0, 0)
    assert {found.first, found.last, found.missing, found.confidence, found.size, found.distance} == {None}
    assert find_near(tracks) == 0.0


def test_one_frame() -> None:
    """In a video of one frame no animal walks, and two may touch."""
    found = measure(tracks_of([(10.0, 10.0)], [(11.0, 10.0)]), (640, 480))
    assert (found.animals, found.first, found.last, found.missing) == (2, 0, 0, 0.0)
    assert (found.steps, found.jumps, found.touches, found.distance) == (0, 0, 1, 0.0)


@pytest.mark.parametrize("jump", [JUMP * 4 + 0.01, 500.0])
def test_a_jump(jump: float) -> None:
    """A step is a jump above JUMP times the animal's median step, where that is more than the floor."""
    assert JUMP * 4 > JUMP_FLOOR * DIAGONAL
    assert measure(tracks_of(walk([4] * 9 + [jump])), (640, 480)).jumps == 1
    assert measure(tracks_of(walk([4] * 9 + [JUMP * 4])), (640, 480)).jumps == 0


def test_a_resting_animal_does_not_jump() -> None:
    """Of an animal whose steps are noise no step is a jump that is not more than the floor."""
    floor = JUMP_FLOOR * DIAGONAL
    assert measure(tracks_of(walk([0] * 9 + [floor - 0.1])), (640, 480)).jumps == 0
    assert measure(tracks_of(walk([0] * 9 + [floor + 0.1])), (640, 480)).jumps == 1


def test_a_keypoint_that_is_lost_is_no_step() -> None:
    """The middle of an animal moves when a keypoint is lost; the animal does not: its other keypoint stays."""
    places = np.full((9, 2, 2, 1), 100.0)
    places[:, :, 1] = 300.0
    places[4, :, 1] = NAN
    found = measure(Tracks(np.arange(9), places, np.full((9, 2, 1), 0.5), ("0",), ("a", "b"), 25.0, "test"), (640, 480))
    assert (found.steps, found.jumps, found.animals) == (8, 0, 1)


def test_touches_count_pairs_and_frames() -> None:
    """Three animals at one place are three pairs; with two of them for another frame there are four touches."""
    near = TOUCH * DIAGONAL
    first = [(50.0, 50.0), (50.0, 50.0)]
    second = [(50.0, 50.0 + 0.9 * near), (50.0, 50.0)]
    third = [(50.0 + 0.1 * near, 50.0), (50.0 + 1.1 * near, 50.0)]
    assert measure(tracks_of(first, second, third), (640, 480)).touches == 4


def test_animals_of_a_known_size_touch_when_they_are_nearer_than_their_length() -> None:
    """The diameter of a circle of the median area counts, not the picture."""
    tracks = replace(tracks_of([(50.0, 50.0)], [(69.0, 50.0)], [(90.0, 50.0)]), size=np.full((1, 3), 100 * pi))
    found = measure(tracks, (640, 480))
    assert (found.touches, found.size) == (1, 100 * pi)
    assert find_near(tracks) == pytest.approx(20)


def test_animals_with_keypoints_touch_when_they_are_nearer_than_their_keypoints_reach() -> None:
    """Animals of 30 x 40 px are 50 px long; one of which a single keypoint is seen says nothing of that."""
    places = np.full((3, 2, 2, 2), NAN)
    for frame, apart in enumerate((49.0, 51.0, 10.0)):
        places[frame, :, 0] = [[100.0, 100.0 + apart], [200.0, 200.0]]
        places[frame, :, 1] = [[130.0, 130.0 + apart], [240.0, 240.0]]
    places[2, :, 1] = NAN
    tracks = Tracks(np.arange(3), places, np.full((3, 2, 2), 0.5), ("0", "1"), ("a", "b"), 25.0, "test")
    assert measure(tracks, (640, 480)).touches == 2
    assert find_near(tracks) == 50.0
    assert find_near(replace(tracks, positions=places[2:], frames=np.arange(1))) == TOUCH * hypot(128, 256)


def test_sorted_neighbours_are_all_pairs() -> None:
    """The count of near pairs is what comparing each animal with each other gives, with animals that are not seen."""
    random = np.random.default_rng(5)
    x, y = random.uniform(0, 100, (2, 40, 17))
    x[random.random(x.shape) < 0.3] = NAN
    y[np.isnan(x)] = NAN
    plain = sum(
        sqrt((x[row, a] - x[row, b]) ** 2 + (y[row, a] - y[row, b]) ** 2) < 12
        for row in range(40)
        for a in range(17)
        for b in range(a)
    )
    assert count_near(x, y, 12) == plain > 0


def test_crowds_need_no_memory_for_pairs() -> None:
    """400 animals at one place are 80,000 pairs in each of 500 frames; no array holds them."""
    places = np.full((500, 2, 1, 400), 7.0)
    tracks = Tracks(np.arange(500), places, np.full((500, 1, 400), NAN), tuple(map(str, range(400))), ("c",), 1.0, "t")
    tracemalloc.start()
    try:
        found = measure(tracks, (640, 480))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.touches == 500 * 400 * 399 // 2
    assert most < 100 * 2**20  # the pairs alone would be 320 MB


def test_many_frames_are_looked_at_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found does not depend on how many frames are looked at together."""
    random = np.random.default_rng(3)
    places = random.uniform(0, 300, (50, 2, 3, 4))
    places[random.random(places.shape) < 0.2] = NAN
    sure = random.random((50, 3, 4))
    tracks = Tracks(np.arange(50) * 2, places, sure, tuple("abcd"), tuple("xyz"), 25.0, "test")
    whole = measure(tracks, (300, 300))
    monkeypatch.setattr("remote_tracker.measures.measure_tracks.BLOCK", 100)
    assert measure(tracks, (300, 300)) == whole


@pytest.mark.parametrize(
    ("positions", "unit", "extent"),
    [
        ([(1.0, 3.0), (1000.0, 5.0)], "px", (0, 0, 1024, 8)),
        ([(1.0, 3.0), (1024.0, 8.0)], "px", (0, 0, 1024, 8)),
        ([(-3.0, 0.0), (1.0, 0.0)], "px", (-4, 0, 4, 1)),
        ([(0.0001, 0.1), (0.0002, 0.2)], "m", (0, 0, 2**-12, 0.25)),
        ([(1e300, 1.0), (1.0, 1.0)], "px", (0, 0, 2.0**500, 1)),
    ],
)
def test_the_box_around_positions(positions: list[tuple[float, float]], unit: str, extent: tuple[float, ...]) -> None:
    """Where no picture is known the box ends at powers of two, below 0 as far as above it where something is there."""
    found = measure(tracks_of(positions, unit=unit))
    assert found.extent == extent


def test_positions_in_other_units_are_in_no_picture() -> None:
    """Positions in mm lie in a box of mm, though they would lie in the picture; so do pixels outside it."""
    assert measure(tracks_of([(3.0, 3.0)], unit="mm"), (640, 480)).extent == (0, 0, 4, 4)
    inside, outside = [(5.0, 5.0)] * 99, [(700.0, 5.0)]
    assert measure(tracks_of(inside + outside), (640, 480)).extent == (0, 0, 640, 480)
    assert measure(tracks_of(inside[:-1] + outside), (640, 480)).extent == (0, 0, 1024, 8)
    assert INSIDE == 0.99


def test_the_heat_map() -> None:
    """Each sighting counts in its cell; the right and the lower edge of the picture belong to the last cells."""
    found = measure(tracks_of([(0.0, 0.0), (1.0, 2.0), (24.0, 18.0), (12.0, 9.0)]), (COLUMNS, ROWS))
    assert cells(found) == {(0, 0): 1, (2, 1): 1, (ROWS - 1, COLUMNS - 1): 1, (9, 12): 1}


def test_what_is_too_large_for_a_number() -> None:
    """A damaged result may say 1e308; a distance that is no number any more is not known, and nothing warns."""
    found = measure(tracks_of([(1e308, 0.0), (-1e308, 0.0), (1e308, 0.0)]))
    assert (found.distance, found.animals) == (None, 1)
