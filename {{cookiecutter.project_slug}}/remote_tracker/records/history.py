"""What happened to each piece of work, over all batches."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from ..model import Cause, Record
from .sealed import Made, Sealed, is_maker, load_finished_names, load_sealed, made_in


def age_of(batch: str) -> tuple[int, str]:
    """Return what sorts batches' numbers by age, as 9999 before 10000."""
    return len(batch), batch


def load_forgiven(redo: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield, note by note in the folder of redos, the number of the newest batch then, and the names it forgave."""
    for path in sorted(redo.glob("*.json")):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
            after, units = str(note["after"]), [str(unit) for unit in note["units"]]
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            continue  # it is ours and broken: what it forgave counts again
        yield after, units


class History:
    """What happened to each unit of one stage, by its name: failures at once, successes when asked for.

    A sealed batch's successes are read only when a unit is looked for that no younger batch finished:
    in a project of a million results a scan asks for those of the last run.
    """

    def __init__(self) -> None:
        self._failures: dict[str, list[Record]] = {}
        self._finished: list[tuple[str, dict[str, Record] | Sealed]] = []
        self._forgiven: dict[str, str] = {}
        self._names: Collection[str] | None = None
        self.settling: set[str] = set()  # finished so lately that its results may not be seen yet

    def add(self, batch: str, records: Iterable[Record], sealed: Sealed | None = None) -> None:
        """Take the records of one more batch, younger than all before it; ``sealed`` holds its successes."""
        finished: dict[str, Record] = {}
        for record in records:
            if record.result == "finished":
                finished[record.unit] = record
            elif record.result != "cancelled":
                self._failures.setdefault(record.unit, []).append(record)
        self._finished.append((batch, sealed or finished))

    def forgive(self, batch: str, units: Iterable[str]) -> None:
        """Forget what happened to these units up to this batch: the user asked to do them again."""
        self._forgiven.update(dict.fromkeys(units, batch))

    @property
    def failed(self) -> Collection[str]:
        """Return the names that ever failed."""
        return self._failures.keys()

    def failures(self, unit: str, finished: Record | None) -> list[Record]:
        """Return the unit's failures since it last ``finished`` or was forgiven, oldest first."""
        since = max(age_of(finished.batch if finished else ""), age_of(self._forgiven.get(unit, "")))
        return [r for r in self._failures.get(unit, ()) if age_of(r.batch) > since]

    def successes(self, unit: str) -> list[Record]:
        """Return the tasks that made the unit's result since it was forgiven, oldest first; reads every list."""
        since = age_of(self._forgiven.get(unit, ""))
        young = [index for index, (batch, _) in enumerate(self._finished) if age_of(batch) > since]
        found = [self._successes(index).get(unit) for index in young]
        return [record for record in found if record and is_maker(record)]

    def finished(self, unit: str) -> Record | None:
        """Return the unit's youngest success, None where there is none or it was forgiven."""
        for index in range(len(self._finished) - 1, -1, -1):
            if age_of(self._finished[index][0]) <= age_of(self._forgiven.get(unit, "")):
                return None
            if found := self._successes(index).get(unit):
                return found
        return None

    def _successes(self, index: int) -> dict[str, Record]:
        batch, held = self._finished[index]
        if isinstance(held, Sealed):
            held = {r.unit: r for r in load_sealed(held.path) if r.result == "finished"}
            self._finished[index] = (batch, held)
        return held

    def count_successes(self) -> int:
        """Return how often a task finished: at least as often as there are units that ever did."""
        return sum(held.head.finished if isinstance(held, Sealed) else len(held) for _, held in self._finished)

    def finished_names(self) -> Collection[str]:
        """Return the names that ever finished and were not forgiven since; read when they are first asked for."""
        if self._names is None:
            names: set[str] = set()
            for _, held in self._finished:
                names.update(load_finished_names(held) if isinstance(held, Sealed) else held)
            gone = {name for name in names.intersection(self._forgiven) if self.finished(name) is None}
            self._names = names - gone
        return self._names

    def find_made(self) -> Mapping[str, Made]:
        """Return, by name, what each result was made with; nothing where all agree."""
        if len({one for _, held in self._finished for one in _made_of(held)}) < 2:
            return {}
        found: dict[str, Made] = {}
        for index in range(len(self._finished)):
            made = self._successes(index).items()
            found.update({name: Made(r.params, r.version) for name, r in made if is_maker(r) or name not in found})
        return found if len({*found.values()}) > 1 else {}

    def find_others(self, params: str) -> Mapping[str, Cause]:
        """Return, by name, what was made with other parameters than ``params``, or another version than the youngest.

        Where all that ever finished agree, no list is read.
        """
        made = [_made_of(held) for _, held in self._finished]
        version = next((one.version for ones in reversed(made) for one in ones if one.version), "")
        odd = {one: cause for ones in made for one in ones if (cause := _difference(one, Made(params, version)))}
        found: dict[str, Cause] = {}
        for index in range(len(made)) if odd else ():
            for name, record in self._successes(index).items():
                if cause := odd.get(Made(record.params, record.version)):
                    found[name] = cause
                elif is_maker(record):
                    found.pop(name, None)
        return found


def _made_of(held: dict[str, Record] | Sealed) -> Collection[Made]:
    return held.head.made if isinstance(held, Sealed) else made_in(held.values())


def _difference(made: Made, now: Made) -> Cause | None:
    if made.params != now.params:
        return Cause.OTHER_PARAMETERS
    return Cause.OTHER_VERSION if made.version and made.version != now.version else None
