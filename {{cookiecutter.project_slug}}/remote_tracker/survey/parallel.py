"""Work that a scan does in several processes: it sifts folders, and examines results for the first time.

Folders are sifted side by side in large trees: of many folders, or where many results are known. A scan of a million
videos spends its time on reading folders, and does so on as many cores as there are (four at most: a login node is
shared). Each process sifts every n-th of the folders right under the root of the videos, and hands back its counts, the
few units that need a closer look, and the units to be listed; their order stays.
"""

from __future__ import annotations

import os
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, TypeVar

from ..disk.ask_far import silent
from ..model import Cause, Stage, State, Unit
from ..named_tuple import NamedTuple
from ..quick_dataclass import replace
from ..scan import SplitPattern, Tree
from ..shell.copies import run_copies
from .fast_path import FastScan, FolderRest
from .prove import Findings

MANY = 64  # fewer folders, or fewer new results, are looked at in less time than other processes take to start
KNOWN = 10_000  # results known from the last scan: with fewer, the same holds for fewer folders
KNOWN_LATE = 1000  # the same where the disk answers late: processes that wait for it need no core
FOLDERS_SIDE_BY_SIDE = 64  # at first: what so many leave over is held in memory, all new results of a late disk, too
FEW_LEFT = 2000  # units: where a step left no more, the next step takes twice as many folders
WAITING = 16  # processes that wait for a disk behind a network, and need no core while they do
T = TypeVar("T")
WATCHED_AT_ONCE = 400  # where somebody watches how far the scan is
UNITS_AT_ONCE = 2000  # the findings about so many units are held in memory


class _Sifted(NamedTuple):
    counts: Counter[State]
    remarks: Counter[Cause]
    left: dict[str, list[FolderRest]]
    unreadable: dict[str, str]
    excluded: set[str]
    stores: dict[str, bool]
    dropped: dict[str, set[str]]
    by_folder: dict[str, Counter[State]]
    empty_names: list[str]
    silent: set[str]
    found: Findings | None


class NewResults(Protocol):
    """Looks into new results where their folder is sifted: see new_results.py."""

    def apart(self, tree: Tree) -> NewResults:
        """Return what does so in the folders of ``tree`` alone, and remembers apart what it finds."""

    def settle(self, units: Sequence[Unit], sift: FastScan) -> Sequence[Unit]:
        """Count in ``sift`` the units that are merely finished, and return the others."""

    @property
    def findings(self) -> Findings:
        """Return what was found apart."""

    def take(self, found: Findings) -> None:
        """Remember what was found apart, in whichever process."""


def find_sheets_ahead(stage: Stage, tree: Tree, sift: FastScan, new: NewResults | None = None) -> Iterator[FolderRest]:
    """Yield the units that ``sift`` leaves over in each folder, in a scan's order.

    With ``new``, the process that sifts a folder looks into its new results, too: a first scan of 200,000 results would
    spend most of its time in handing units from process to process. A disk that answers late is asked by more processes
    than sift.
    """
    start = SplitPattern(stage.inputs[0].pattern).start
    folders = tree.folders(start)
    known = KNOWN_LATE if tree.is_late else KNOWN
    are_many = len(folders) >= MANY or (len(folders) > 1 and len(sift.proven) >= known)
    if not are_many or processes() < 2:
        yield from sift.find_sheets(tree)
        return
    if names := tree.names(start):  # files that lie in no folder come first
        yield from sift.find_sheets(tree.narrowed(start, names))
    size = FOLDERS_SIDE_BY_SIDE
    while folders:
        left = 0
        for sheet in _sift_side_by_side(tree, sift, start, folders[:size], None if tree.is_late else new):
            left += len(sheet.untouched) + len(sheet.others)
            yield sift.take(sheet)
        folders = folders[size:]
        size = size * 2 if left <= FEW_LEFT else FOLDERS_SIDE_BY_SIDE


