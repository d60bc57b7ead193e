"""Write a video as a row of the table of videos: the text of each cell, "" where a value is not known."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from ..scan import Tree
from ..summaries.paths import path_below
from .video_row import VideoRow

BETWEEN = ";"  # stands between the paths of several files
BEFORE_LAB = ("file_id", "day", "video", "sub", "ses")  # the lab's own columns stand behind them
_OFFSET = re.compile(r"T\d\d:\d\d:\d\d[+-]\d{4}$")
Place = Callable[[str], str]  # a path of the project -> where it lies for whoever reads the table


def places_for(root: Path, videos: str, paths_for: str) -> Place:
    """Return what gives a path of the project as it is on this machine, or below the folder ``paths_for`` elsewhere."""
    if paths_for:
        return lambda path: path_below(path, paths_for)
    tree = Tree(root.absolute(), videos)
    return lambda path: os.path.abspath(tree.place(path)) + ("/" if path.endswith("/") else "")


def cells_of(row: VideoRow, place: Place) -> dict[str, str]:
    """Return column -> text, for all columns but the lab's own, in the order of the table."""
    there = [path for path in row.results if path.rstrip("/") == row.result.rstrip("/")] if row.result else []
    return {
        "file_id": row.file_id,
        "day": row.day,
        "video": row.video,
        "sub": row.sub,
        "ses": row.ses,
        "state": row.state,
        "reason": row.reason,
        "raw": _joined(map(place, row.raw)),
        "result": _joined(map(place, there or row.results)),
        "fps": _number(row.fps),
        "frames": _text(row.frames),
        "frames_tracked": _text(row.tracked),
        "animals": _text(row.animals),
        "tracker": row.tracker,
        "version": row.version,
        "parameters": row.parameters,
        "batch": row.batch,
        "task": _text(row.task),
        "node": row.node,
        "seconds": _text(row.seconds),
        "fps_reached": _number(row.fps_reached),
        "sha256_video": row.sha256_raw,
        "sha256_result": row.sha256_result,
        "proven_at": _time(row.proven),
        "changed_since": "yes" if row.changed else "",
        "reviewed": _time(row.reviewed),
        "word": "" if row.word_lapsed else row.word,
    }


def _joined(paths: Iterable[str]) -> str:
    return BETWEEN.join(paths)


def _time(text: str) -> str:
    """Return a time with a colon in its offset from UTC, as ISO 8601 wants it where the time has colons."""
    return f"{text[:-2]}:{text[-2:]}" if _OFFSET.search(text) else text


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.8g}"
