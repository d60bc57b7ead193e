"""Tell how the values of each feature are spread, by day and by the lab's own columns, from the joined table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..model import Project
from ..tables.lab_table import LabTable

MOST_SHOWN = 40  # features; the others are named
MOST_GROUPS = 12  # different values of a column of the lab's by which features are grouped


@dataclass(frozen=True)
class Distribution:
    """How the values of a group are spread; quartiles are interpolated as numpy and R do by default."""

    group: str  # a day, or a value of the lab's column; "": the lab says none
    n: int  # values; cells without a number do not count
    low: float  # the smallest
    q1: float
    median: float
    q3: float
    high: float  # the largest


@dataclass(frozen=True)
class Feature:
    """A feature, and how its values are spread in each group, by the name of the column that makes the groups."""

    name: str
    unit: str
    meaning: str
    by: Mapping[str, tuple[Distribution, ...]]  # "day", then the lab's columns


@dataclass(frozen=True)
class Features:
    """The features that are shown, and the names of the others."""

    shown: tuple[Feature, ...] = ()
    left: tuple[str, ...] = ()


NO_FEATURES = Features()


def read_distributions(project: Project, lab: LabTable) -> Features:
    """Return the features of the joined table of animals; NO_FEATURES where nothing is joined."""
    return NO_FEATURES
