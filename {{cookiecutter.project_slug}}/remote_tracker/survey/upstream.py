"""Find what a unit waits for: every unit of an earlier stage that agrees with it on the wildcards they share.

Where a file connects two stages, the file tells which units agree. Where no file does (``after``), or where the file's
name is not known before it is made (a glob, a file in an output folder), the values of the wildcards are compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from ..model import FIRST_FOLDER, Cause, DayFolders, Project, Stage, State, Unit
from ..model.pattern import Pattern, RequiredFolders, Wildcard, expression, feeds
from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass, field
from ..scan import ExpectedOutput
from .decision import Decision
from .states import word_of

CANNOT_COME = (State.INVALID, State.SET_ASIDE)
Examine = Callable[[Stage], Iterable[tuple[Unit, Decision]]]
Connection = tuple[str, Pattern]
LinkKey = tuple[str, ...]


class Blocker(NamedTuple):
    """A unit of an earlier stage, as far as it keeps a later unit waiting."""

    word: str  # what people are told about the unfinished unit; "": it is finished
    lost: bool  # it will not be finished by itself


@dataclass(frozen=True)
class SharedWildcards:
    """The units of an earlier stage, by the values of the wildcards that two stages share."""

    shared: tuple[str, ...]  # the names of the wildcards
    day: DayFolders  # which folders make a day
    totals: Counter[tuple[str, ...]] = field(default_factory=Counter)  # values -> how many units
    blockers: dict[tuple[str, ...], list[Blocker]] = field(default_factory=dict)  # values -> the unfinished units

    def note(self, source: Stage, unit: Unit, blocker: Blocker) -> None:
        """Count a unit of the earlier stage, and keep its blocker where it is unfinished."""
        key = self.key(source, unit)
        self.totals[key] += 1
        if blocker.word:
            self.blockers.setdefault(key, []).append(blocker)

    def key(self, stage: Stage, unit: Unit) -> tuple[str, ...]:
        """Return the unit's values of the shared wildcards."""
        values = _comparable(dict(zip(stage.unit_wildcards, unit.values, strict=True)), self.day)
        return tuple(values[name] for name in self.shared)


class Upstream(NamedTuple):
    """What a stage must expect from the stages before it."""

    stage: Stage
    promised: Mapping[str, list[ExpectedOutput]]  # the stage's input -> the files that earlier stages will make for it
    agreements: Sequence[SharedWildcards]  # the units of each earlier stage that units are compared with by wildcards

    def hold(self, units: Iterator[Unit]) -> Iterator[Unit]:
        """Return the units; a unit that must wait for a unit with which it agrees says so in ``waits``."""
        return map(self._held, units) if self.agreements else units

    def _held(self, unit: Unit) -> Unit:
        for agreement in self.agreements:
            key = agreement.key(self.stage, unit)
            blockers, total = agreement.blockers.get(key, []), agreement.totals[key]
            if self.stage.per and (len(blockers) < total or not all(b.lost for b in blockers)):
                blockers = [b for b in blockers if not b.lost]  # a group goes without lost units, if any unit is left
            if blockers and not unit.waits:
                unit = unit._replace(waits=_told(blockers, total), lost=any(b.lost for b in blockers))
        return unit


def find_upstream(project: Project, stage: Stage, examine: Examine) -> Upstream:
    """Return what a stage must expect from the stages before it; ``examine`` decides on each unit of such a stage."""
    promised: dict[str, list[ExpectedOutput]] = {}
    agreements = []
    stages = project.tracker.stages
    for source in stages[: stages.index(stage)]:
        links = _links(source, stage)
        agreement = _agreement(source, stage)
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
    """How two stages' units belong together: a later unit is made from the earlier units with which it shares a key."""

    above: Callable[[Unit], list[LinkKey]]  # the keys of a unit of the earlier stage
    below: Callable[[Unit], list[LinkKey]]  # the keys of a unit of the later stage


def is_derived(project: Project, stage: Stage) -> bool:
    """Return whether a stage reads what earlier stages make."""
    return bool(find_awaited(project, stage))


def find_awaited(project: Project, stage: Stage) -> list[str]:
    """Return the names of the earlier stages that a stage waits for, in the tracker's order."""
    earlier = takewhile(lambda other: other.name != stage.name, project.tracker.stages)
    return [source.name for source in earlier if find_link(source, stage)]


