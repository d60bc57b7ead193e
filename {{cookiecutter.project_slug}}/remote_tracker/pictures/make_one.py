"""Make the picture and the thumbnail of one video: read its tracks and a frame, draw, write."""

from __future__ import annotations

import cv2

from ..disk.files import make_folder, write_file
from ..errors import RemoteTrackerError
from ..measures.video_tracks import read_tracks
from ..model import Project
from ..named_tuple import NamedTuple
from ..scan import Tree
from ..tables.video_row import VideoRow
from .draw import draw_picture, thumbnail
from .frame import read_frame
from .palette import Image
from .places import picture_path


class Drawn(NamedTuple):
    """What became of the picture of a video: its thumbnail, or why it could not be made."""

    video: str
    small: Image | None
    why_not: str = ""


def end_threads() -> None:
    """End the threads of OpenCV, which a fork of this process lacks; a fork that called this would wait for them."""
    cv2.setNumThreads(1)


def make_one(project: Project, row: VideoRow) -> Drawn:
    """Write the picture of a video and return its thumbnail; a failure is said, not raised."""
    try:
        tracks = read_tracks(project, row)
        place = Tree(project.root, project.videos).place
        first = int(tracks.frames[0]) if len(tracks.frames) else 0
        frame = read_frame([place(path) for path in row.raw], first)
        target = picture_path(project, row.video)
        make_folder(target.parent)
        write_file(target, draw_picture(frame.image, tracks, row.video, frame.why_not))
        return Drawn(row.video, thumbnail(frame.image, tracks))
    except RemoteTrackerError as error:  # of the tracks, or of the disk
        return Drawn(row.video, None, str(error))
    except (cv2.error, ArithmeticError, ValueError, IndexError, MemoryError) as error:  # of numbers that nobody foresaw
        said = " ".join(str(error).split())
        return Drawn(row.video, None, f"cannot be drawn ({type(error).__name__}: {said})")
