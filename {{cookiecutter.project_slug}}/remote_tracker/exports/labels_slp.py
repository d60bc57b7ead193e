"""Write frames that are worth labelling as suggestions in a .slp file of SLEAP, with the positions found so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RemoteTrackerError
from ..tracks.tracks import Tracks
from .choose_frames import Chosen
from .needs import require_package
from .replacing import replacing


def require_sleap(unit: str) -> Any:
    """Return sleap-io; raises RemoteTrackerError where it is missing, or positions are in another unit than pixels."""
    if unit != "px":
        raise RemoteTrackerError(f"The tracker's positions are in {unit}, and SLEAP needs pixels. Type: --form csv")
    return require_package("sleap_io", "sleap-io", "", "labels")


def write_suggestions(
    chosen: Sequence[Chosen], videos: Mapping[str, str], tracks: Mapping[str, Tracks], place: Path
) -> Path:
    """Write the chosen frames as suggestions, each with the animals found there as predictions; return ``place``.

    ``videos`` and ``tracks`` map a video to its file and to its positions. Raises NotWritten where the file cannot be
    written.
    """
    sio = require_sleap("px")
    skeletons: dict[Any, Any] = {}
    films = {name: sio.Video.from_filename(videos[name]) for name in dict.fromkeys(one.video for one in chosen)}
    found = []
    for one in chosen:
        told = tracks[one.video]
        key = told.keypoints, told.edges
        skeletons.setdefault(key, _skeleton(sio, told))
        animals = _animals(sio, told, one.frame, skeletons[key])
        found.append(sio.LabeledFrame(video=films[one.video], frame_idx=one.frame, instances=animals))
    labels = sio.Labels(
        labeled_frames=[frame for frame in found if frame.instances],
        videos=list(films.values()),
        skeletons=list(skeletons.values()),
        suggestions=[sio.SuggestionFrame(video=films[one.video], frame_idx=one.frame) for one in chosen],
    )
    with replacing(place) as temporary:
        sio.save_slp(labels, str(temporary), verbose=False)
    return place


def _skeleton(sio: Any, told: Tracks) -> Any:
    edges = [(told.keypoints[a], told.keypoints[b]) for a, b in told.edges]
    return sio.Skeleton(nodes=list(told.keypoints), edges=edges, name="animal")


def _animals(sio: Any, told: Tracks, frame: int, skeleton: Any) -> list[Any]:
    """Return the animals that were found in a frame, as predictions that a person corrects."""
    row = int(np.searchsorted(told.frames, frame))
    if row == len(told.frames) or told.frames[row] != frame:
        return []
    found = []
    for animal in range(len(told.individuals)):
        points = told.positions[row, :, :, animal].T
        if np.isfinite(points).all(axis=1).any():
            scores = np.nan_to_num(told.confidence[row, :, animal])
            made = sio.PredictedInstance.from_numpy(points, skeleton, point_scores=scores, score=float(scores.mean()))
            found.append(made)
    return found
