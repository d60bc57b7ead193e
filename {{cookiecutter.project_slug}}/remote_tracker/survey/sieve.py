"""The hot path of a scan: files whose results are proven, or that nobody ever touched, need no unit.

A folder at a time: its outputs are looked up in listings that are read once, and most steps are one pass
over a column (names, stats, outputs), which Python does several times faster than file by file. Anything
unusual is left over for the ordinary way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, attrgetter, itemgetter
from stat import S_ISREG
from typing import Any

from ..model import Stage, State
from ..pattern import Pattern, Wildcard
from ..scan import Halves, Listing, Tree

Groups = Sequence[tuple[str, ...]]
FullMatch = Callable[[str], "re.Match[str] | None"]
Leave = Callable[[Sequence[str], Listing, FullMatch], Iterator[str]]
_numbers = attrgetter("st_size", "st_mtime_ns", "st_ino")
_mode = attrgetter("st_mode")


def is_siftable(stage: Stage) -> bool:
    """Return whether a unit is one file, and its outputs' folders follow from that file's folder."""
    if len(stage.inputs) != 1 or stage.inputs[0].pick != "all" or stage.each or stage.per or not stage.outputs:
        return False
    source = Halves(stage.inputs[0].pattern)
    if source.wants_folder or set(source.folder.groupindex) & set(source.name.groupindex):
        return False
    return all(_follows(o.pattern, source) for o in stage.outputs)


def _follows(output: Pattern, source: Halves) -> bool:
    halves = Halves(output)
    return (
        not output.is_glob
        and not output.is_folder
        and set(halves.folder.groupindex) == set(source.folder.groupindex)
        and set(halves.name.groupindex) <= set(source.name.groupindex)
    )


@dataclass
class Sift:
    """Takes proven and untouched files of one stage, counting them in ``counts``.

    ``proven`` holds digests as of proven.py; ``touched`` the names that ran or are in flight, ``flying`` only
    these. As long as ``wanted`` is above 0 untouched files are left over, so that they become units and are listed;
    ``fresh`` holds their paths: nothing is odd about them, and no other file has results of the same names.
    """

    stage: Stage
    tree: Tree
    proven: Container[int]
    touched: Container[str]
    flying: Container[str]
    wanted: int
    counts: Counter[State]
    fresh: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        source = Halves(self.stage.inputs[0].pattern)
        root = self.stage.inputs[0].pattern.root
        self._skip = len(root) + 1 if root else 0
        self._places = [_Place(o.pattern, source) for o in self.stage.outputs]
        self._short = [*{place.uses: place for place in self._places if place.is_short}.values()]

    def of_folder(self, folder: str, values: Mapping[str, str]) -> Leave:
        """Return (names, listing, regular expression) -> the names that are left over, one folder's worth."""

        def leave(names: Sequence[str], listing: Listing, fullmatch: FullMatch) -> Iterator[str]:
            matches = [*map(fullmatch, names)]
            if None in matches:
                names = [name for name, found in zip(names, matches, strict=True) if found is not None]
            groups = [found.groups() for found in matches if found is not None]
            collide = any(len(set(place.names(groups))) < len(groups) for place in self._short)
            if collide or not folder.isprintable():  # two of them have one result, or not one can be processed
                yield from names
                return
            stats = [*map(listing.__getitem__, names)]
            if None in stats or not all(map(_is_plain, set(map(_mode, stats)))):
                odd = {n for n, s in zip(names, stats, strict=True) if s is None or not _is_plain(s.st_mode)}
                yield from (name for name in names if name in odd)
                groups = [g for g, name in zip(groups, names, strict=True) if name not in odd]
                names = [name for name in names if name not in odd]
                stats = [*map(listing.__getitem__, names)]
            columns = [
                [*map(self.tree.listing(place.folder.fill(values)).get, place.names(groups))] for place in self._places
            ]
            yield from self._sort_out(folder, names, stats, columns)

        return leave

    def _sort_out(
        self, folder: str, names: Sequence[str], stats: Sequence[Any], columns: Sequence[Sequence[Any]]
    ) -> Iterator[str]:
        """Count what is proven or untouched; yield the names of the others. A row: input, then its outputs."""
        start = folder[self._skip :]
        made = [*zip(*columns, strict=True)]
        nothing = (None,) * len(columns)
        whole = [i for i, row in enumerate(made) if None not in row]
        proven = self._find_proven(whole, stats, columns)
        finished = untouched = 0
        for index, row in enumerate(made):
            name = names[index]
            if index in proven and not (self.flying and start + name in self.flying):
                finished += 1
            elif (
                row != nothing
                or not stats[index].st_size
                or not name.isprintable()
                or (self.touched and start + name in self.touched)
            ):
                yield name
            elif self.wanted > 0:
                self.fresh.add(folder + name)
                yield name
            else:
                untouched += 1
        self.counts[State.FINISHED] += finished
        self.counts[State.UNPROCESSED] += untouched

    def _find_proven(self, rows: Sequence[int], stats: Sequence[Any], columns: Sequence[Sequence[Any]]) -> set[int]:
        """Return which of these rows were examined before, just as they are now."""
        if not rows:
            return set()
        keys: Iterable[tuple[int, ...]] = map(_numbers, map(stats.__getitem__, rows))
        for column in columns:
            keys = map(add, keys, map(_numbers, map(column.__getitem__, rows)))
        return {row for row, digest in zip(rows, map(hash, keys), strict=True) if digest in self.proven}


def _is_plain(mode: int) -> bool:
    """Return whether a file is no folder and such, and may be read."""
    return S_ISREG(mode) and bool(mode & 0o444)


class _Place:
    """Where one output of a stage lies: its folder, and its names from the wildcards of the input's names."""

    def __init__(self, output: Pattern, source: Halves) -> None:
        halves = Halves(output)
        order = list(source.name.groupindex)
        places = [order.index(p.name) for p in halves.name_pieces if isinstance(p, Wildcard)]
        self._text = "".join("%s" if isinstance(p, Wildcard) else p.replace("%", "%%") for p in halves.name_pieces)
        self._get: Callable[[tuple[str, ...]], Any] = itemgetter(*places) if places else lambda _: ()
        self.folder = Pattern(output.text, halves.folder_pieces)
        self.uses = frozenset(halves.name.groupindex)
        self.is_short = self.uses < set(order)

    def names(self, groups: Groups) -> list[str]:
        """Return the output's name for each input's wildcards."""
        return [*map(self._text.__mod__, map(self._get, groups))]
