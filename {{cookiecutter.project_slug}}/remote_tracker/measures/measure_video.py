"""Read the tracks of a video and compute their numbers, or say why that cannot be."""

from __future__ import annotations

from ..errors import RemoteTrackerError
from ..model import Project
from ..named_tuple import NamedTuple
from ..tables.video_row import VideoRow
from ..tracks.forms import FORMS
from .measure_tracks import measure
from .track_numbers import TrackNumbers
from .video_tracks import NoTracks, read_tracks, require_source


class Measured(NamedTuple):
    """The numbers of a video's tracks, or why there are none."""

    numbers: TrackNumbers | None
    why_not: str = ""
    lasts: bool = True  # whether the same result would give the same again


def load_reader(project: Project) -> None:
    """Import what reads the tracks of the project's videos; raises ImportError where a package lacks."""
    FORMS[require_source(project).form]


def measure_video(project: Project, row: VideoRow) -> Measured:
    """Return the numbers of the tracks of the video in ``row``, whatever its result holds; no error leaves it."""
    picture = (row.width, row.height) if row.width and row.height else None
    try:
        return Measured(measure(read_tracks(project, row), picture))
    except NoTracks as error:
        return Measured(None, str(error), error.lasts)
    except RemoteTrackerError as error:  # as where h5py is too old for the file
        return Measured(None, str(error), False)
    except MemoryError:
        return Measured(None, "its tracks do not fit into the memory of this machine", False)
    except Exception as error:  # a single odd result must not take the page from all others
        told = " ".join(str(error).split())[:200]
        return Measured(None, f"its tracks cannot be read ({type(error).__name__}: {told})", False)
