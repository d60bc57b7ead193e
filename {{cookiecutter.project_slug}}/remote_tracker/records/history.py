"""What happened to each unit of a stage, over all batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from ..content.entry import Entry
from ..model import Cause, Record
from .sealed import Made, Sealed, is_maker, load_finished_names, load_sealed, made_in, names_in

ENDED = (Cause.STOPPED, Cause.CANCELLED)  # other runs gave way by themselves
UNKNOWN = Made("", "")  # of a result that was noted, and that nothing here has made


def age_of(batch: str) -> tuple[int, str]:
    """Return a key that sorts the numbers of batches by age, as 9999 before 10000."""
    return len(batch), batch


class History:
    """What happened to each unit of one stage, by the unit's name.

    Failures are held in memory. A sealed batch's successes are read only when a unit is looked for that no younger
    batch finished: in a project of a million results a scan asks for the successes of the last run.
    """

    def __init__(self) -> None:
        self._failures: dict[str, list[Record]] = {}
        self._cancelled: dict[str, Record] = {}  # by unit, the last run that a person or a scheduler ended
        self._finished: list[tuple[str, dict[str, Record] | Sealed]] = []
        self._forgiven: dict[str, str] = {}
        self._entries: dict[str, Callable[[int], Sequence[Entry]]] = {}
        self._names: Collection[str] | None = None
        self._by_unit: dict[str, list[Record]] | None = None  # successes, youngest first; None: not all are read
        self.version = ""  # of the tracker, as the youngest batch whose tasks told it ran; "": none told it
        self.settling: set[str] = set()  # units that finished so lately that their results may not be seen yet

    def add(
        self,
        batch: str,
        records: Iterable[Record],
        sealed: Sealed | None = None,
        entries: Callable[[int], Sequence[Entry]] = lambda task: (),
    ) -> None:
        """Take the records of a batch that is younger than all before; its successes may be in ``sealed`` instead.

        ``entries`` returns what a task noted about its files.
        """
        self._entries[batch], self._by_unit = entries, None
        finished: dict[str, Record] = {}
        for record in records:
            if record.result == "finished":
                finished[record.unit] = record
            elif record.result != "cancelled":
                self._failures.setdefault(record.unit, []).append(record)
            elif record.cause in ENDED:
                self._cancelled[record.unit] = record
            if is_maker(record):
                self.version = record.version or self.version
        self._finished.append((batch, sealed or finished))
        for made in _made_of(sealed or finished):
            if made.version:
                self.version = made.version
                break

    def forgive(self, batch: str, units: Iterable[str]) -> None:
        """Forget what happened to these units up to this batch: the user asked to do them again."""
        for unit in units:
            self._forgiven[unit] = max(self._forgiven.get(unit, ""), batch, key=age_of)

    @property
    def failed(self) -> Collection[str]:
        """Return the names of the units that ever failed."""
        return self._failures.keys()

    @property
    def unfinished(self) -> Collection[str]:
        """Return the names of the units that ever failed, or were cancelled."""
        return self._failures.keys() | self._cancelled.keys()

    def cancelled(self, unit: str, finished: Record | None) -> Record | None:
        """Return the unit's last run where it was cancelled, and the unit neither finished nor failed nor ran since."""
        last, failed = self._cancelled.get(unit), self._failures.get(unit)
        since = [finished.batch if finished else "", self._forgiven.get(unit, ""), failed[-1].batch if failed else ""]
        return last if last and age_of(last.batch) > max(map(age_of, since)) else None

    def failures(self, unit: str, finished: Record | None) -> list[Record]:
        """Return the unit's failures since it last ``finished`` or was forgiven, oldest first."""
        since = max(age_of(finished.batch if finished else ""), age_of(self._forgiven.get(unit, "")))
        return [r for r in self._failures.get(unit, ()) if age_of(r.batch) > since]

    def successes(self, unit: str) -> list[Record]:
        """Return the records of tasks that made the unit's result since it was forgiven, oldest first.

        Reads the successes of every batch since then.
        """
        since = age_of(self._forgiven.get(unit, ""))
        young = [index for index, (batch, _) in enumerate(self._finished) if age_of(batch) > since]
        found = [self._successes(index).get(unit) for index in young]
        return [record for record in found if record and is_maker(record)]

    def finished(self, unit: str) -> Record | None:
        """Return the record of the unit's youngest success, None where there is none or the unit was forgiven since."""
        return next(self.youngest_first(unit), None)

    def youngest_first(self, unit: str) -> Iterator[Record]:
        """Yield the records of the unit's successes since it was forgiven; reads a batch's successes when it is due."""
        since = self._forgiven.get(unit)
        if since is None and self._by_unit is not None:
            yield from self._by_unit.get(unit, ())
            return
        for index in range(len(self._finished) - 1, -1, -1):
            batch, held = self._finished[index]
            if since is not None and age_of(batch) <= age_of(since):
                return
            if found := (held if isinstance(held, dict) else self._successes(index)).get(unit):
                yield found

    def read_all(self) -> None:
        """Read the successes of all batches, so that a unit's successes are found in one step, not batch by batch."""
        found: dict[str, list[Record]] = {}
        for index in range(len(self._finished) - 1, -1, -1):
            for name, record in self._successes(index).items():
                found.setdefault(name, []).append(record)
        self._by_unit = found

    def entries(self, record: Record) -> Sequence[Entry]:
        """Return what the task of this record noted about its files, empty where it noted nothing."""
        return self._entries[record.batch](record.task)

    def _successes(self, index: int) -> dict[str, Record]:
        batch, held = self._finished[index]
        if isinstance(held, Sealed):
            held = {r.unit: r for r in load_sealed(held.path) if r.result == "finished"}
            self._finished[index] = (batch, held)
        return held

    def count_successes(self) -> int:
        """Return how many tasks finished: at least as many as there are units that ever finished."""
        return sum(held.head.finished if isinstance(held, Sealed) else len(held) for _, held in self._finished)

    def finished_names(self) -> Collection[str]:
        """Return the names of units that ever finished and were not forgiven since; reads them at the first call."""
        if self._names is None:
            names: set[str] = set()
            kept: list[bytes] = []  # the names of thousands of batches are told apart in one step
            for _, held in self._finished:
                if isinstance(held, Sealed) and held.names is not None:
                    kept.append(held.names)
                else:
                    names.update(load_finished_names(held) if isinstance(held, Sealed) else held)
            names.update(names_in(b"".join(kept)))
            gone = {name for name in names.intersection(self._forgiven) if self.finished(name) is None}
            self._names = names - gone
        return self._names

    def find_made(self) -> Mapping[str, Made]:
        """Return, by the unit's name, what each result was made with; empty where all were made with the same."""
        if len({one for ones in {_made_of(held) for _, held in self._finished} for one in ones}) < 2:
            return {}
        found: dict[str, Made] = {}
        for index in range(len(self._finished)):
            for name, record in self._successes(index).items():
                made = Made(record.params, record.version)
                if is_maker(record) or (name not in found and made != UNKNOWN):
                    found[name] = made
        return found if len({*found.values()}) > 1 else {}

    def find_others(self, params: str) -> Mapping[str, Cause]:
        """Return, by the unit's name, which results were made with other parameters or another version than now.

        Parameters are compared with ``params``, versions with the youngest batch's version. Where no result differs,
        no batch's successes are read.
        """
        made = [_made_of(held) for _, held in self._finished]
        version = next((one.version for ones in reversed(made) for one in ones if one.version), "")
        distinct = {one for ones in {*made} for one in ones}  # most batches were made with the same
        odd = {one: cause for one in distinct if (cause := _difference(one, Made(params, version)))}
        found: dict[str, Cause] = {}
        for index in range(len(made)) if odd else ():
            for name, record in self._successes(index).items():
                if cause := odd.get(Made(record.params, record.version)):
                    found[name] = cause
                elif is_maker(record):
                    found.pop(name, None)
        return found


def _made_of(held: dict[str, Record] | Sealed) -> tuple[Made, ...]:
    return held.head.made if isinstance(held, Sealed) else made_in(held.values())


def _difference(made: Made, now: Made) -> Cause | None:
    if made.params != now.params:
        return Cause.OTHER_PARAMETERS
    return Cause.OTHER_VERSION if made.version and made.version != now.version else None
