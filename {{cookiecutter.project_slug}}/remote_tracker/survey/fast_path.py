"""The hot path of a scan: no unit is made for files whose results are proven, or that nobody ever touched.

Folders are taken one at a time. A folder's outputs are looked up in listings that are read once, and most steps are a
single pass over a column (names, stats, outputs), which Python does several times faster than file by file. Anything
unusual is left over for the ordinary way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from operator import add, attrgetter, itemgetter
from stat import S_ISREG
from typing import Any

from ..model import Cause, Stage, State, Unit
from ..model.found import mark_of
from ..model.pattern import Pattern, Wildcard
from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass, field
from ..scan import Folder, SplitPattern, Tree, find_folders, matcher, single_units
from .proven import numbers_of

Groups = Sequence[tuple[str, ...]]
_mode = attrgetter("st_mode")


class FolderRest(NamedTuple):
    """The units that the fast path leaves over in one folder, in a scan's order."""

    untouched: Sequence[Unit]  # decided on: nothing is odd about them, and their results' names are theirs alone
    others: Sequence[Unit]  # not decided on yet
    finished: Sequence[Unit] = ()  # merely finished, where the sift tells their names


def is_siftable(stage: Stage) -> bool:
    """Return whether the fast path fits a stage: each file of its only input is a unit, each result is a single file.

    The folder of a result must follow from the folder of its video, and its name from the name of the video.
    """
    if len(stage.inputs) != 1 or stage.inputs[0].pick != "all" or stage.each or stage.per or not stage.outputs:
        return False
    source = SplitPattern(stage.inputs[0].pattern)
    if source.wants_folder or set(source.folder.groupindex) & set(source.name.groupindex):
        return False
    return all(_follows(o.pattern, source) for o in stage.outputs)


def _follows(output: Pattern, source: SplitPattern) -> bool:
    halves = SplitPattern(output)
    return (
        not output.is_glob
        and not output.is_folder
        and set(halves.folder.groupindex) == set(source.folder.groupindex)
        and set(halves.name.groupindex) <= set(source.name.groupindex)
    )


