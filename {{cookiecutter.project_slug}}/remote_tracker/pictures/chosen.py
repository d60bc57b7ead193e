"""Make the pictures of the videos that a person names, and say what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..measures.video_tracks import require_source
from ..model import Project
from ..report.words import FEW
from ..survey.named import find_named
from ..tables.read_videos import read_videos, result_stage
from ..tables.video_row import VideoRow
from ..text.counted import number_of
from ..text.visible import shown
from .make import WHOLE, Made, Tell, make_pictures
from .needs import require_drawing
from .places import PICTURES, picture_path


@dataclass(frozen=True)
class Chosen:
    """What became of the pictures of the videos that were named."""

    rows: Sequence[VideoRow]
    made: Made

    @property
    def whole(self) -> bool:
        """Return whether each video that was named has a picture of its result."""
        return not self.made.failed and all(row.state in WHOLE for row in self.rows)


def make_chosen(project: Project, names: Sequence[str], tell: Tell) -> Chosen:
    """Make the picture of each video that the names mean; no names mean all finished videos.

    Raises WrongUse for a name that means no video, RemoteTrackerError where the tracker does not say where animals
    were, or a package lacks.
    """
    require_source(project)
    require_drawing("Pictures")
    stage = result_stage(project)
    chosen = {seen.unit.key for name in names for _, seen in find_named(project, name, [stage])}
    rows = [row for row in read_videos(project) if row.video in chosen or (not names and row.state in WHOLE)]
    return Chosen(rows, make_pictures(project, rows, tell, are_all=not names))


def chosen_text(project: Project, chosen: Chosen) -> str:
    """Return what people read: where the pictures lie, and why which videos have none."""
    made, whole = chosen.made, [row for row in chosen.rows if row.state in WHOLE]
    shows = [row for row in whole if row.video not in made.failed]
    stage = result_stage(project)
    if len(shows) == 1:
        lines = [shown(str(picture_path(project, shows[0].video).relative_to(project.root)))]
    elif shows:
        kept = f", {made.kept:,} of them as before" if made.kept else ""
        lines = [f"{number_of(len(shows), 'pictures')} in {PICTURES}/, one a {stage.unit}{kept}."]
    else:
        lines = [] if chosen.rows else [f"No {stage.unit} is finished yet: there is nothing to draw."]
    waiting = [row for row in chosen.rows if row.state not in WHOLE]
    why = {row.video: f"it is not finished ({row.state})" for row in waiting} | {**made.failed}
    lines += [f"No picture: {shown(video)}: {shown(reason)}" for video, reason in [*why.items()][:FEW]]
    if len(why) > FEW:
        lines.append(f"No picture: {len(why) - FEW:,} more.")
    return "\n".join(lines)
