"""Choose the frames that are most worth labelling: where a tracker is unsure, and where its frames contradict others.

Four things speak for a frame, each from 0 to 1 for each animal: its confidence is low; a keypoint jumped there; a
keypoint lies far from the middle between its neighbours; the animal is not seen, and a neighbouring frame has more
animals.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt

from ..named_tuple import NamedTuple
from ..tracks.tracks import Tracks, fill_holes

Values = npt.NDArray[Any]
REASONS = ("low confidence", "jump", "far from its neighbours", "not seen")
APART = 10  # frames: a labelled frame teaches little about the frames beside it
FLOOR = 0.1  # what is worth less stands for nothing
STILL = 1.0  # px: an animal that moves less from frame to frame rests, and tells nothing of how it walks
USUAL = 3.0  # times the median step of animals that move: no longer step is a jump, however many jumps there are
FAR = 4.0  # times that: a longer jump counts for no more
UNSEEN = 0.6
TRUST = 0.9  # no reason alone makes a frame worth 1, so that two reasons are worth more


@dataclass(frozen=True)
class Candidates:
    """The frames of one animal in one video that are worth labelling, none near another, the best first."""

    day: str
    video: str
    animal: str
    frames: Sequence[int]
    worths: Sequence[float]  # above 0 to 1
    whys: Sequence[str]  # the reasons, the strongest first


class Chosen(NamedTuple):
    """A frame that is worth labelling."""

    day: str
    video: str
    frame: int  # from 0
    animal: str  # the animal that speaks most for the frame
    worth: float
    why: str


def find_candidates(day: str, video: str, tracks: Tracks, most: int, first: int = 0) -> list[Candidates]:
    """Return for each animal at most ``most`` frames that are worth labelling, from the frame number ``first`` on."""
    if not len(tracks.frames):
        return []
    whole = fill_holes(tracks)
    reasons = rate_frames(whole)
    worth = 1 - np.prod(1 - TRUST * reasons, axis=0)
    worth[whole.frames < first] = 0
    found = []
    for place, animal in enumerate(whole.individuals):
        rows = _best_apart(worth[:, place], most)
        whys = [_why(reasons[:, row, place]) for row in rows]
        frames, worths = whole.frames[rows].tolist(), worth[rows, place].tolist()
        found.append(Candidates(day, video, animal, frames, worths, whys))
    return [one for one in found if one.frames]


def choose_frames(candidates: Iterable[Candidates], number: int) -> list[Chosen]:
    """Return at most ``number`` frames, by day, video and frame; none is near another frame of its video.

    The most worthy frame comes first; what was chosen of a day, of a video and of an animal before makes the next from
    there worth less: half after one frame, a third after two. So all are seen, and difficult videos more often.
    """
    groups = sorted(candidates, key=lambda one: (one.day, one.video, one.animal))
    days, videos, animals = Counter[str](), Counter[str](), Counter[int]()
    taken: dict[str, list[int]] = defaultdict(list)
    chosen: list[Chosen] = []

    def gain(group: int, place: int) -> float:
        one = groups[group]
        seen = (1 + days[one.day]) * (1 + videos[one.video]) * (1 + animals[group])
        return one.worths[place] / seen

    heap = [(-gain(group, 0), group, 0) for group in range(len(groups))]
    heapify(heap)
    while heap and len(chosen) < number:
        known, group, place = heappop(heap)
        one = groups[group]
        if is_near(one.frames[place], taken[one.video]):
            if place + 1 < len(one.frames):
                heappush(heap, (-gain(group, place + 1), group, place + 1))
        elif -gain(group, place) > known:  # others were chosen since it was put there
            heappush(heap, (-gain(group, place), group, place))
        else:
            chosen.append(Chosen(one.day, one.video, one.frames[place], one.animal, one.worths[place], one.whys[place]))
            taken[one.video].insert(bisect_left(taken[one.video], one.frames[place]), one.frames[place])
            days[one.day] += 1
            videos[one.video] += 1
            animals[group] += 1
            if place + 1 < len(one.frames):
                heappush(heap, (-gain(group, place + 1), group, place + 1))
    return sorted(chosen)


def keep_frames(tracks: Tracks, frames: Sequence[int]) -> Tracks:
    """Return the tracks in ``frames`` alone, between their first and last: hundreds of whole videos fill the memory."""
    whole = fill_holes(tracks)
    rows = np.array(frames) - whole.frames[0]
    times = None if whole.times is None else whole.times[rows]
    kept = whole.positions[rows], whole.confidence[rows]
    return replace(whole, frames=whole.frames[rows], positions=kept[0], confidence=kept[1], times=times, size=None)


def is_near(frame: int, others: Sequence[int]) -> bool:
    """Return whether a frame lies less than APART frames from one of the others, which ascend."""
    place = bisect_left(others, frame)
    return any(abs(frame - other) < APART for other in others[max(place - 1, 0) : place + 1])


def rate_frames(tracks: Tracks) -> Values:
    """Return what speaks for each frame: (reasons, n, individuals), from 0 to 1; ``tracks`` has frames and no hole."""
    usual = _usual_step(tracks.positions)
    steps = _lengths(np.diff(tracks.positions, axis=0))
    middles = (tracks.positions[:-2] + tracks.positions[2:]) / 2
    aside = _lengths(tracks.positions[1:-1] - middles)
    return np.stack(
        [
            _unsure(tracks),
            _padded(_too_far(steps, usual), 1, 0),
            _padded(_too_far(aside, usual), 1, len(tracks.frames) - 1 - len(aside)),
            _unseen(tracks.positions),
        ]
    )


def _lengths(vectors: Values) -> Values:
    lengths: Values = np.hypot(vectors[:, 0], vectors[:, 1])
    return lengths


def _usual_step(positions: Values) -> Values:
    """Return for each keypoint how long a step of an animal may be that does not jump, over all animals."""
    steps = _lengths(np.diff(positions, axis=0)).transpose(1, 0, 2).reshape(positions.shape[2], -1)
    middles = [np.median(moves) if len(moves := row[row > STILL]) else STILL for row in steps]
    usual: Values = USUAL * np.array(middles)
    return usual


def _too_far(lengths: Values, usual: Values) -> Values:
    """Return (n, individuals): 0 for lengths up to the usual of each keypoint, 1 from FAR times it on."""
    over = np.nan_to_num((lengths / usual[:, None] - 1) / (FAR - 1))
    clipped: Values = np.clip(over, 0, 1).max(axis=1, initial=0.0)
    return clipped


def _padded(values: Values, before: int, behind: int) -> Values:
    return np.pad(values, ((before, behind), (0, 0)))


def _unsure(tracks: Tracks) -> Values:
    """Return 1 - the mean confidence of the keypoints that have a confidence; 0 where none of an animal has."""
    known = np.isfinite(tracks.confidence)
    confidence = np.where(known, tracks.confidence, 0.0)
    number = known.sum(axis=1)
    scale = max(float(confidence.max(initial=0.0)), 1.0)  # confidence above 1 is no probability
    return np.where(number > 0, np.clip(1 - confidence.sum(axis=1) / np.maximum(number, 1) / scale, 0, 1), 0.0)


def _unseen(positions: Values) -> Values:
    """Return UNSEEN where an animal is not seen, and is seen in a neighbouring frame, which has more animals."""
    seen: Values = np.any(np.isfinite(positions).all(axis=1), axis=1)
    count = seen.sum(axis=1)
    lost = np.zeros_like(seen)
    lost[1:] |= ~seen[1:] & seen[:-1] & (count[1:] < count[:-1])[:, None]
    lost[:-1] |= ~seen[:-1] & seen[1:] & (count[:-1] < count[1:])[:, None]
    return np.where(lost, UNSEEN, 0.0)


def _best_apart(worth: Values, most: int) -> list[int]:
    """Return the rows with the largest worth, none within APART of another; of equal ones the earlier."""
    rows = np.nonzero(worth >= FLOOR)[0]
    blocked = np.zeros(len(worth), bool)
    best: list[int] = []
    for row in rows[np.argsort(-worth[rows], kind="stable")].tolist():
        if len(best) >= most:
            break
        if not blocked[row]:
            best.append(row)
            blocked[max(row - APART + 1, 0) : row + APART] = True
    return best


def _why(reasons: Values) -> str:
    order = sorted(range(len(REASONS)), key=lambda number: (-reasons[number], number))
    return "; ".join(REASONS[number] for number in order if reasons[number] >= FLOOR) or REASONS[order[0]]