def find_link(source: Stage, stage: Stage) -> Link | None:
    """Return how the units of two stages belong together, None where the stages are not connected.

    Where a file connects the stages the key is that file, or, where the later stage gathers files, the group that the
    file belongs to. Where no file does, the key is the values of the wildcards that they share.
    """
    links = [(name, made, _wanted(stage, name)) for name, made in _links(source, stage)]
    shared = _agreement(source, stage)

    def above(unit: Unit) -> list[LinkKey]:
        values = dict(zip(source.unit_wildcards, unit.values, strict=True))
        keys: list[LinkKey] = [shared.key(source, unit)] if shared else []
        for name, made, wanted in links:
            path = made.fill(values)
            found = wanted.match(path) or {}
            keys.append((name, *[found[w] for w in stage.per if w in found]) if stage.per else (name, path))
        return keys

    def below(unit: Unit) -> list[LinkKey]:
        values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
        keys: list[LinkKey] = [shared.key(stage, unit)] if shared else []
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
    is_stray = decision.cause is Cause.COPY_BROKEN_OFF  # nothing arrives any more: no day waits for it
    word = "a copy of it was broken off" if is_stray else word
    return Blocker(f"{unit.key} ({source.name}: {word})", is_stray or decision.state in CANNOT_COME or unit.lost)


def _told(blockers: Sequence[Blocker], total: int) -> str:
    more = f", and {len(blockers) - 1} more" if len(blockers) > 1 else ""
    return blockers[0].word if total == 1 else f"{len(blockers)} of {total} not finished: {blockers[0].word}{more}"


def _links(source: Stage, stage: Stage) -> list[Connection]:
    """Return the inputs of ``stage`` whose files ``source`` makes, each with the pattern of the output."""
    pairs = ((i, o.pattern) for i in stage.inputs for o in source.outputs)
    return [(i.name, made) for i, made in pairs if not made.is_glob and _meets(made, i.pattern)]


def _meets(made: Pattern, wanted: Pattern) -> bool:
    """Return whether a path can match both patterns; either may have a wildcard where the other has a word."""
    return feeds(made, wanted) or feeds(wanted, made)


def _must_agree(source: Stage, stage: Stage) -> bool:
    """Return whether units are compared by wildcards: ``after`` asks for it, or no exact file connects the stages."""
    pairs = ((o.pattern, i.pattern) for i in stage.inputs for o in source.outputs)
    return source.name in stage.after or any(
        (made.is_glob and _meets(made, wanted)) or (made.is_folder and _lies_in(made, wanted)) for made, wanted in pairs
    )


def _lies_in(made: Pattern, wanted: Pattern) -> bool:
    """Return whether the files of ``wanted`` can lie in a folder that ``made`` makes."""
    sample = made.fill({name: "d/d" if name == "subdir" else "x" for name in made.wildcards})
    loose = [Wildcard(p.name) if isinstance(p, Wildcard) else p for p in wanted.pieces]
    above = (
        (*loose[:index], piece[: slash.end()])
        for index, piece in enumerate(loose)
        if isinstance(piece, str)
        for slash in re.finditer("/", piece)
    )
    return not wanted.is_folder and any(re.fullmatch(expression(pieces), sample) for pieces in above)


def _agreement(source: Stage, stage: Stage) -> SharedWildcards | None:
    """Return by which wildcards the units of two stages are compared, None where files alone connect the stages."""
    if not _must_agree(source, stage):
        return None
    pieces = (piece for one in (*source.inputs, *stage.inputs) for piece in one.pattern.pieces)
    day = next(
        (DayFolders(str(p.rule)) for p in pieces if isinstance(p, RequiredFolders) and p.name == "day"), FIRST_FOLDER
    )
    theirs, ours = (_comparable(dict.fromkeys(s.unit_wildcards, ""), day) for s in (source, stage))
    return SharedWildcards(tuple(name for name in ours if name in theirs), day)


def _comparable(values: dict[str, str], day: DayFolders) -> dict[str, str]:
    """Return the values with ``subdir`` as the path of all folders, and their ``day``, as stages cut differently."""
    if "subdir" not in values:
        return values
    folders = "/".join(values[w] for w in ("day", "subdir") if values.get(w))
    return {**values, "subdir": folders, "day": day.day_of(folders)}
