"""Tell how the values of each feature are spread; what was computed of a joined table is kept as long as that stands.

The file may be deleted any time. 200,000 rows of 14 features take 5 s.
"""

from __future__ import annotations

import json
import os
from dataclasses import astuple
from typing import Any

from ..disk.derived import write_derived
from ..model import Project
from ..records import batches_of
from ..report.next_step import JOINED
from ..survey.proven import numbers_of
from ..tables.lab_table import LabTable
from ..tables.read_videos import result_stage
from ..tables.write_tables import ANIMALS, PACKAGE
from .features import MOST_GROUPS, MOST_SHOWN, NO_FEATURES, Feature, Features, compute_features
from .spread import Distribution

__all__ = ["Distribution", "Feature", "Features", "read_distributions"]
FORM = 1  # counted up where the same table would be told in another way


def read_distributions(project: Project, lab: LabTable) -> Features:
    """Return what compute_features tells of the joined table; raises as it does."""
    stage = result_stage(project)
    path, key = batches_of(project, stage).remembered("features", stage), _key_of(project, lab)
    if key is None:
        return NO_FEATURES
    try:
        return _read(json.loads(path.read_bytes()), key)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        found = compute_features(project, lab)
        write_derived(path, json.dumps([key, list(map(_told, found.shown)), found.left]))
        return found


def _told(one: Feature) -> list[Any]:
    return [one.name, one.unit, one.meaning, {name: list(map(astuple, found)) for name, found in one.by.items()}]


def _key_of(project: Project, lab: LabTable) -> list[Any] | None:
    """Return what tells a joined table and its description from others, None where nothing is joined."""
    try:
        stats = [numbers_of(os.stat(project.root / JOINED / name)) for name in (ANIMALS, PACKAGE)]
    except FileNotFoundError:
        stats = []
    is_joined = (project.root / JOINED / ANIMALS).is_file()
    return [FORM, MOST_SHOWN, MOST_GROUPS, list(lab.columns), list(map(list, stats))] if is_joined else None


def _read(told: Any, key: list[Any]) -> Features:
    """Return the features that a file tells; raises ValueError where they are another table's."""
    of, shown, left = told
    if of != key or not key[-1]:
        raise ValueError("another table")
    features = [
        Feature(name, unit, meaning, {group: tuple(Distribution(*one) for one in found) for group, found in by.items()})
        for name, unit, meaning, by in shown
    ]
    return Features(tuple(features), tuple(left))
