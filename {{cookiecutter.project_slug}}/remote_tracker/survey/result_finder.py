"""Find the results of a unit in the listings of a tree, and the digest of its files as they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from os import stat_result

from ..model import Stage, Unit
from ..model.pattern import Pattern
from ..scan import Tree
from .proven import stat_digest

Made = Sequence[Sequence[stat_result]]  # for each output of a stage, the stats of its files that are there


class ResultFinder:
    """Finds the results of one stage's units; the patterns of its outputs are compiled once."""

    def __init__(self, stage: Stage, tree: Tree) -> None:
        self._tree = tree
        self._finders = [_finder(output.pattern, stage.unit_wildcards, tree) for output in stage.outputs]

    def look_for(self, unit: Unit) -> tuple[list[list[stat_result]], int]:
        """Return the unit's results, and the digest of its files; 0 where no result is there."""
        made = [find(unit.values) for find in self._finders]
        return made, self.digest(unit, made) if any(made) else 0

    def digest(self, unit: Unit, made: Made) -> int:
        """Return the digest of the unit's inputs and of its results ``made``."""
        inputs = [self._tree.stat(path) for files in unit.inputs for path in files]
        return stat_digest(inputs, [entry for found in made for entry in found])


def _finder(pattern: Pattern, wildcards: Sequence[str], tree: Tree) -> Callable[[Sequence[str]], list[stat_result]]:
    """Return what finds an output's files. It knows no ResultFinder: a scan frees no circles, and each holds a tree."""
    if pattern.is_glob:
        return lambda values: [entry for _, entry in tree.find(pattern, dict(zip(wildcards, values, strict=True)))]
    fill = pattern.filler(wildcards)
    return lambda values: [entry] if (entry := tree.stat(fill(values))) is not None else []
