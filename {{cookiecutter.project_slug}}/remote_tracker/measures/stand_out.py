"""Name the videos that are far from the others in what their tracks come to, with the reason in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..tables.video_row import VideoRow
from .track_numbers import TrackNumbers


def find_standing_out(rows: Sequence[tuple[VideoRow, TrackNumbers | None]]) -> Mapping[str, tuple[str, ...]]:
    """Return video -> the reasons why it stands out, for the videos that do."""
    return {}