def processes() -> int:
    """Return the number of processes in which a scan works: one for each core, four at most."""
    return min(4, len(os.sched_getaffinity(0)))


def _sift_side_by_side(
    tree: Tree, sift: FastScan, start: str, folders: Sequence[str], new: NewResults | None
) -> Iterator[FolderRest]:
    count, known = processes(), len(tree.unreadable)

    def sift_part(part: Sequence[str]) -> _Sifted:
        own = replace(sift, counts=Counter(), remarks=Counter(), by_folder={}, empty_names=[])
        narrowed = tree.narrowed(start, part)
        own.tree = narrowed.widened()
        apart = new.apart(own.tree) if new else None
        left: dict[str, list[FolderRest]] = {}
        for sheet in own.find_sheets(narrowed):
            others = apart.settle(sheet.others, own) if apart and sheet.others else sheet.others
            for unit in (*others[:1], *sheet.untouched[:1])[:1]:
                folder = unit.inputs[0][0][len(start) :].partition("/")[0]
                left.setdefault(folder, []).append(sheet._replace(others=others))
        seen = narrowed.unreadable, narrowed.excluded, narrowed.stores, narrowed.dropped
        found = apart.findings if apart else None
        return _Sifted(own.counts, own.remarks, left, *seen, own.by_folder, own.empty_names, silent, found)

    sifted = run_copies(sift_part, [folders[i::count] for i in range(count)])
    for part in sifted:
        if new and part.found:
            new.take(part.found)
        sift.counts.update(part.counts)
        sift.remarks.update(part.remarks)
        for folder, counted in part.by_folder.items():
            sift.by_folder.setdefault(folder, Counter()).update(counted)
        sift.empty_names += part.empty_names
        silent.update(part.silent)  # nobody waits for such a disk once more
        tree.unreadable.update(part.unreadable)
        tree.excluded.update(part.excluded)
        tree.stores.update(part.stores)
        for folder, names in part.dropped.items():
            tree.dropped.setdefault(folder, set()).update(names)
    _put_in_order(tree.unreadable, known, folders)
    for index, folder in enumerate(folders):
        yield from sifted[index % count].left.get(folder, ())


def _put_in_order(unreadable: dict[str, str], known: int, folders: Sequence[str]) -> None:
    """Put the paths behind the first ``known`` into the order of a scan in a single process: folder by folder."""
    at = {folder: index for index, folder in enumerate(folders)}
    met = [*unreadable][known:]
    for path in sorted(met, key=lambda path: min(at.get(step, len(at)) for step in path.split("/"))):
        unreadable[path] = unreadable.pop(path)


def examined_beside(
    units: Iterable[Unit],
    is_new: Callable[[Unit], bool],
    examine: Callable[[Unit], T],
    found: dict[str, T],
    tell: Callable[[int], None] | None = None,
    is_late: Callable[[], bool] = bool,
) -> Iterator[Unit]:
    """Yield the units; before new units are yielded, ``found`` holds, by name, what ``examine`` returns for them.

    With too few new units, or a single core, ``found`` stays empty: the caller examines the units. ``tell`` is called
    with the number of new units in a step, behind it.
    """
    rest = iter(units)
    while step := [*islice(rest, WATCHED_AT_ONCE if tell else UNITS_AT_ONCE)]:
        new = [unit for unit in step if is_new(unit)]
        found.clear()
        found.update(examine_all(new, examine, is_late()))
        yield from step
        if tell:
            tell(len(new))


def examine_all(units: Sequence[Unit], examine: Callable[[Unit], T], is_late: bool = False) -> Mapping[str, T]:
    """Return what ``examine`` returns for each unit, by name; nothing where the caller is as quick alone.

    ``is_late`` is whether the disk of the units' files answers late.
    """
    count = WAITING if is_late else processes()
    if len(units) < MANY or count < 2:
        return {}
    parts = [units[i::count] for i in range(count)]
    found = run_copies(lambda part: {unit.key: examine(unit) for unit in part}, parts)
    return ChainMap(*found)
