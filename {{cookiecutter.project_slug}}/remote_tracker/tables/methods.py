"""Describe how results were made, as a paper's methods say it, with the works to cite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..model import Project
from .video_row import VideoRow


class Methods(NamedTuple):
    """A paragraph for a paper."""

    text: str  # the paragraph
    bibtex: str  # the works that the paragraph cites, and remote-tracker itself
    left_out: tuple[str, ...]  # what the paragraph cannot say, and why: a line each


def describe_methods(project: Project, rows: Iterable[VideoRow]) -> Methods:
    """Return how the results of these videos were made; ``rows`` are all rows of the project's table of videos."""
    raise NotImplementedError(project.name, rows)
