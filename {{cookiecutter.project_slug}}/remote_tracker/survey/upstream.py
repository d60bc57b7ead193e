"""What a unit waits for: every unit of an earlier stage that agrees on the wildcards they share.

Where a file connects two stages, the file says which units agree. Where none does (``after``), or where its name
is not known before it is made (a glob, a file in an output folder), the values of the wildcards are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..model import Project, Stage, State, Unit
from ..model.pattern import Pattern, Wildcard, expression, feeds
from ..scan import ExpectedOutput
from .decision import Decision, word_of

CANNOT_COME = (State.INVALID, State.SET_ASIDE)
Examine = Callable[[Stage], Iterable[tuple[Unit, Decision]]]
Connection = tuple[str, Pattern]
Key = tuple[str, ...]


class Blocker(NamedTuple):
    """What is said of an unfinished unit of an earlier stage; ``lost`` where it will not be finished by itself."""

    word: str
    lost: bool


@dataclass(frozen=True)
class SharedWildcards:
    """An earlier stage's units by the values of the wildcards ``shared`` with it: how many, and the unfinished."""

    shared: tuple[str, ...]
    totals: Counter[tuple[str, ...]] = field(default_factory=Counter)
    blockers: dict[tuple[str, ...], list[Blocker]] = field(default_factory=dict)

    def note(self, source: Stage, unit: Unit, blocker: Blocker) -> None:
        """Take one unit of the earlier stage."""
        key = self.key(source, unit)
        self.totals[key] += 1
        if blocker.word:
            self.blockers.setdefault(key, []).append(blocker)

    def key(self, stage: Stage, unit: Unit) -> tuple[str, ...]:
        """Return the unit's values of the shared wildcards."""
        values = _comparable(dict(zip(stage.unit_wildcards, unit.values, strict=True)))
        return tuple(values[name] for name in self.shared)


class Upstream(NamedTuple):
    """What earlier stages mean for one stage: the files they promise, by input, and the units to agree with."""

    stage: Stage
    promised: Mapping[str, list[ExpectedOutput]]
    agreements: Sequence[SharedWildcards]

    def hold(self, units: Iterator[Unit]) -> Iterator[Unit]:
        """Return the units; those that must wait for one they agree with say so."""
        return map(self._held, units) if self.agreements else units

    def _held(self, unit: Unit) -> Unit:
        for agreement in self.agreements:
            key = agreement.key(self.stage, unit)
            blockers, total = agreement.blockers.get(key, []), agreement.totals[key]
            if self.stage.per and (len(blockers) < total or not all(b.lost for b in blockers)):
                blockers = [b for b in blockers if not b.lost]  # a group goes without what is lost, if anything is left
            if blockers and not unit.waits:
                unit = unit._replace(waits=_told(blockers, total), lost=any(b.lost for b in blockers))
        return unit


def find_upstream(project: Project, stage: Stage, examine: Examine) -> Upstream:
    """Return what the stages before this one mean for it; ``examine`` looks at each unit of a stage."""
    promised: dict[str, list[ExpectedOutput]] = {}
    agreements = []
    stages = project.tracker.stages
    for source in stages[: stages.index(stage)]:
        links = _links(source, stage)
        agreement = SharedWildcards(_shared(source, stage)) if _must_agree(source, stage) else None
        for unit, decision in examine(source) if links or agreement else ():
            blocker = _blocker_of(source, unit, decision)
            values = dict(zip(source.unit_wildcards, unit.values, strict=True)) if links else {}
            for name, pattern in links:
                promised.setdefault(name, []).append(ExpectedOutput(pattern.fill(values), blocker.word, blocker.lost))
            if agreement:
                agreement.note(source, unit, blocker)
        agreements += [agreement] if agreement else []
    return Upstream(stage, promised, agreements)


class Link(NamedTuple):
    """What tells which units of an earlier stage one of a later stage follows from: those with a key in common."""

    above: Callable[[Unit], list[Key]]
    below: Callable[[Unit], list[Key]]


