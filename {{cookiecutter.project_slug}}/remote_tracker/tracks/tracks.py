"""The positions of the animals of one video, in the order of dimensions that movement has."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..named_tuple import NamedTuple

if TYPE_CHECKING:
    import numpy.typing as npt


class Scale(NamedTuple):
    """How long the unit of positions is."""

    size: float  # in ``unit``
    unit: str  # as people write it: µm, mm, cm


@dataclass(frozen=True)
class Tracks:
    """Where each keypoint of each animal was; NaN where it was not seen."""

    frames: npt.NDArray[Any]  # (n,) the frames' numbers in the video, from 0, ascending; a hole stays a hole
    positions: npt.NDArray[Any]  # (n, 2, keypoints, individuals): x and y, from the upper left corner
    confidence: npt.NDArray[Any]  # (n, keypoints, individuals), 0 to 1 or as the tracker gives it; NaN: not given
    individuals: tuple[str, ...]
    keypoints: tuple[str, ...]
    fps: float | None  # frames per second of the video; None: nobody knows it
    source: str  # the software, in movement's spelling where movement knows it
    edges: tuple[tuple[int, int], ...] = ()  # keypoints that a skeleton joins
    unit: str = "px"  # of the positions
    times: npt.NDArray[Any] | None = None  # (n,) s: when each frame was, where they are not evenly spaced
    size: npt.NDArray[Any] | None = None  # (n, individuals) px², NaN where not seen; None: nobody tells it
    scale: Scale | None = None  # how long a px is, where the result says it

    @property
    def seconds(self) -> npt.NDArray[Any] | None:
        """Return when each frame was, in s from the video's start; None where nobody knows it."""
        if self.times is not None or self.fps is None:
            return self.times
        seconds: npt.NDArray[Any] = self.frames / self.fps
        return seconds

    def time_of(self, frame: int) -> float | None:
        """Return when a frame was, in s from the video's start; None where nobody knows it."""
        if self.times is None:
            return None if self.fps is None else frame / self.fps
        return float(np.interp(frame, self.frames, self.times))


def fill_holes(tracks: Tracks, first: int | None = None) -> Tracks:
    """Return the tracks with every frame from ``first`` (None: the first that they have) to their last; NaN in holes.

    Where frames are not evenly spaced, the time of a frame in a hole is put evenly between its neighbours' times.
    """
    if not len(tracks.frames):
        return tracks
    begin = int(tracks.frames[0]) if first is None else first
    frames = np.arange(begin, int(tracks.frames[-1]) + 1)
    place = tracks.frames - begin
    positions = np.full((len(frames), *tracks.positions.shape[1:]), np.nan)
    confidence = np.full((len(frames), *tracks.confidence.shape[1:]), np.nan)
    positions[place], confidence[place] = tracks.positions, tracks.confidence
    times = None if tracks.times is None else np.interp(frames, tracks.frames, tracks.times)
    size = None if tracks.size is None else np.full((len(frames), tracks.size.shape[1]), np.nan)
    if size is not None:
        size[place] = tracks.size
    return replace(tracks, frames=frames, positions=positions, confidence=confidence, times=times, size=size)