@dataclass
class FastScan:
    """Takes the proven and the untouched files of one stage, and counts them."""

    stage: Stage
    tree: Tree
    proven: Collection[int]  # the digests of proven results, as in proven.py
    touched: Container[str]  # names of units that failed, were refused or are in flight
    flying: Container[str]  # names of units that are in flight
    wanted: int  # so many untouched files still become units, to be listed; further ones are only counted
    counts: Counter[State]  # counts the files that become no unit
    finished_names: Callable[[], Container[str]] = tuple  # the names of units that finished once
    others: Mapping[str, Cause] = field(default_factory=dict)  # the remarks on finished units, by name
    remarks: Counter[Cause] = field(default_factory=Counter)  # counts the remarks on the files that become no unit
    empty: Container[int] = ()  # the digests of proven results in which nothing was found
    # By folder below the input's first folder, as "day1/", the same counts; and the names of files with empty results.
    by_folder: dict[str, Counter[State]] = field(default_factory=dict)
    empty_names: list[str] = field(default_factory=list)
    names_finished: bool = False  # whether the finished files become units, too, as where somebody asks for each

    def __post_init__(self) -> None:
        self._input = self.stage.inputs[0]
        source, root = SplitPattern(self._input.pattern), self._input.pattern.root
        self._skip = len(root) + 1 if root else 0
        self._is_fixed = source.steps is not None
        self._fullmatch, self._match = source.name.fullmatch, matcher(self._input)
        self._places = [_Place(o.pattern, source) for o in self.stage.outputs]

    def find_sheets(self, tree: Tree) -> Iterator[FolderRest]:
        """Yield, folder by folder, the units that the fast path cannot settle.

        Settled units are counted in ``counts``; untouched units that are to be listed are taken from ``wanted``.
        """
        return map(self._sift, find_folders(tree, self._input))

    def _sift(self, folder: Folder) -> FolderRest:
        names, matches = folder.names, [*map(self._fullmatch, folder.names)]
        if not all(matches):
            self._drop(folder, [name for name, found in zip(names, matches, strict=True) if found is None])
            names = [name for name, found in zip(names, matches, strict=True) if found is not None]
        if folder.coming:  # files that are being copied are looked at one by one
            return FolderRest([], self._units(folder, names))
        groups = [*map(re.Match.groups, filter(None, matches))]
        made = [place.names(groups) for place in self._places]
        collide = any(p.is_short and len({*m}) < len(m) for p, m in zip(self._places, made, strict=True))
        if collide or not folder.path.isprintable():  # two files share a result, or no file can be processed
            return FolderRest([], self._units(folder, names))
        stats = [*map(folder.listing.__getitem__, names)]
        listings = [self.tree.listing(place.folder.fill(folder.values)) for place in self._places]
        if self.tree.unreadable:  # perhaps one of these folders
            return FolderRest([], self._units(folder, names))
        columns = [[*map(listing.get, m)] for listing, m in zip(listings, made, strict=True)]
        start = folder.path[self._skip :]
        are_plain = all(stats) and (all(map(_is_plain, self.tree.modes(folder.path))) or _are_plain(stats))
        finished, untouched = self._sort_out(start, names, stats, columns, are_plain)
        named = _plainly_named(sorted(finished), names, stats) if self.names_finished else []
        finished = {*named} if self.names_finished else finished
        listed = untouched[: max(self.wanted, 0)]
        self.wanted -= len(listed)
        counted = Counter({State.FINISHED: len(finished), State.UNPROCESSED: len(untouched) - len(listed)})
        self.counts.update(counted)
        self.by_folder.setdefault(start, Counter()).update(counted)  # the first folder is sifted several times
        others: Sequence[str] = ()
        if len(finished) + len(untouched) < len(names):
            taken = finished.union(untouched)
            others = [name for index, name in enumerate(names) if index not in taken]
        fresh, told = (self._fresh(folder, names, groups, stats, rows) for rows in (listed, named))
        return FolderRest(fresh, self._units(folder, others), told)

    def take(self, sheet: FolderRest) -> FolderRest:
        """Return what another process left over in a folder, without the untouched units that are not wanted any more.

        Units that are not wanted are counted here: how many the folders before take, the other process does not know.
        """
        listed = sheet.untouched[: max(self.wanted, 0)]
        self.wanted -= len(listed)
        if further := len(sheet.untouched) - len(listed):
            key = sheet.untouched[0].key
            self.counts[State.UNPROCESSED] += further
            self.by_folder[key[: key.rfind("/") + 1]][State.UNPROCESSED] += further
        return sheet._replace(untouched=listed)

    def count_settled(self, unit: Unit, remark: Cause | None) -> None:
        """Count a finished unit that was looked into; ``remark`` is what people read about it."""
        self.counts[State.FINISHED] += 1
        self.by_folder.setdefault(unit.key[: unit.key.rfind("/") + 1], Counter())[State.FINISHED] += 1
        if remark:
            self.remarks[remark] += 1

    def _drop(self, folder: Folder, names: Sequence[str]) -> None:
        self.tree.drop(folder.path, names, folder.listing, with_folders=self._is_fixed)

    def _sort_out(
        self,
        start: str,
        names: Sequence[str],
        stats: Sequence[Any],
        columns: Sequence[Sequence[Any]],
        are_plain: bool,
    ) -> tuple[set[int], list[int]]:
        """Return which rows are proven, and which are untouched; a row is an input and its outputs.

        ``are_plain`` is whether all inputs are plain files.
        """
        rows: Iterable[int] = range(len(names))
        if not are_plain:
            rows = [row for row, entry in enumerate(stats) if entry and _is_plain(entry.st_mode)]
        results, nothing = [*zip(*columns, strict=True)], (None,) * len(columns)
        complete = [row for row in rows if None not in results[row]]
        proven = self._find_proven(complete, stats, columns)
        finished = {*proven}
        if self.flying:
            finished = {row for row in finished if start + names[row] not in self.flying}
        untouched = [
            row
            for row in (sorted({*rows}.difference(complete)) if complete else rows)
            if results[row] == nothing
            and stats[row].st_size
            and names[row].isprintable()
            and not (self.touched and start + names[row] in self.touched)
        ]
        if untouched and (once := self.finished_names()):
            untouched = [row for row in untouched if start + names[row] not in once]
        if self.empty:
            names_of_empty = [start + names[row] for row in sorted(finished) if proven[row] in self.empty]
            self.remarks[Cause.NOTHING_FOUND] += len(names_of_empty)
            self.empty_names += names_of_empty
        if self.others:
            self.remarks.update(cause for row in finished if (cause := self.others.get(start + names[row])))
        return finished, untouched

    def _find_proven(
        self, rows: Sequence[int], stats: Sequence[Any], columns: Sequence[Sequence[Any]]
    ) -> dict[int, int]:
        """Return the digests of those rows that were examined before, with files just as they are now."""
        if not rows:
            return {}
        keys: Iterable[tuple[int, ...]] = map(numbers_of, map(stats.__getitem__, rows))
        for column in columns:
            keys = map(add, keys, map(numbers_of, map(column.__getitem__, rows)))
        return {row: digest for row, digest in zip(rows, map(hash, keys), strict=True) if digest in self.proven}

    def _fresh(
        self, folder: Folder, names: Sequence[str], groups: Groups, stats: Sequence[Any], rows: Sequence[int]
    ) -> list[Unit]:
        """Return the units of the rows, as single_units makes them of files about which nothing is odd."""
        start, values, place = folder.path[self._skip :], tuple(folder.values.values()), folder.path
        return [
            Unit(start + name, values + groups[row], ((place + name,),), mark_of(entry), entry.st_mtime_ns)
            for row in rows
            for name, entry in ((names[row], stats[row]),)
        ]

    def _units(self, folder: Folder, names: Sequence[str]) -> list[Unit]:
        return [*single_units(self._input, self._match(folder, names))] if names else []


