"""Judge a unit's files, read whole, by what its tasks noted about them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import Enum
from os.path import basename

from ..content.entry import Entry
from ..model import Cause, Record, State, Unit
from ..named_tuple import NamedTuple
from .decision import Decision
from .states import is_bad


class Verdict(Enum):
    """What reading a unit's files whole told. The value stands in JSON: it never changes."""

    AS_MADE = "as made"
    NOT_NOTED = "not noted"  # no success noted its files: made elsewhere, or before tasks noted digests
    CHANGED = "changed"  # no success noted its results as they are; the checks hold
    INPUT_CHANGED = "input changed"
    BAD = "bad"
    GONE = "gone"

    @property
    def is_fine(self) -> bool:
        """Return whether nothing speaks against the results."""
        return self in (Verdict.AS_MADE, Verdict.NOT_NOTED)


class Change(NamedTuple):
    """A file that is not as a task noted it."""

    path: str
    then: Entry | None  # None: it was not there
    now: Entry | None  # None: it is not there


class Verified(NamedTuple):
    """A unit whose files were read whole."""

    unit: Unit
    decision: Decision
    verdict: Verdict
    changes: tuple[Change, ...] = ()  # of its results and its inputs
    made: Record | None = None  # the success that vouches for it, else the youngest success
    is_noted: bool = False  # whether digests of all bytes of its files are noted
    is_news: bool = True  # whether a scan says that it is finished
    bad: str = ""  # which of its checks fails, or which of its files cannot be read


class Compared(NamedTuple):
    """What the successes of a unit say about its files."""

    made: Record | None  # the success that noted the results as they are, else the youngest success
    is_known: bool = False  # whether a success noted anything about its results
    is_whole: bool = False  # whether it noted digests of all their bytes
    results: tuple[Change, ...] = ()
    inputs: tuple[Change, ...] = ()


def compare(
    successes: Iterable[Record],
    entries_of: Callable[[Record], Sequence[Entry]],
    now: Sequence[Entry],
    added: Collection[str],
) -> Compared:
    """Return what the youngest success says that noted the results as they are ``now``, else the youngest success.

    ``successes`` come youngest first. A success without notes is believed. A success that noted samples alone is taken
    to have noted the digest that a younger success noted with the same sample. Files at the paths ``added`` may have
    come since.
    """
    found: Compared | None = None
    wholes: dict[tuple[str, int, str], str] = {}
    for record in successes:
        then = [
            entry if entry.sha256 else entry._replace(sha256=wholes.get(_like(entry), ""))
            for entry in entries_of(record)
        ]
        wholes.update((_like(entry), entry.sha256) for entry in then if entry.sha256 and entry.sample)
        if not any(entry.role == "out" for entry in then):
            return Compared(record)
        results = tuple(find_changes(then, now, added))
        if not results or found is None:
            inputs = tuple(find_input_changes(then, now))
            found = Compared(record, True, all(entry.sha256 for entry in then), results, inputs)
        if not results:
            break
    return found or Compared(None)


def _like(entry: Entry) -> tuple[str, int, str]:
    return entry.path, entry.size, entry.sample


def find_changes(then: Iterable[Entry], now: Iterable[Entry], added: Collection[str]) -> Iterable[Change]:
    """Yield the results that are not as they were; a hidden file that came into a folder is none of them."""
    before = {entry.path: entry for entry in then if entry.role == "out"}
    after = {entry.path: entry for entry in now if entry.role == "out"}
    for path, entry in before.items():
        if path not in after or not is_same(entry, after[path]):
            yield Change(path, entry, after.get(path))
    for path in after.keys() - before.keys() - {*added}:
        if not basename(path).startswith("."):
            yield Change(path, None, after[path])


def find_input_changes(then: Iterable[Entry], now: Iterable[Entry]) -> Iterable[Change]:
    """Yield the inputs that do not hold what they held, whatever their names are now; none where none are there."""
    before = [entry for entry in then if entry.role == "in"]
    after = {entry.path: entry for entry in now if entry.role == "in"}
    if not before or not after:
        return
    moved = [entry for entry in before if entry.path not in after or not is_same(entry, after[entry.path])]
    here = {entry.path for entry in before} - {entry.path for entry in moved}
    rest = {path: entry for path, entry in after.items() if path not in here}
    held = Counter((entry.size, entry.sha256) for entry in rest.values())
    for entry in moved:
        if held[entry.size, entry.sha256] > 0:
            held[entry.size, entry.sha256] -= 1
            continue
        if like := next((other for other in rest.values() if not entry.sha256 and is_same(entry, other)), None):
            held[like.size, like.sha256] -= 1
            continue
        yield Change(entry.path, entry, rest.get(entry.path) or (next(iter(rest.values())) if len(rest) == 1 else None))
    if len(after) > len(before):
        yield from (Change(path, None, entry) for path, entry in rest.items() if held[entry.size, entry.sha256] > 0)


def is_same(then: Entry, now: Entry) -> bool:
    """Return whether a file holds what it held, by all its bytes, or by its sample where no more is known."""
    if then.size != now.size:
        return False
    if then.sha256 and now.sha256:
        return then.sha256 == now.sha256
    return not (then.sample and now.sample) or then.sample == now.sample


def judge(unit: Unit, decision: Decision, compared: Compared, bad: str) -> Verified:
    """Return the verdict on a unit that was read; ``bad`` says which check fails, or which file cannot be read."""
    changes, is_news = (*compared.results, *compared.inputs), decision.state is State.FINISHED
    if bad and decision.cause is not Cause.INPUT_CHANGED:  # else it is out of date, which says why
        if not is_bad(decision):
            decision = Decision(State.INCOMPLETE, Cause.BAD_RESULT, bad)
        verdict = Verdict.BAD
    elif compared.results:
        verdict = Verdict.CHANGED
    elif compared.inputs or decision.cause is Cause.INPUT_CHANGED:
        verdict = Verdict.INPUT_CHANGED
    else:
        verdict = Verdict.AS_MADE if compared.is_known else Verdict.NOT_NOTED
    return Verified(unit, decision, verdict, changes, compared.made, compared.is_whole, is_news, bad)
