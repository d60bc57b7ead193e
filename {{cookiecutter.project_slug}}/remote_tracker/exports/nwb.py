"""Write the positions of the animals of each video as an NWB file, one PoseEstimation of ndx-pose an animal."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..model import Project
from ..named_tuple import NamedTuple
from ..tables.video_row import VideoRow
from ..tracks.tracks import Tracks, fill_holes
from .each_video import Exported, NotExported, export_videos
from .replacing import replacing
from .subject import Subject, read_subject

ENDING = ".nwb"
MODULE = "behavior"  # where movement and others look for poses
SKELETONS = "Skeletons"
CORNER = "(0, 0) is the upper left corner of the video, x goes to the right and y down"
NO_RATE = "nobody says the frame rate, and NWB counts in seconds alone: type --fps N"


class Timed(NamedTuple):
    """Tracks, and what tells NWB when each of their frames was."""

    tracks: Tracks
    times: dict[str, Any]  # starting_time and rate, or timestamps


def export_nwb(project: Project, names: Sequence[str], into: Path, fps: float | None) -> Exported:
    """Write an NWB file for each finished video that the names mean; no names mean all.

    ``fps`` counts where neither the result nor the video says how many frames a second there are. Raises as
    export_videos does.
    """
    return export_videos(project, names, into, ENDING, fps, partial(write_nwb, project.name))


def write_nwb(project: str, row: VideoRow, tracks: Tracks, place: Path) -> None:
    """Write the file of a video of the project that is called ``project``.

    Raises NotExported where the lab's table lacks what NWB demands or nobody knows the frame rate, NotWritten, with
    the old file left as it is, where the file cannot be written.
    """
    made = make_nwbfile(project, row, time_tracks(tracks), read_subject(row))
    with replacing(place) as temporary, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*extension")  # the temporary name does not end as NWB wants it
        with import_module("pynwb").NWBHDF5IO(str(temporary), "w") as file:
            file.write(made)


def time_tracks(tracks: Tracks) -> Timed:
    """Return the tracks with their rate, or with timestamps where frames are not evenly spaced.

    With a rate they have each frame from the video's first on, NaN where nothing was seen: readers number rows, and
    would close a hole. Raises NotExported where nobody knows the frame rate.
    """
    if tracks.times is not None:
        return Timed(tracks, {"timestamps": tracks.times})
    if tracks.fps is None:
        raise NotExported(NO_RATE)
    return Timed(fill_holes(tracks, 0), {"starting_time": 0.0, "rate": tracks.fps})


def make_nwbfile(project: str, row: VideoRow, timed: Timed, subject: Subject) -> Any:
    """Return pynwb's file of a video, with its animals in the processing module "behavior"."""
    pynwb, pose = import_module("pynwb"), import_module("ndx_pose")
    tracks = timed.tracks
    made = pynwb.NWBFile(
        session_description=f"Positions of the animals in the video {row.video}, found by {tracks.source}.",
        identifier=f"{project}: {row.video}",
        session_start_time=subject.start,
        subject=pynwb.file.Subject(
            subject_id=subject.subject, species=subject.species, sex=subject.sex, age=subject.age
        ),
    )
    edges = np.array(tracks.edges, dtype=np.uint8) if tracks.edges else None
    skeleton = pose.Skeleton(name="skeleton", nodes=list(tracks.keypoints), edges=edges)
    module = made.create_processing_module(name=MODULE, description="Positions of animals in a video.")
    module.add(pose.Skeletons(name=SKELETONS, skeletons=[skeleton]))
    for number, key in enumerate(name_keys(tracks.individuals, taken=(SKELETONS,))):
        module.add(
            pose.PoseEstimation(
                name=key,
                pose_estimation_series=list(_series(timed, number)),
                description=f"The animal {tracks.individuals[number]} in {', '.join(row.raw) or row.video}.",
                source_software=tracks.source,
                source_software_version=row.version or None,
                skeleton=skeleton,
            )
        )
    return made


def name_keys(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Return a name in the file for each animal or keypoint: NWB's names hold no / and no :, and differ."""
    keys: list[str] = []
    for name in names:
        key = name.replace("/", "_").replace(":", "_") or "_"
        while key in (*keys, *taken):
            key += "_"
        keys.append(key)
    return keys


def _series(timed: Timed, individual: int) -> Iterator[Any]:
    """Yield a series for each keypoint of an animal."""
    tracks = timed.tracks
    make = import_module("ndx_pose").PoseEstimationSeries
    for number, key in enumerate(name_keys(tracks.keypoints)):
        sure = tracks.confidence[:, number, individual]
        given: dict[str, Any] = {}
        if np.isfinite(sure).any():
            given = {"confidence": _packed(sure), "confidence_definition": f"as {tracks.source} gives it"}
        yield make(
            name=key,
            data=_packed(tracks.positions[:, :, number, individual]),
            reference_frame=CORNER,
            unit="pixels" if tracks.unit == "px" else tracks.unit,
            description=f"The place of {tracks.keypoints[number]}.",
            **timed.times,
            **given,
        )


def _packed(values: npt.NDArray[Any]) -> Any:
    return import_module("pynwb").H5DataIO(np.ascontiguousarray(values), compression="gzip")
