"""Which frames are worth labelling: what speaks for a frame, and how the choice spreads over the videos."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from remote_tracker.exports.choose_frames import (
    APART,
    Candidates,
    Chosen,
    choose_frames,
    find_candidates,
    is_near,
    keep_frames,
)
from remote_tracker.tracks.tracks import Tracks

FRAMES = 200


def walk(animals: int = 1, keypoints: int = 1, frames: int = FRAMES) -> tuple[Any, Any]:
    """Return the positions of animals that walk 2 px a frame, and a confidence of 1 everywhere."""
    steps = np.arange(frames, dtype=float)
    positions = np.zeros((frames, 2, keypoints, animals))
    positions[:, 0] = 2 * steps[:, None, None] + np.arange(keypoints)[:, None]
    positions[:, 1] = 50 * np.arange(animals)
    return positions, np.ones((frames, keypoints, animals))


def tracks(positions: Any, confidence: Any, frames: Any = None) -> Tracks:
    """Return tracks of animals a, b ... and keypoints k0, k1 ..."""
    number = np.arange(len(positions)) if frames is None else np.array(frames)
    animals, keypoints = positions.shape[3], positions.shape[2]
    names = tuple("abcdef"[:animals]), tuple(f"k{k}" for k in range(keypoints))
    return Tracks(number, positions, confidence, *names, fps=30.0, source="none")


def best(told: Tracks, most: int = 5, first: int = 0) -> list[tuple[int, str, str]]:
    """Return (frame, animal, why) of the frames that are chosen of one video, the best first."""
    chosen = choose_frames(find_candidates("d", "d/v.mp4", told, most, first), most)
    return [(one.frame, one.animal, one.why) for one in sorted(chosen, key=lambda one: -one.worth)]


def test_nothing_speaks_for_a_steady_walk_of_certain_animals() -> None:
    """Where all is well no frame is chosen, however many are asked for."""
    assert best(tracks(*walk(animals=2, keypoints=3))) == []


@pytest.mark.parametrize("scale", [1.0, 1000.0], ids=["probability", "score"])
def test_the_frame_of_the_lowest_confidence_comes_first(scale: float) -> None:
    """Low confidence speaks for a frame and names its animal, also where a tracker's scores are above 1."""
    positions, confidence = walk(animals=2, keypoints=3)
    confidence[40, :, 1], confidence[90, :, 0] = 0.2, 0.5
    assert best(tracks(positions, confidence * scale)) == [(40, "b", "low confidence"), (90, "a", "low confidence")]


def test_a_leap_and_back_is_one_frame_for_two_reasons() -> None:
    """An animal that is elsewhere for one frame makes that frame worth labelling, not the frame behind it."""
    positions, confidence = walk()
    positions[100, :, 0, 0] += 60
    assert best(tracks(positions, confidence)) == [(100, "a", "jump; far from its neighbours")]


def test_many_leaps_are_leaps() -> None:
    """A video in which an animal jumps in every tenth frame is not taken for a video of wide steps."""
    positions, confidence = walk()
    positions[5::10, :, 0, 0] += 60
    assert len(best(tracks(positions, confidence), most=20)) >= 15


def test_an_animal_that_rests_and_walks_does_not_jump() -> None:
    """Steps are held against those of moving animals: a start after a long rest is no jump."""
    positions, confidence = walk()
    positions[:150] = positions[:1]
    positions[150:, 0] -= positions[150, 0] - positions[0, 0]
    assert best(tracks(positions, confidence)) == []


def test_one_keypoint_that_leaps_is_seen_among_many() -> None:
    """A keypoint of an animal that stays speaks for the frame."""
    positions, confidence = walk(keypoints=5)
    positions[100, :, 3, 0] += 60
    assert [frame for frame, *_ in best(tracks(positions, confidence))] == [100]


def test_an_animal_that_vanishes_is_named_where_others_stay() -> None:
    """Both edges of a gap are worth labelling; a gap that is shorter than the least distance gives one frame."""
    positions, confidence = walk(animals=2)
    positions[50:100, :, :, 0], positions[150:153, :, :, 1] = np.nan, np.nan
    confidence[np.isnan(positions).any(axis=1)] = np.nan
    assert sorted(best(tracks(positions, confidence))) == [
        (50, "a", "not seen"),
        (99, "a", "not seen"),
        (150, "b", "not seen"),
    ]


def test_an_animal_that_goes_on_under_another_name_is_not_lost() -> None:
    """Where one track ends and another begins the frames have as many animals: nothing speaks for them."""
    positions, confidence = walk(animals=2)
    positions[100:, :, :, 0], positions[:100, :, :, 1] = np.nan, np.nan
    confidence[np.isnan(positions).any(axis=1)] = np.nan
    assert best(tracks(positions, confidence)) == []


