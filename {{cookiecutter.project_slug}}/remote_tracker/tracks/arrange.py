"""Arrange sightings, one behind the other as in a table, in the arrays of Tracks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..checks.clause import Fault
from ..named_tuple import NamedTuple

Numbers = npt.NDArray[Any]
MOST_VALUES = 2**30  # of x and y together: 8 GiB; so many animals are lost tracks, and fit into no array
CENTROID = "centroid"  # what the only keypoint of an animal is called where its tracker gives it no name


class Named(NamedTuple):
    """A column of names: the different names, and for each row the place of its name among them."""

    names: tuple[str, ...]
    place: Numbers


class Sightings(NamedTuple):
    """Sightings of animals, in any order; each array has a value a sighting."""

    frame: Numbers
    individual: Named
    keypoint: Named
    x: Numbers
    y: Numbers
    confidence: Numbers | None = None  # None: not given
    size: Numbers | None = None  # px², of the animal; None: not given


class Arrays(NamedTuple):
    """Sightings, arranged as Tracks has them, and in its order."""

    frames: Numbers
    positions: Numbers
    confidence: Numbers
    individuals: tuple[str, ...]
    keypoints: tuple[str, ...]


def arrange(seen: Sightings, frames: Numbers | None = None) -> Arrays:
    """Return the sightings as arrays.

    ``frames`` adds frames that were looked at, whether or not an animal was seen. Raises Fault where a place is told
    twice, and where the arrays would need more than 8 GiB.
    """
    found = seen.frame.astype(np.int64)
    every = np.unique(found if frames is None else np.concatenate((found, frames.astype(np.int64))))
    shape = (len(every), len(seen.keypoint.names), len(seen.individual.names))
    require_room(*shape)
    row, part, who = np.searchsorted(every, found), seen.keypoint.place, seen.individual.place
    if len(found):
        _refuse_twice(np.ravel_multi_index((row, part, who), shape), seen)
    positions, confidence = np.full((shape[0], 2, *shape[1:]), np.nan), np.full(shape, np.nan)
    positions[row, 0, part, who], positions[row, 1, part, who] = seen.x, seen.y
    if seen.confidence is not None:
        confidence[row, part, who] = seen.confidence
    return Arrays(every, positions, confidence, seen.individual.names, seen.keypoint.names)


def require_room(frames: int, keypoints: int, individuals: int) -> None:
    """Raise Fault where so many places would need more than 8 GiB."""
    if 2 * frames * keypoints * individuals > MOST_VALUES:
        raise Fault(f"holds {individuals:,} animals over {frames:,} frames: too many for an array in memory")


def arrange_sizes(seen: Sightings, made: Arrays) -> Numbers | None:
    """Return the size of each animal in each frame, (n, individuals), of sightings arranged so; None: not given."""
    if seen.size is None:
        return None
    sizes = np.full((len(made.frames), len(made.individuals)), np.nan)
    sizes[np.searchsorted(made.frames, seen.frame.astype(np.int64)), seen.individual.place] = seen.size
    return sizes


def name_individuals(texts: Sequence[str]) -> Named:
    """Return the names of animals, by number, then by alphabet."""
    return _name(texts, sorted(set(texts), key=_by_number))


def name_keypoints(texts: Sequence[str]) -> Named:
    """Return the names of keypoints, in the order in which they come."""
    return _name(texts, list(dict.fromkeys(texts)))


def only_centroids(count: int) -> Named:
    """Return the column of names of ``count`` sightings that tell where an animal's middle was."""
    return Named((CENTROID,), np.zeros(count, dtype=np.int64))


def _name(texts: Sequence[str], names: Sequence[str]) -> Named:
    place = {name: number for number, name in enumerate(names)}
    return Named(tuple(names), np.array([place[text] for text in texts], dtype=np.int64))


def _by_number(name: str) -> tuple[int, int, str]:
    is_number = name.isascii() and name.isdecimal()
    return (0, int(name), name) if is_number else (1, 0, name)


def _refuse_twice(places: Numbers, seen: Sightings) -> None:
    _, first, count = np.unique(places, return_index=True, return_counts=True)
    for at in first[count > 1][:1]:
        animal = seen.individual.names[seen.individual.place[at]]
        raise Fault(f"has the animal {animal} twice in frame {int(seen.frame[at])}")
