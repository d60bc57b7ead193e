"""Look at each unit of a stage for somebody who holds all of them: most are told as their folder is sifted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from ..model import State, Unit
from ..scan import Tree
from .decision import Decision
from .examine_unit import UNTOUCHED, Look
from .fast_path import FastScan
from .options import Examined


def find_held(
    tree: Tree, sift: FastScan, look: Look, look_at: Callable[[Iterable[Unit]], Iterator[Examined]]
) -> Iterator[Examined]:
    """Yield each unit with the decision on it, in the scan's order; all folders are sifted before the first.

    ``sift`` tells the names of finished files. What it leaves over, ``look_at`` decides on, of all folders together, so
    that many new results are looked into side by side.
    """
    sheets = [*sift.find_sheets(tree)]
    looked = look_at(chain.from_iterable(sheet.others for sheet in sheets))
    finished, empty = Decision(State.FINISHED), frozenset(sift.empty_names)

    def decide(unit: Unit) -> Examined:
        remark, is_empty = look.others.get(unit.key), unit.key in empty
        told = finished._replace(cause=remark, is_empty=is_empty) if remark or is_empty else finished
        return Examined(unit, told)

    for sheet in sheets:
        look.finished += len(sheet.finished)
        decided = [*map(decide, sheet.finished)]
        if sheet.untouched:
            decided = [*in_order(decided, (Examined(unit, UNTOUCHED) for unit in sheet.untouched))]
        yield from in_order(decided, islice(looked, len(sheet.others))) if sheet.others else decided


def in_order(decided: Sequence[Examined], looked: Iterator[Examined]) -> Iterable[Examined]:
    """Return the units of both, all of a folder, in a scan's order; each must be sorted already."""
    if not decided:
        return looked
    rest = [*looked]
    return sorted([*decided, *rest], key=lambda seen: seen.unit.inputs) if rest else decided