def test_frames_without_a_row_are_frames_in_which_nothing_is_seen() -> None:
    """A table has no rows where no animal was found; its frame numbers are those of the video."""
    positions, confidence = walk(frames=40)
    positions[20:, 0] += 2 * 30
    numbers = [*range(5, 25), *range(55, 75)]
    assert sorted(best(tracks(positions, confidence, numbers))) == [(25, "a", "not seen"), (54, "a", "not seen")]


def test_unknown_confidence_speaks_for_nothing() -> None:
    """A tracker that gives no confidence is not unsure everywhere."""
    positions, confidence = walk()
    assert best(tracks(positions, confidence * np.nan)) == []


def test_rounding_is_no_jump_of_an_animal_at_rest() -> None:
    """An animal that stays where it is does not jump by a fraction of a pixel."""
    positions, confidence = walk()
    positions[:] = 10
    positions[100] = 10.9
    assert best(tracks(positions, confidence)) == []


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_the_shortest_videos_are_read(frames: int) -> None:
    """No frame, one frame and two frames are tracks, too."""
    positions, confidence = walk(frames=frames)
    assert len(best(tracks(positions, confidence * 0.1))) == min(frames, 1)


def test_chosen_frames_of_a_video_are_apart_whatever_their_animal() -> None:
    """No two frames of a video are near, of one animal or of several."""
    positions, confidence = walk(animals=3)
    confidence[:] = np.random.default_rng(1).uniform(0, 0.9, confidence.shape)
    found = sorted(frame for frame, *_ in best(tracks(positions, confidence), most=100))
    assert len(found) > 10
    assert min(np.diff(found)) >= APART


def test_first_leaves_out_what_is_before() -> None:
    """A program that cannot take frame 0 is not given it."""
    positions, confidence = walk()
    confidence[0], confidence[50] = 0.1, 0.5
    assert [frame for frame, *_ in best(tracks(positions, confidence), first=1)] == [50]


def group(day: str, video: str, animal: str, worth: float, number: int = 50) -> Candidates:
    """Return candidates of one animal, each worth a trifle less than the one before."""
    worths = [worth * (1 - place / 1000) for place in range(number)]
    start = 1 + "abc".find(animal) * 7
    return Candidates(day, video, animal, [start + 30 * place for place in range(number)], worths, ["jump"] * number)


def share(chosen: list[Chosen], key: str) -> dict[str, int]:
    """Return how many frames were chosen of each day, video or animal."""
    names = [str(getattr(one, key)) for one in chosen]
    return {name: names.count(name) for name in sorted(set(names))}


def test_a_choice_spreads_over_days_videos_and_animals() -> None:
    """A difficult day gets more frames than an easy day, and not all; so does a video of a day, and an animal."""
    groups = [
        group("1", "1/hard", "a", 0.9),
        group("1", "1/hard", "b", 0.9),
        group("1", "1/easy", "a", 0.2),
        group("2", "2/easy", "a", 0.2),
    ]
    chosen = choose_frames(groups, 40)
    days, videos = share(chosen, "day"), share(chosen, "video")
    assert len(chosen) == 40
    assert days["1"] > days["2"] >= 8
    assert videos["1/hard"] > videos["1/easy"] >= 4
    hard = [one for one in chosen if one.video == "1/hard"]
    assert abs(share(hard, "animal")["a"] - share(hard, "animal")["b"]) <= 1


def test_as_many_as_asked_for_or_all_there_are() -> None:
    """The number is kept; where fewer frames are worth it, all of them are chosen."""
    groups = [group("1", "1/v", "a", 0.9, 30), group("2", "2/v", "a", 0.3, 30)]
    assert len(choose_frames(groups, 7)) == 7
    assert len(choose_frames(groups, 1000)) == 60
    assert choose_frames([], 5) == []


def test_the_same_videos_in_another_order_give_the_same_choice() -> None:
    """The choice is a function of the candidates, not of the order in which videos are read."""
    groups = [group(str(n % 3), f"{n % 3}/v{n}", animal, 0.5) for n in range(9) for animal in "abc"]
    assert choose_frames(groups, 50) == choose_frames(reversed(groups), 50)


@pytest.mark.parametrize(
    ("frame", "near"), [(100 - APART, False), (101 - APART, True), (99 + APART, True), (100 + APART, False)]
)
def test_near_is_less_than_the_least_distance(frame: int, near: bool) -> None:
    """Frames that are just APART are not near, on both sides."""
    assert is_near(frame, [0, 100, 200]) is near


def test_kept_frames_are_those_of_the_video() -> None:
    """A kept frame has its own number, place and time; in a hole nothing is seen, and the time lies between."""
    positions, confidence = walk(frames=40)
    told = replace(tracks(positions, confidence, [*range(5, 25), *range(35, 55)]), times=np.arange(40) * 2.0)
    kept = keep_frames(told, [6, 30, 54])
    assert kept.frames.tolist() == [6, 30, 54]
    assert kept.positions[:, 0, 0, 0].tolist() == pytest.approx([2, np.nan, 78], nan_ok=True)
    assert [kept.time_of(frame) for frame in (6, 54)] == [2, 78]
    assert 38 < (kept.time_of(30) or 0) < 40
