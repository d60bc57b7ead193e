"""Read when a video began, from the column session_start of the lab's table of videos."""

from __future__ import annotations

from datetime import datetime

from ..summaries.find import LAB_TABLE
from ..tables.video_row import VideoRow
from .each_video import NotExported

START = "session_start"


def read_start(row: VideoRow) -> datetime | None:
    """Return when the video began, None where the lab's table does not say it; raises NotExported for another text."""
    said = row.lab.get(START, "").strip()
    if not said:
        return None
    try:
        if ":" not in said:  # a day alone would be read as its midnight
            raise ValueError
        return datetime.fromisoformat(said.removesuffix("Z") + "+00:00" * said.endswith("Z"))
    except ValueError:
        told = f'{START} in {LAB_TABLE} is "{said}", which is no day and time'
        raise NotExported(f"{told}: write it as 2026-01-31T09:30:00+01:00") from None
