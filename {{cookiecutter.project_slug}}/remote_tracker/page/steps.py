"""Find the unit of each step that worked for a video: a step before may call it by the file that it reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..model import Stage
from ..survey import Examined

Pair = tuple[Stage, Examined]


class Step:
    """The units of a step, found by the names and wildcards of another step's units."""

    def __init__(self, stage: Stage, units: Iterable[Examined], last: Stage) -> None:
        self.stage, self._by_name = stage, dict[str, Examined]()
        shared = [name for name in stage.unit_wildcards if name in last.unit_wildcards]
        self._mine = [stage.unit_wildcards.index(name) for name in shared]
        self._theirs = [last.unit_wildcards.index(name) for name in shared]
        self._by_values = dict[tuple[str, ...], list[Examined]]()
        for one in units:
            self._by_name[one.unit.key] = one
            self._by_values.setdefault(_values(one, self._mine), []).append(one)

    def find(self, other: Examined) -> Examined | None:
        """Return the unit with the name of ``other``, else the only unit whose shared wildcards have its values."""
        if other.unit.key in self._by_name:
            return self._by_name[other.unit.key]
        alike = self._by_values.get(_values(other, self._theirs), ()) if self._theirs else ()
        return alike[0] if len(alike) == 1 else None


def _values(one: Examined, places: Sequence[int]) -> tuple[str, ...]:
    return tuple(one.unit.values[place] for place in places)


def units_of(steps: Sequence[Step], last: Stage, one: Examined) -> Iterator[Pair]:
    """Yield the units that worked for ``one``, a unit of the step ``last``, in the order of steps, then it itself."""
    for step in steps:
        if found := step.find(one):
            yield step.stage, found
    yield last, one
