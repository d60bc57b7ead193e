"""Look into results that nobody examined yet, in the process that sifts their folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..model import Unit
from ..named_tuple import NamedTuple
from ..scan import Tree
from .collisions import refuse_collisions
from .examine_unit import Look
from .fast_path import FastScan
from .prove import Findings


class NewResults(NamedTuple):
    """Settles units whose results are new, as parallel.py asks for it."""

    look: Look
    attempts: int  # as in Look.decide
    tell: Callable[[int], None] | None = None  # called with the number of results looked into since the last call

    def apart(self, tree: Tree) -> NewResults:
        """Return what settles the units in the folders of ``tree`` alone, and remembers apart what it finds."""
        return self._replace(look=self.look.apart(tree))

    def settle(self, units: Sequence[Unit], sift: FastScan) -> list[Unit]:
        """Count in ``sift`` the units that are merely finished, and return the others."""
        rest = []
        for unit in refuse_collisions(sift.stage, units):
            decision = None if unit.key in sift.touched else self.look.settle(unit, self.attempts)
            if decision:
                sift.count_settled(unit, decision.cause)
            else:
                rest.append(unit)
        return rest

    @property
    def findings(self) -> Findings:
        """Return what was found apart."""
        return self.look.findings

    def take(self, found: Findings) -> None:
        """Remember what was found apart, in whichever process, and tell how many results were looked into."""
        self.look.take(found)
        if self.tell:
            self.tell(len(found.digests) + len(found.told))