def _plainly_named(rows: Iterable[int], names: Sequence[str], stats: Sequence[Any]) -> list[int]:
    """Return the rows whose inputs hold something and have a name that can be printed: nothing is odd about them."""
    return [row for row in rows if stats[row].st_size and names[row].isprintable()]


def _is_plain(mode: int) -> bool:
    """Return whether a mode is a regular file's (no folder, no device) that may be read."""
    return S_ISREG(mode) and bool(mode & 0o444)


def _are_plain(stats: Sequence[Any]) -> bool:
    return all(map(_is_plain, set(map(_mode, stats))))


class _Place:
    """Where an output of a stage lies: its folder, and its names, made from the wildcards in the input's names."""

    def __init__(self, output: Pattern, source: SplitPattern) -> None:
        halves = SplitPattern(output)
        order = list(source.name.groupindex)
        places = [order.index(p.name) for p in halves.name_pieces if isinstance(p, Wildcard)]
        self._text = "".join("%s" if isinstance(p, Wildcard) else p.replace("%", "%%") for p in halves.name_pieces)
        self._get: Callable[[tuple[str, ...]], Any] = itemgetter(*places) if places else lambda _: ()
        self.folder = Pattern(output.text, halves.folder_pieces)
        self.uses = frozenset(halves.name.groupindex)
        self.is_short = self.uses < set(order)

    def names(self, groups: Groups) -> list[str]:
        """Return the output's name for each input, whose wildcards in its name have the values in ``groups``."""
        return [*map(self._text.__mod__, map(self._get, groups))]