def find_link(source: Stage, stage: Stage) -> Link | None:
    """Return what binds two stages, None where nothing does.

    Where a file connects them it is that file, or, of a group, the group that the file belongs to; where none does
    it is the values of the wildcards they share.
    """
    links = [(name, made, _wanted(stage, name)) for name, made in _links(source, stage)]
    shared = SharedWildcards(_shared(source, stage)) if _must_agree(source, stage) else None

    def above(unit: Unit) -> list[Key]:
        values = dict(zip(source.unit_wildcards, unit.values, strict=True))
        keys: list[Key] = [shared.key(source, unit)] if shared else []
        for name, made, wanted in links:
            path = made.fill(values)
            found = wanted.match(path) or {}
            keys.append((name, *[found[w] for w in stage.per if w in found]) if stage.per else (name, path))
        return keys

    def below(unit: Unit) -> list[Key]:
        values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
        keys: list[Key] = [shared.key(stage, unit)] if shared else []
        if stage.per:
            return [*keys, *((name, *[values[w] for w in stage.per if w in p.wildcards]) for name, _, p in links)]
        names = [wanted.name for wanted in stage.inputs]
        return [*keys, *((name, path) for name, paths in zip(names, unit.inputs, strict=True) for path in paths)]

    return Link(above, below) if links or shared else None


def _wanted(stage: Stage, name: str) -> Pattern:
    return next(i.pattern for i in stage.inputs if i.name == name)


def _blocker_of(source: Stage, unit: Unit, decision: Decision) -> Blocker:
    if decision.state is State.FINISHED:
        return Blocker("", False)
    word = "not ready" if decision.state is State.WAITING else word_of(decision)
    return Blocker(f"{unit.key} ({source.name}: {word})", decision.state in CANNOT_COME or unit.lost)


def _told(blockers: Sequence[Blocker], total: int) -> str:
    more = f", and {len(blockers) - 1} more" if len(blockers) > 1 else ""
    return blockers[0].word if total == 1 else f"{len(blockers)} of {total} not finished: {blockers[0].word}{more}"


def _links(source: Stage, stage: Stage) -> list[Connection]:
    """Return the inputs whose files the earlier stage makes, each with the output's pattern."""
    pairs = ((i, o.pattern) for i in stage.inputs for o in source.outputs)
    return [(i.name, made) for i, made in pairs if not made.is_glob and _meets(made, i.pattern)]


def _meets(made: Pattern, wanted: Pattern) -> bool:
    """Return whether one path could be both; either may say by a wildcard what the other says in full."""
    return feeds(made, wanted) or feeds(wanted, made)


def _must_agree(source: Stage, stage: Stage) -> bool:
    """Return whether units are compared by wildcards: asked for, or because no exact file connects the two."""
    pairs = ((o.pattern, i.pattern) for i in stage.inputs for o in source.outputs)
    return source.name in stage.after or any(
        (made.is_glob and _meets(made, wanted)) or (made.is_folder and _lies_in(made, wanted)) for made, wanted in pairs
    )


def _lies_in(made: Pattern, wanted: Pattern) -> bool:
    """Return whether what is wanted can lie in a folder that the other pattern makes."""
    sample = made.fill({name: "d/d" if name == "subdir" else "x" for name in made.wildcards})
    loose = [Wildcard(p.name) if isinstance(p, Wildcard) else p for p in wanted.pieces]
    above = (
        (*loose[:index], piece[: slash.end()])
        for index, piece in enumerate(loose)
        if isinstance(piece, str)
        for slash in re.finditer("/", piece)
    )
    return not wanted.is_folder and any(re.fullmatch(expression(pieces), sample) for pieces in above)


def _shared(source: Stage, stage: Stage) -> tuple[str, ...]:
    theirs, ours = (_comparable(dict.fromkeys(s.unit_wildcards, "")) for s in (source, stage))
    return tuple(name for name in ours if name in theirs)


def _comparable(values: dict[str, str]) -> dict[str, str]:
    """Return the values with ``subdir`` as the whole path of folders and ``day`` as its first, as any stage cuts it."""
    if "subdir" not in values:
        return values
    folders = "/".join(values[w] for w in ("day", "subdir") if values.get(w))
    return {**values, "subdir": folders, "day": folders.partition("/")[0]}
