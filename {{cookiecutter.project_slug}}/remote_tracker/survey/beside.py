"""Results that nobody examined yet, examined side by side: what a first look costs is opening files, one by one."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from .. import shell
from ..model import Unit
from . import parallel

STEP = 2000  # so many at a time: what was found of them is held


def examined_beside(
    units: Iterable[Unit], is_new: Callable[[Unit], bool], verify: Callable[[Unit], str], found: dict[str, str]
) -> Iterator[Unit]:
    """Yield the units; before those that are new are yielded, ``found`` says by name what ``verify`` has against them.

    Fewer new ones than start other processes are worth are left to the caller.
    """
    rest = iter(units)
    while step := [*islice(rest, STEP)]:
        found.clear()
        found.update(_verify_all([unit for unit in step if is_new(unit)], verify))
        yield from step


def _verify_all(units: Sequence[Unit], verify: Callable[[Unit], str]) -> Mapping[str, str]:
    count = parallel.processes()
    if len(units) < parallel.MANY or count < 2:
        return {}
    parts = [units[i::count] for i in range(count)]
    found = shell.run_copies(lambda part: {unit.key: verify(unit) for unit in part}, parts)
    return ChainMap(*found)
