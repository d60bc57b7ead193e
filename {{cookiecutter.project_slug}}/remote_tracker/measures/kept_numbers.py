"""Keep what the tracks of each video come to, by the content of its result, in a file that may be deleted any time."""

from __future__ import annotations

from ..model import Project, Stage
from ..tables.video_row import VideoRow
from .track_numbers import TrackNumbers


class KeptNumbers:
    """The numbers of the videos of a step, computed where they are not known yet.

    ``lacks`` is "" or the line that says what must be installed before tracks can be read; kept numbers are told all
    the same. ``computed`` is how many videos' tracks were read.
    """

    def __init__(self, project: Project, stage: Stage) -> None:
        self._project, self._stage = project, stage
        self.lacks, self.computed = "", 0

    @property
    def has_tracks(self) -> bool:
        """Return whether the tracker says where its results hold positions."""
        return self._stage.tracks is not None

    def numbers(self, row: VideoRow) -> TrackNumbers | None:
        """Return a video's numbers, None where it is not finished, or its tracks cannot be read: see why_not."""
        return None

    def why_not(self, video: str) -> str:
        """Return why a finished video that was asked for has no numbers, "" where it has."""
        return ""

    def write(self) -> None:
        """Write the file, where something is news."""
