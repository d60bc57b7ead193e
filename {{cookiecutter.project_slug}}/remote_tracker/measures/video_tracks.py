"""Read where the animals of a video were, from its results, by the reader that its tracker names."""

from __future__ import annotations

import os

from ..checks.clause import Fault
from ..checks.places import absence, find_inside
from ..errors import RemoteTrackerError
from ..model import Project
from ..model.track_source import TrackSource
from ..scan import Tree
from ..tables.read_videos import result_stage
from ..tables.video_row import VideoRow
from ..text.visible import shown
from ..tracks.forms import FORMS
from ..tracks.given import Given
from ..tracks.tracks import Tracks


class NoTracks(RemoteTrackerError):
    """The positions of a video cannot be read; the message names the file and says why."""

    lasts = True  # for as long as the result is as it is


class NotNow(NoTracks):
    """The machine does not give the positions of a video out now: it may another time."""

    lasts = False


def require_source(project: Project) -> TrackSource:
    """Return where the tracker's results hold positions; raises RemoteTrackerError where they say it nowhere."""
    stage = result_stage(project)
    if stage.tracks is None:
        raise RemoteTrackerError(
            f'{project.tracker.folder / "tracker.yml"}: the step "{stage.name}" does not say where animals were. '
            'Write "tracks" into it: ./rt docs tracker-yml'
        )
    return stage.tracks


def read_tracks(project: Project, row: VideoRow, fps: float | None = None) -> Tracks:
    """Return where the animals of the video in ``row`` were.

    Frames per second are the result's, else the video's, else ``fps``. Raises NoTracks where the result cannot be
    read, RemoteTrackerError where the tracker does not say where animals were.
    """
    source = require_source(project)
    outputs = _find_outputs(project, row)
    paths = find_inside("", outputs.get(source.output, ()), source.file)
    given = Given(paths, source.columns, row.fps or fps, project.tracker.name, source.unit)
    try:
        return FORMS[source.form](given)
    except Fault as fault:
        raise NoTracks(f"{_name(project, paths)} {fault}") from None
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError):
            raise NotNow(f"{_name(project, paths)} {absence(''.join(paths[:1]), error)}") from None
        raise NoTracks(f"{_name(project, paths)} is no UTF-8 text") from None


def _find_outputs(project: Project, row: VideoRow) -> dict[str, tuple[str, ...]]:
    """Return the absolute paths of the results in ``row`` by the names of the step's outputs."""
    place = Tree(project.root, project.videos).place
    stage = result_stage(project)
    return {
        output.name: tuple(
            place(path)
            for path in row.results
            if output.pattern.match(f"{path}/" if output.pattern.is_folder else path) is not None
        )
        for output in stage.outputs
    }


def _name(project: Project, paths: tuple[str, ...]) -> str:
    names = [os.path.relpath(path, project.root) for path in paths]
    return shown(names[0]) if len(names) == 1 else "its result"
