"""Tell whether a unit's files lie where nobody can look just now: its results are then neither there nor gone."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Stage, Unit
from ..scan import Tree


def find_blind(stage: Stage, unit: Unit, tree: Tree) -> str:
    """Return which folder of the unit's inputs or results cannot be read just now, and why; "" for none."""
    return next(filter(None, map(tree.is_blind, _paths_of(stage, unit))), "")


def _paths_of(stage: Stage, unit: Unit) -> Iterator[str]:
    yield from (path for files in unit.inputs for path in files)
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    for pattern in (output.pattern for output in stage.outputs):
        yield pattern.fill_glob(values) if pattern.is_glob else pattern.fill(values)
