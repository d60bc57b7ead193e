"""The positions of the animals of one video, in the order of dimensions that movement has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # a cluster needs no numpy, and its import takes 90 ms
    import numpy.typing as npt


@dataclass(frozen=True)
class Tracks:
    """Where each keypoint of each animal was; NaN where it was not seen."""

    frames: npt.NDArray[Any]  # (n,) the frames' numbers in the video, from 0, ascending; a hole stays a hole
    positions: npt.NDArray[Any]  # (n, 2, keypoints, individuals): x and y in pixels, from the upper left corner
    confidence: npt.NDArray[Any]  # (n, keypoints, individuals), 0 to 1 or as the tracker gives it; NaN: not given
    individuals: tuple[str, ...]
    keypoints: tuple[str, ...]
    fps: float | None  # frames per second of the video; None: nobody knows it
    source: str  # the software, in movement's spelling where movement knows it
    edges: tuple[tuple[int, int], ...] = ()  # keypoints that a skeleton joins
