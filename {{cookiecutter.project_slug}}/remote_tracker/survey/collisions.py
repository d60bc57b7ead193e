"""Refuse units of a stage whose results would have the same names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from ..model import Stage, Unit
from ..scan import SplitPattern
from .fast_path import is_siftable

Claim = tuple[object, ...]


def refuse_collisions(stage: Stage, units: Iterable[Unit]) -> Iterator[Unit]:
    """Yield the units; units whose results would have the same name are each given a problem that says so."""
    have = stage.unit_wildcards
    short = {o.pattern.wildcards for o in stage.outputs if set(o.pattern.wildcards) < set(have)}
    claimed = [tuple(have.index(w) for w in wildcards) for wildcards in sorted(short)]
    if not short:
        yield from units
        return
    for group in _groups(stage, units):
        claims: dict[Claim, list[str]] = {}
        for unit in group:
            for claim in _claims(unit, claimed):
                claims.setdefault(claim, []).append(unit.key)
        for unit in group:
            rivals = (key for claim in _claims(unit, claimed) for key in claims[claim] if key != unit.key)
            rival = next(rivals, "")
            if rival and not unit.problem:
                unit = unit._replace(problem=f"its results would have the same names as those of {rival}")
            yield unit


def _claims(unit: Unit, claimed: Sequence[tuple[int, ...]]) -> list[Claim]:
    """Return, for each output whose name lacks some of the unit's wildcards, the values that its name is made from."""
    return [(places, *[unit.values[i] for i in places]) for places in claimed]


def _groups(stage: Stage, units: Iterable[Unit]) -> Iterable[list[Unit]]:
    """Return the units in groups whose results cannot collide with another group's: by folder where that suffices."""
    if not is_siftable(stage):
        return [list(units)]
    depth = len(SplitPattern(stage.inputs[0].pattern).folder.groupindex)
    return (list(group) for _, group in groupby(units, key=lambda unit: unit.values[:depth]))
