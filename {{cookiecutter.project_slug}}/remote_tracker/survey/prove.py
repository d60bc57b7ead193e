"""Read the files of a unit: do its results hold, and which of its successes vouches for them?"""

from __future__ import annotations

from array import array
from copy import copy
from itertools import chain

from ..checks import QUICK
from ..model import Project, Record, Stage, Unit
from ..named_tuple import NamedTuple
from ..records import History
from ..scan import Tree
from .unit_files import finds_nothing, verify_deep
from .upstream import is_derived
from .vouch import Place, Voucher, find_voucher, places_of_inputs, places_of_results, rebase

NO_VOUCHER = Voucher(None)  # a single value, which other processes hand back for thousands of units


class Proof(NamedTuple):
    """What reading a unit's files told."""

    bad: str  # the first check that fails; "": none fails
    voucher: Voucher
    is_empty: bool = False  # nothing fails, and nothing was found in the video


class Findings(NamedTuple):
    """What a look apart has found, in whichever process."""

    digests: array[int]  # of results that are whole
    told: dict[str, Proof]  # by unit, what the files of units told that need a closer look
    sampled: int  # how many units were recognised by samples of their files


class Prover:
    """Reads the files of one stage's units, whose history it knows."""

    def __init__(self, project: Project, stage: Stage, tree: Tree, history: History, depth: int = QUICK) -> None:
        self._project, self._stage, self._tree, self._history, self._depth = project, stage, tree, history, depth
        self._is_derived = is_derived(project, stage)
        self._by_name = bool(stage.per)  # a group's result, as a day's table, names the files that it was made from

    def at(self, tree: Tree) -> Prover:
        """Return what reads the files of units in another tree."""
        other = copy(self)
        other._tree = tree
        return other

    def prove(self, unit: Unit, whole: bool = True, bad: str = "") -> Proof:
        """Read the files of a unit; its results where all are there (``whole``) and not known to be ``bad``."""
        if whole and not bad:
            bad = verify_deep(self._project, self._stage, unit, self._tree, self._depth)
        is_empty = whole and not bad and finds_nothing(self._project, self._stage, unit, self._tree)
        return Proof(bad, self._vouch(unit, whole), is_empty)

    def _vouch(self, unit: Unit, whole: bool) -> Voucher:
        """Return what the unit's successes say; of a unit that never finished no file is compared."""
        successes = self._history.youngest_first(unit.key)
        if (youngest := next(successes, None)) is None:
            return NO_VOUCHER
        results = places_of_results(self._stage, unit, self._tree) if whole else []
        inputs = self._places_of_inputs(unit) if whole or not self._is_derived else []
        found = chain([youngest], successes)
        return find_voucher(found, self._history.entries, unit.mark, inputs, results, self._by_name)

    def rebase(self, record: Record, unit: Unit) -> Record:
        """Return a record with its inputs named as they are now, where they hold what they held then."""
        entries, inputs = self._history.entries(record), self._places_of_inputs(unit)
        return rebase(record, entries, unit.mark, inputs, self._by_name)[0]

    def _places_of_inputs(self, unit: Unit) -> list[Place]:
        """Return the inputs to compare by content: none for a stage that works in place on what earlier stages made.

        Such programs keep more than the declared files, so that a step is made again after each step before it.
        """
        is_by_times = self._is_derived and self._stage.work == "in-place"
        return [] if is_by_times else places_of_inputs(unit, self._tree)
