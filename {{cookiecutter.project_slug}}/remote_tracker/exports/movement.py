"""Write the positions of the animals of each video as a netCDF file that movement loads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ..disk.files import make_folder, write_file
from ..model import Project
from ..tables.video_row import VideoRow
from ..tracks.tracks import Tracks, fill_holes
from .each_video import Exported, export_videos
from .replacing import replacing
from .session_start import read_start

ENDING = ".nc"
LOADER = "load.py"
LOAD = '''\
"""Load a day: from load import load_day; ds = load_day("20260101"). ds.clock is the time of day, where it is known."""
import pathlib, xarray
def load_day(day="", folder=pathlib.Path(__file__).parent):
    videos = [xarray.open_dataset(path) for path in sorted(folder.joinpath(day).rglob("*.nc"))]
    assert len({v.time_unit for v in videos}) == 1, "the frame rate of some videos is not known: load them one by one"
    how = {"join": "outer", "coords": ["start"], "compat": "equals", "combine_attrs": "drop_conflicts"}
    ds = xarray.concat(videos, "video", **how)
    return ds.assign_coords(clock=ds.start + (ds.time * 1e9).round().astype("timedelta64[ns]"))
'''


def export_movement(project: Project, names: Sequence[str], into: Path, fps: float | None) -> Exported:
    """Write a netCDF file for each finished video that the names mean (none: all), and load.py beside them.

    ``fps`` counts where neither the result nor the video says how many frames a second there are. Raises as
    export_videos does.
    """
    done = export_videos(project, names, into, ENDING, fps, write_netcdf)
    make_folder(into)
    write_file(into / LOADER, LOAD)
    return done


def write_netcdf(row: VideoRow, tracks: Tracks, place: Path) -> None:
    """Write the file of a video; raises NotWritten, with the old file left as it is."""
    dataset = make_dataset(row, tracks)
    with replacing(place) as temporary:
        dataset.to_netcdf(temporary, encoding={name: {"zlib": True} for name in dataset.data_vars})


def make_dataset(row: VideoRow, tracks: Tracks) -> Any:
    """Return movement's dataset of a video: time in s from the video's start, in frames where nobody knows the rate.

    It has a row for each frame from the first to the last that the result tells of, NaN where nothing was seen; the
    coordinate ``start`` is when the video began, NaT where the lab's table does not say it.
    """
    full = fill_holes(tracks)
    made = import_module("movement.io.load_poses").from_numpy(
        position_array=full.positions,
        confidence_array=full.confidence,
        individual_names=list(full.individuals),
        keypoint_names=list(full.keypoints),
        fps=full.fps,
        source_software=full.source,
    )
    seconds = full.seconds
    start = read_start(row)
    made = made.assign_coords(
        time=full.frames if seconds is None else seconds, video=row.video, start=np.datetime64(_clock(start), "ns")
    )
    told = {"time_unit": "frames" if seconds is None else "seconds", "space_unit": full.unit}
    told |= {"source_file": ", ".join(row.results), "day": row.day, "session_start": row.lab.get("session_start", "")}
    made.attrs = {name: value for name, value in {**made.attrs, **told}.items() if value is not None}
    return made


def _clock(start: datetime | None) -> str:
    """Return the time on the lab's clock, without its time zone; NaT where it is not known."""
    return start.replace(tzinfo=None).isoformat() if start else "NaT"
