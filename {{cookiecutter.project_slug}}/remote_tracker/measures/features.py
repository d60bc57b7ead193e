"""Compute how the values of each feature are spread, by day and by the lab's own columns, from the joined table."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Project
from ..report.next_step import JOINED
from ..tables.lab_table import LabTable
from ..tables.write_tables import ANIMALS, PACKAGE
from .joined_animals import JoinedAnimals, open_animals
from .joined_columns import Described, describe_columns
from .spread import Distribution, Groups, read_values, spread

MOST_SHOWN = 40  # features; the others are named
MOST_GROUPS = 12  # different values of a column of the lab's by which features are grouped
MOST_VALUES = 8_000_000  # held at a time: 64 MB; for more the table is read several times
DAY = "day"


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


def compute_features(project: Project, lab: LabTable) -> Features:
    """Return the features of the joined table of animals; NO_FEATURES where nothing is joined.

    At most MOST_SHOWN columns of numbers are shown: those first whose meaning is defined, each in the order of the
    table. A column of the lab's makes groups where the table has at most MOST_GROUPS different values of it. All
    numbers are exact. Raises RemoteTrackerError, which names the table, where it cannot be read.
    """
    folder = project.root / JOINED
    if not (folder / ANIMALS).is_file():
        return NO_FEATURES
    table = open_animals(folder / ANIMALS, f"{JOINED}/{ANIMALS}")
    ours, features = describe_columns(folder / PACKAGE, table.columns, lab.columns)
    shown = choose_shown(features)
    groups = _read_groups(table, ours)
    found: list[Feature] = []
    each = max(1, MOST_VALUES // max(1, table.rows))
    for start in range(0, len(shown), each):
        found += _read_features(table, shown[start : start + each], groups)
    names = {one.name for one in shown}
    return Features(tuple(found), tuple(one.name for one in features if one.name not in names))


def choose_shown(features: Sequence[Described]) -> list[Described]:
    """Return at most MOST_SHOWN of the features that are numbers, in their order: defined features go first.

    What their values are decides nothing: features that are chosen for their differences differ by chance, too.
    """
    numbers = [one for one in features if one.is_number]
    chosen = sorted(numbers, key=lambda one: not one.meaning)[:MOST_SHOWN]
    return [one for one in numbers if one in chosen]


def _read_groups(table: JoinedAnimals, ours: Sequence[str]) -> Mapping[str, Groups]:
    """Return the groups of the table's rows by its day and by each of the lab's columns that makes groups."""
    groups = {DAY: Groups(), **{name: Groups(MOST_GROUPS) for name in ours}}
    for columns in table.read(list(groups)):
        for name, cells in zip(groups, columns, strict=True):
            groups[name].add(cells)
    return {name: found for name, found in groups.items() if name == DAY or found.tells}


def _read_features(table: JoinedAnimals, shown: Sequence[Described], groups: Mapping[str, Groups]) -> list[Feature]:
    values = [array("d") for _ in shown]
    for columns in table.read([one.name for one in shown]):
        for held, cells in zip(values, columns, strict=True):
            held.extend(read_values(cells))
    found = []
    for one, held in zip(shown, values, strict=True):
        by = {name: spread(held, group) for name, group in groups.items()}
        found.append(Feature(one.name, one.unit, one.meaning, by))
    return found
