"""Recognise videos that were renamed, or moved to another day, by what they hold: their results lie under old names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..content.digest import sample_of
from ..content.entry import Entry
from ..model import Cause, Stage, State, Unit
from ..quick_dataclass import dataclass, field
from ..records import History
from ..scan import Tree
from .decision import Decision
from .options import Examined

Content = tuple[int, str]  # the size of a file, and the digest of its sample


def can_be_moved(stage: Stage) -> bool:
    """Return whether a stage's videos are recognised: each task has one input, and what it makes are its outputs."""
    return (
        len(stage.inputs) == 1
        and bool(stage.outputs)
        and not (stage.each or stage.per)
        and stage.inputs[0].pick == "all"
        and stage.work != "in-place"  # such programs keep more than the declared files
    )


def is_untouched(seen: Examined, history: History) -> bool:
    """Return whether a unit is to do, never ran, and has no results."""
    unit, decision = seen
    fresh = decision.state is State.UNPROCESSED and not decision.cause and unit.key not in history.failed
    return fresh and unit.key not in history.finished_names()


@dataclass
class Recognition:
    """Recognises the untouched units of one stage among its units whose videos are ``gone``."""

    tree: Tree
    history: History
    gone: Sequence[Unit]
    found: dict[str, str] = field(default_factory=dict)  # the name of a unit -> the old name

    def __post_init__(self) -> None:
        """Find out how large the videos were; no file is read."""
        self._by_size: dict[str, list[Unit]] = {}
        for unit in self.gone:
            if record := self.history.finished(unit.key):
                self._by_size.setdefault(_size_of(record.inputs), []).append(unit)

    def is_likely(self, unit: Unit) -> bool:
        """Return whether a video that is gone was as large as the unit's video."""
        return _size_of(unit.mark) in self._by_size

    def recognise(self, units: Sequence[Unit]) -> None:
        """Note in ``found`` which of the likely units hold what a video held that is gone; reads a sample of each."""
        sizes = {_size_of(unit.mark) for unit in units}
        were = [unit for size in sizes for unit in self._by_size.get(size, ())]
        before = {unit.key: content for unit in were if (content := self._content_then(unit))}
        if before:
            now = {unit.key: content for unit in units if (content := self._content_now(unit))}
            self.found.update(pair(now, before))

    def _content_then(self, unit: Unit) -> Content | None:
        record = self.history.finished(unit.key)
        noted: list[Entry] = [e for e in self.history.entries(record) if e.role == "in"] if record else []
        return (noted[0].size, noted[0].sample) if len(noted) == 1 and noted[0].sample else None

    def _content_now(self, unit: Unit) -> Content | None:
        try:
            place = self.tree.place(unit.inputs[0][0])
            return os.stat(place).st_size, sample_of(place)
        except OSError:  # a folder, or a file that went away just now
            return None

    def tell(self, held: Sequence[Examined], others: Callable[[], Iterable[Unit]], look: Look) -> Iterator[Examined]:
        """Yield the ``held`` units, a moved unit as such, then units that were merely counted so far.

        ``others`` yields all units where some were merely counted; ``look`` decides on such a unit, and returns None
        for any other. Beside moved units it yields as many units to do as make up for the moved units in ``held``.
        """
        likely = [seen for seen in held if self.is_likely(seen.unit)]
        first = {seen.unit.key for seen in held}
        counted = [*self._find_counted(others(), first, look)]
        likely += [seen for seen in counted if self.is_likely(seen.unit)]
        self.recognise([seen.unit for seen in likely if is_untouched(seen, self.history)])
        yield from map(self._told, held)
        room = sum(key in self.found for key in first)
        for seen in counted:
            if seen.unit.key in self.found:
                yield self._told(seen)
            elif room:
                room -= 1
                yield seen

    def _find_counted(self, units: Iterable[Unit], held: set[str], look: Look) -> Iterator[Examined]:
        spare = len(held)
        for unit in units:
            if unit.key not in held and (self.is_likely(unit) or spare) and (seen := look(unit)):
                spare -= bool(spare and not self.is_likely(unit))
                yield seen

    def _told(self, seen: Examined) -> Examined:
        old = self.found.get(seen.unit.key)
        return Examined(seen.unit, Decision(State.MOVED, Cause.MOVED, old)) if old else seen


Look = Callable[[Unit], Examined | None]


def pair(now: Mapping[str, Content], before: Mapping[str, Content]) -> dict[str, str]:
    """Return, by their new names, the old names of files: the same content, the same file name first. Pure.

    Each old name is given once; of several files with the same content the first in order.
    """
    by_content: dict[Content, dict[str, None]] = {}
    for name in sorted(before):
        by_content.setdefault(before[name], {})[name] = None
    found = {}
    for is_same_name in (True, False):
        for name, content in now.items():
            left = by_content.get(content, {})
            old = next((one for one in left if not is_same_name or _file_of(one) == _file_of(name)), None)
            if name not in found and old is not None:
                found[name] = old
                del left[old]
    return found


def _file_of(name: str) -> str:
    return name.rpartition("/")[2]


def _size_of(mark: str) -> str:
    """Return the size in the mark of a single file, as its digits."""
    return mark.partition(" ")[0]


def hold_back(looked: Iterable[Examined], held: list[Examined], history: History) -> Iterator[Examined]:
    """Yield the units before the first untouched unit, and put all others into ``held``."""
    rest = iter(looked)
    for seen in rest:
        if is_untouched(seen, history):
            held.append(seen)
            held.extend(rest)
        else:
            yield seen
