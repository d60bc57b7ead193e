"""Where the pictures of a project lie, its thumbnails, and the file that remembers their sources."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..model import Project
from ..named_tuple import NamedTuple
from ..records import batches_of
from ..tables.read_videos import result_stage
from .day_name import name_day

FOLDER = "Results/report"  # what the report needs beside its page; no result lies there
PICTURES = f"{FOLDER}/pictures"
ENDING = ".png"
BESIDE = "report"  # the same folder, as the page Results/report.html calls it


class Sprite(NamedTuple):
    """The thumbnails of a day in one file: cell 0 at the upper left, row by row."""

    file: str  # below the folder of Results/report.html
    width: int  # px, of one thumbnail
    height: int
    columns: int  # thumbnails side by side
    cells: Mapping[str, int]  # video -> the number of its thumbnail


def picture_path(project: Project, video: str) -> Path:
    """Return where the picture of a video lies, there or not."""
    return project.root / PICTURES / f"{video}{ENDING}"


def sprite_name(day: str) -> str:
    """Return the file with the thumbnails of a day, below the folder of Results/report.html."""
    return f"{BESIDE}/{name_day(day)}.thumbs.png"


def index_path(project: Project) -> Path:
    """Return the derived file with the sources of each picture; it may be deleted at any time."""
    stage = result_stage(project)
    return batches_of(project, stage).remembered("pictures", stage)


def load_sprites(project: Project) -> Mapping[str, Sprite]:
    """Return the thumbnails of each day that has some; a day whose file is gone is left out."""
    found = read_sprites(load_index(project))
    return {day: one for day, one in found.items() if (project.root / "Results" / one.file).is_file()}


def load_index(project: Project) -> Mapping[str, Any]:
    """Return what the derived file holds, nothing where it is not there or damaged."""
    try:
        told = json.loads(index_path(project).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def read_sprites(told: Mapping[str, Any]) -> dict[str, Sprite]:
    """Return the thumbnails of each day, as the derived file tells of them; none where it is damaged."""
    try:
        return {str(day): Sprite(**{**one, "cells": dict(one["cells"])}) for day, one in told["sprites"].items()}
    except (LookupError, TypeError, AttributeError, ValueError):
        return {}
