"""Gather all that the page shows, as the page's data (format 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .. import __version__
from ..errors import RemoteTrackerError
from ..model import Project
from ..remote.seen import seen_lines
from ..report.next_step import next_text
from ..report.usage import usage_lines
from ..survey.sentences import STATE_WORDS
from ..tables.lab_table import NO_LAB_TABLE, LabTable, load_lab_table
from ..tables.video_row import VideoRow
from ..tables.write_tables import names_of_ours
from ..text.visible import shown
from .day_name import name_day
from .look import Seen, day_of
from .made_with import describe_sets
from .needs import failures_of, find_groups, find_needs
from .spread import medians_by, spread_by
from .video_columns import video_columns

FORMAT = 1
FOLDER = "report"  # of the days' files, beside the page
ORDER = [word for _, word in STATE_WORDS] + ["archived"]


def gather(seen: Seen, now: datetime) -> dict[str, Any]:
    """Return the page's data of a project that was looked at just now, at ``now``."""
    project, rows = seen.project, seen.rows
    groups, sets = find_groups(seen), describe_sets(project, seen.stage, rows)
    lab, notes = _load_lab(project)
    states = find_states(rows)
    return {
        "format": FORMAT,
        "project": _describe_project(seen, now),
        "states": states,
        "days": [_day(day, [rows[index] for index in indices], states) for day, indices in seen.days.items()],
        "needs": find_needs(seen, groups),
        "next": [next_text(project, seen.situation(), here=str(project.root))],
        "rate": "",
        "failures": failures_of(project, groups),
        "columns": video_columns(rows, {one["digest"]: one["differs"] for one in sets}, lab),
        "parameters": sets,
        "features": [],
        "features_left": [],
        "animals": spread_by((day_of(row), row.animals) for row in rows),
        "stands_out": [],
        "heat": [],
        "machine": {"usage": list(usage_lines(project)), "waits": [], "slow": [], "nodes": _nodes(rows)},
        "methods": {"text": "", "bibtex": "", "left_out": []},
        "sprites": {},
        "day_files": {shown(day): f"{FOLDER}/{name_day(day)}" for day in seen.days},
        "notes": [*seen_lines(project), *notes],
    }


def _describe_project(seen: Seen, now: datetime) -> dict[str, str]:
    project = seen.project
    return {
        "name": shown(project.name or project.root.name),
        "tracker": project.tracker.name,
        "version": __version__,
        "cluster": project.cluster.name,
        "made_at": now.isoformat(timespec="seconds"),
        "counts": seen.stage.counts,
        "unit": seen.stage.unit,
    }


def find_states(rows: Sequence[VideoRow]) -> list[str]:
    """Return the words for the states that rows are in, in the order of ./rt status; finished and to do always."""
    words = {"finished", "to do", *(row.state for row in rows)}
    return sorted(words, key=lambda word: ORDER.index(word) if word in ORDER else len(ORDER))


def _day(day: str, rows: Sequence[VideoRow], states: Sequence[str]) -> dict[str, Any]:
    counts: Mapping[str, int] = Counter(row.state for row in rows)
    file = f"{FOLDER}/{name_day(day)}.html"
    return {"day": shown(day), "counts": [counts[state] for state in states], "file": file}


def _load_lab(project: Project) -> tuple[LabTable, list[str]]:
    """Return the lab's own table, and a note where it cannot be read."""
    try:
        return load_lab_table(project.root, names_of_ours()), []
    except RemoteTrackerError as error:
        return NO_LAB_TABLE, [f"No columns of the lab's own table: {error}"]


def _nodes(rows: Sequence[VideoRow]) -> list[dict[str, Any]]:
    reached = medians_by((shown(row.node), row.fps_reached) for row in rows if row.node)
    return [
        {"node": node, "videos": count, "median_fps": float(f"{middle:.5g}")}
        for node, (count, middle) in reached.items()
    ]
