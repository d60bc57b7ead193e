"""Tell how values are spread, group by group, exactly: from all values, sorted. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite

QUARTILES = (0.25, 0.5, 0.75)
NONE = float("nan")


@dataclass(frozen=True)
class Distribution:
    """How the values of a group are spread."""

    group: str  # a day, or a value of the lab's column; "": the lab says none
    n: int  # values; cells without a number do not count
    low: float  # the smallest
    q1: float
    median: float
    q3: float
    high: float  # the largest


class Groups:
    """The group of each row, by a number; more than ``most`` groups are none, and their rows are forgotten."""

    def __init__(self, most: int | None = None) -> None:
        self._most = most
        self._numbers: dict[str, int] = {}
        self.of_rows = array("I")
        self.are_too_many = False

    def add(self, names: Iterable[str]) -> None:
        """Take the groups of the next rows."""
        if self.are_too_many:
            return
        self.of_rows.extend([self._numbers.setdefault(name, len(self._numbers)) for name in names])
        if self._most is not None and len(self._numbers) - ("" in self._numbers) > self._most:
            self.are_too_many, self.of_rows = True, array("I")

    @property
    def names(self) -> list[str]:
        """Return the names of the groups, in the order of their numbers."""
        return list(self._numbers)

    @property
    def tells(self) -> bool:
        """Return whether the rows are in groups at all."""
        return not self.are_too_many and any(self._numbers)


def read_values(cells: Sequence[str]) -> Sequence[float]:
    """Return cells as numbers, NaN for what is none, or is not finite."""
    try:
        values = list(map(float, cells))
    except ValueError:
        values = [_value(cell) for cell in cells]
    return values


def _value(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return NONE


def spread(values: Sequence[float], groups: Groups) -> tuple[Distribution, ...]:
    """Return how the values of each group are spread that has any, by name: numbers by size, before other names.

    ``values`` has a value a row, NaN where there is none. Quartiles lie between two values as numpy's and R's do that
    are asked for nothing else (type 7 of Hyndman and Fan, The American Statistician 50, 1996).
    """
    buckets: list[list[float]] = [[] for _ in groups.names]
    for value, number in zip(values, groups.of_rows, strict=True):
        if isfinite(value):
            buckets[number].append(value)
    found = [_describe(name, bucket) for name, bucket in zip(groups.names, buckets, strict=True) if bucket]
    return tuple(sorted(found, key=lambda one: sort_key(one.group)))


def describe(name: str, values: Iterable[float]) -> Distribution | None:
    """Return how values are spread, None where there is none."""
    kept = [value for value in values if isfinite(value)]
    return _describe(name, kept) if kept else None


def _describe(name: str, values: list[float]) -> Distribution:
    values.sort()
    q1, middle, q3 = (_quantile(values, share) for share in QUARTILES)
    return Distribution(name, len(values), values[0], q1, middle, q3, values[-1])


def _quantile(values: Sequence[float], share: float) -> float:
    place = (len(values) - 1) * share
    below = int(place)
    low, high = values[below], values[min(below + 1, len(values) - 1)]
    return low if low == high else low * (1 - (place - below)) + high * (place - below)


def sort_key(name: str) -> tuple[int, float, str]:
    """Return the key that sorts groups: numbers by size, then names, then what has no name."""
    value = _value(name)
    return (0, value, name) if isfinite(value) else (2 if not name else 1, 0.0, name)
