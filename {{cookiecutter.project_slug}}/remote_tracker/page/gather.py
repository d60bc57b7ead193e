"""Gather all that the page shows, as the page's data (format 1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .. import __version__
from ..errors import RemoteTrackerError
from ..measures.distributions import Distribution, Feature, read_distributions
from ..model import Project
from ..pictures.day_name import name_day
from ..pictures.places import load_sprites
from ..report.next_step import next_text
from ..report.rate import find_rate, tell_rate
from ..shell.copies import begin_copy
from ..tables.lab_table import NO_LAB_TABLE, LabTable, load_lab_table
from ..tables.methods import describe_methods
from ..tables.video_row import VideoRow
from ..tables.write_tables import names_of_ours
from ..text.visible import shown
from .column import rounded
from .day_page import ORDER
from .look import Seen, day_of
from .machine import machine_of, memory_columns
from .made_with import describe_sets
from .needs import failures_of, find_groups, find_needs
from .numbers import tell_tracks
from .spread import spread_by
from .thumbnails import sprites_of
from .video_columns import Columns, video_columns, with_tracks
from .words import word_columns

FORMAT = 1
MANY = 1000  # rows: the tracks of fewer are told sooner than another process starts
FOLDER = "report"  # of the days' files, beside the page


def gather(seen: Seen, now: datetime, notes: Sequence[str] = ()) -> dict[str, Any]:
    """Return the page's data of a project that was looked at just now, at ``now``; ``notes`` come first among its own.

    Tracks that are not known yet are read, and remembered. No picture is made.
    """
    project, rows = seen.project, seen.rows
    wait = begin_copy(tell_tracks, seen) if len(rows) >= MANY else lambda: tell_tracks(seen)
    groups, sets = find_groups(seen), describe_sets(project, seen.stage, rows)
    lab, lab_notes = _load_lab(project)
    memory, memory_notes = memory_columns(seen)
    methods, method_notes = _describe_methods(seen)
    features, feature_notes = _features(project, lab)
    rate = find_rate(project, seen.found, now)
    states, words = find_states(rows), word_columns(rows, seen.reviewed)
    columns = video_columns(rows, Columns({one["digest"]: one["differs"] for one in sets}, lab, words, memory))
    data = {
        "format": FORMAT,
        "project": _describe_project(seen, now),
        "states": states,
        "days": [_day(day, [rows[index] for index in indices], states) for day, indices in seen.days.items()],
        "needs": find_needs(seen, groups),
        "next": [next_text(project, seen.situation, here=str(project.root))],
        "rate": tell_rate(rate) if rate else "",
        "failures": failures_of(project, groups),
        "parameters": sets,
        **features,
        "animals": spread_by((day_of(row), row.animals) for row in rows),
        "machine": machine_of(seen),
        "methods": methods,
        "sprites": sprites_of(seen, load_sprites(project)),
        "day_files": {day: f"{FOLDER}/{name_day(day)}" for day in seen.days},
    }
    tracks = wait()
    return {
        **data,
        "columns": with_tracks(columns, words, tracks.reasons, tracks.columns),
        "stands_out": tracks.stands_out,
        "heat": tracks.heat,
        "notes": [*notes, *seen.notes, *lab_notes, *tracks.notes, *memory_notes, *feature_notes, *method_notes],
    }


def _describe_methods(seen: Seen) -> tuple[dict[str, Any], list[str]]:
    try:
        text, bibtex, left_out = describe_methods(seen.project, seen.rows)
    except RemoteTrackerError as error:
        return {"text": "", "bibtex": "", "left_out": []}, [f"No methods: {error}"]
    return {"text": text, "bibtex": bibtex, "left_out": list(left_out)}, []


def _features(project: Project, lab: LabTable) -> tuple[dict[str, Any], list[str]]:
    try:
        found = read_distributions(project, lab)
    except RemoteTrackerError as error:
        return {"features": [], "features_left": []}, [f"No features: {error}"]
    return {"features": [_feature(one) for one in found.shown], "features_left": list(found.left)}, []


def _feature(one: Feature) -> dict[str, Any]:
    by = {column: [_distribution(told) for told in groups] for column, groups in one.by.items()}
    return {"name": one.name, "unit": one.unit, "meaning": one.meaning, "by": by}


def _distribution(one: Distribution) -> dict[str, Any]:
    numbers = {name: rounded(getattr(one, name)) for name in ("low", "q1", "median", "q3", "high")}
    return {"group": one.group, "n": one.n, **numbers}


def _describe_project(seen: Seen, now: datetime) -> dict[str, str]:
    project = seen.project
    return {
        "name": name_of(project),
        "tracker": project.tracker.name,
        "version": __version__,
        "cluster": project.cluster.name,
        "made_at": now.isoformat(timespec="seconds"),
        "counts": seen.stage.counts,
        "unit": seen.stage.unit,
    }


def name_of(project: Project) -> str:
    """Return what the page calls the project."""
    return shown(project.name or project.root.name)


def find_states(rows: Sequence[VideoRow]) -> list[str]:
    """Return the words for the states that rows are in, in the order of ./rt status; finished and to do always."""
    words = {"finished", "to do", *(row.state for row in rows)}
    return sorted(words, key=lambda word: ORDER.index(word) if word in ORDER else len(ORDER))


def _day(day: str, rows: Sequence[VideoRow], states: Sequence[str]) -> dict[str, Any]:
    counts: Mapping[str, int] = Counter(row.state for row in rows)
    file = f"{FOLDER}/{name_day(day)}.html"
    return {"day": day, "counts": [counts[state] for state in states], "file": file}


def _load_lab(project: Project) -> tuple[LabTable, list[str]]:
    """Return the lab's own table, and a note where it cannot be read."""
    try:
        return load_lab_table(project.root, names_of_ours(), undone=""), []
    except RemoteTrackerError as error:
        return NO_LAB_TABLE, [f"No columns of the lab's own table: {error}"]
