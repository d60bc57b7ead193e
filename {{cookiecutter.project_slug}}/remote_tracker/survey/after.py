"""What a unit waits for: every unit of an earlier stage that agrees on the wildcards they share.

Where a file connects two stages, the file says which unit that is. Where none does (``after``), or where its name
is not known before it is made (a glob, a file in an output folder), the wildcards of both are compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model import Project, Stage, State, Unit
from ..pattern import Pattern, Wildcard, expression, feeds
from ..scan import Expected
from ..state import Decision

LOST = (State.INVALID, State.SET_ASIDE)
Examine = Callable[[Stage], Iterable[tuple[Unit, Decision]]]


class Blocker(NamedTuple):
    """An unfinished unit of an earlier stage; ``lost`` where it will not be finished by itself."""

    word: str
    lost: bool


class Agreement(NamedTuple):
    """An earlier stage's units by the values of the wildcards shared with it: how many, and the unfinished ones."""

    shared: tuple[str, ...]
    totals: Mapping[tuple[str, ...], int]
    blockers: Mapping[tuple[str, ...], Sequence[Blocker]]


class Upstream(NamedTuple):
    """What earlier stages mean for one stage: files ``promised``, by input, and units to agree with."""

    stage: Stage
    promised: Mapping[str, list[Expected]]
    agreements: Sequence[Agreement]

    def hold(self, units: Iterator[Unit]) -> Iterator[Unit]:
        """Return the units, those that must wait for one they agree with saying so."""
        return map(self._held, units) if self.agreements else units

    def _held(self, unit: Unit) -> Unit:
        values = _agreeable(self.stage.unit_wildcards, unit.values)
        for agreement in self.agreements:
            key = tuple(values[name] for name in agreement.shared)
            blockers, total = agreement.blockers.get(key, ()), agreement.totals.get(key, 0)
            if self.stage.per and len(blockers) < total:  # a group goes without what is lost, as it does by files
                blockers = [b for b in blockers if not b.lost]
            if blockers and not unit.waits:
                lost = any(b.lost for b in blockers)
                return unit._replace(waits=_told(blockers, total), lost=lost)
        return unit


def find_upstream(project: Project, stage: Stage, examine: Examine) -> Upstream:
    """Return what the stages before this one mean for it; ``examine`` looks at all units of a stage."""
    promised: dict[str, list[Expected]] = {}
    agreements = []
    for source in _before(project, stage):
        links = [
            (i.name, o.pattern) for i in stage.inputs for o in source.outputs if _is_exact(o.pattern, i.pattern)
        ]
        agrees = source.name in stage.after or any(
            _is_loose(o.pattern, i.pattern) for i in stage.inputs for o in source.outputs
        )
        if not links and not agrees:
            continue
        agreement = _start_agreement(source, stage)
        for unit, decision in examine(source):
            blocker = _blocker_of(unit, decision)
            for name, pattern in links:
                path = pattern.fill(dict(zip(source.unit_wildcards, unit.values, strict=True)))
                promised.setdefault(name, []).append(Expected(path, blocker.word, blocker.lost))
            if agrees:
                _note(agreement, source, unit, blocker)
        agreements += [agreement] if agrees else []
    return Upstream(stage, promised, agreements)
