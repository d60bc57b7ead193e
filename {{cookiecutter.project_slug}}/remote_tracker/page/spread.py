"""Say how numbers are spread: least, quartiles, greatest, as a box plot draws them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import quantiles
from typing import Any

from .column import rounded


def spread_of(numbers: Sequence[float]) -> dict[str, float | None]:
    """Return low, q1, median, q3 and high of at least one number; quartiles as R's type 7 and numpy have them."""
    ordered = sorted(numbers)
    q1, middle, q3 = quantiles(ordered, n=4, method="inclusive") if len(ordered) > 1 else ordered * 3
    spread = {"low": ordered[0], "q1": q1, "median": middle, "q3": q3, "high": ordered[-1]}
    return {name: rounded(value) for name, value in spread.items()}


def spread_by(pairs: Iterable[tuple[str, float | None]]) -> list[dict[str, Any]]:
    """Return, for each group with a number, how the numbers of its pairs are spread; groups by name."""
    return [{"group": name, "n": len(held), **spread_of(held)} for name, held in sorted(grouped(pairs).items())]


def grouped(pairs: Iterable[tuple[str, float | None]]) -> dict[str, list[float]]:
    """Return the numbers of each group; None is left out."""
    groups: dict[str, list[float]] = {}
    for name, value in pairs:
        if value is not None:
            groups.setdefault(name, []).append(value)
    return groups
