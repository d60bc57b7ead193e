"""The hot path of a scan: files whose results are proven, or that nobody ever touched, need no unit.

A folder at a time: its outputs are looked up in listings that are read once, and most steps are one pass
over a column (names, stats, outputs), which Python does several times faster than file by file. Anything
unusual is left over for the ordinary way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add, attrgetter, itemgetter
from typing import Any

from ..model import Stage, State
from ..pattern import Pattern, Wildcard
from ..scan import Halves, Listing, Tree

Groups = Sequence[tuple[str, ...]]
FullMatch = Callable[[str], "re.Match[str] | None"]
Leave = Callable[[Sequence[str], Listing, FullMatch], Iterator[str]]
_numbers = attrgetter("st_size", "st_mtime_ns", "st_ino")


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

    ``proven`` holds digests as of proven.py; ``touched`` the names that ran or are in flight. As long
    as ``wanted`` is above 0 untouched files are left over, so that they become units and are listed.
    """

    stage: Stage
    tree: Tree
    proven: Container[int]
    touched: Container[str]
    wanted: int
    counts: Counter[State]

    def __post_init__(self) -> None:
        source = Halves(self.stage.inputs[0].pattern)
        self._skip = len(self.stage.inputs[0].pattern.root) + 1
        self._places = [_Place(o.pattern, source) for o in self.stage.outputs]
        self._short = [place for place in self._places if place.is_short][:1]

    def of_folder(self, folder: str, values: Mapping[str, str]) -> Leave:
        """Return (names, listing, regular expression) -> the names that are left over, one folder's worth."""

        def leave(names: Sequence[str], listing: Listing, fullmatch: FullMatch) -> Iterator[str]:
            matches, stats = [*map(fullmatch, names)], [*map(listing.__getitem__, names)]
            if None in matches or None in stats:
                odd = {n for n, m, s in zip(names, matches, stats, strict=True) if m is None or s is None}
                yield from (name for name in names if name in odd)
                names = [name for name in names if name not in odd]
                matches, stats = [*map(fullmatch, names)], [*map(listing.__getitem__, names)]
            groups = [found.groups() for found in matches if found is not None]
            if any(len(set(place.names(groups))) < len(groups) for place in self._short):
                yield from names  # two of them have one result: that needs the ordinary way
                return
            columns = [
                [*map(self.tree.listing(place.folder.fill(values)).get, place.names(groups))] for place in self._places
            ]
            yield from self._sort_out(folder[self._skip :], names, stats, columns)

        return leave

    def _sort_out(
        self, start: str, names: Sequence[str], stats: Sequence[Any], columns: Sequence[Sequence[Any]]
    ) -> Iterator[str]:
        """Count what is proven or untouched; yield the names of the others. A row: input, then its outputs."""
        made = [*zip(*columns, strict=True)]
        nothing = (None,) * len(columns)
        whole = [i for i, row in enumerate(made) if None not in row]
        proven = self._find_proven(whole, stats, columns)
        untouched = 0
        for index, row in enumerate(made):
            if index in proven:
                continue
            name = names[index]
            if (
                row != nothing
                or self.wanted > 0
                or not stats[index].st_size
                or not name.isprintable()
                or (self.touched and start + name in self.touched)
            ):
                yield name
            else:
                untouched += 1
        self.counts[State.FINISHED] += len(proven)
        self.counts[State.UNPROCESSED] += untouched

    def _find_proven(self, rows: Sequence[int], stats: Sequence[Any], columns: Sequence[Sequence[Any]]) -> set[int]:
        """Return which of these rows were examined before, just as they are now."""
        if not rows:
            return set()
        keys: Iterable[tuple[int, ...]] = map(_numbers, map(stats.__getitem__, rows))
        for column in columns:
            keys = map(add, keys, map(_numbers, map(column.__getitem__, rows)))
        return {row for row, digest in zip(rows, map(hash, keys), strict=True) if digest in self.proven}


class _Place:
    """Where one output of a stage lies: its folder, and its names from the wildcards of the input's names."""

    def __init__(self, output: Pattern, source: Halves) -> None:
        halves = Halves(output)
        order = list(source.name.groupindex)
        places = [order.index(p.name) for p in halves.name_pieces if isinstance(p, Wildcard)]
        self._text = "".join("%s" if isinstance(p, Wildcard) else p.replace("%", "%%") for p in halves.name_pieces)
        self._get: Callable[[tuple[str, ...]], Any] = itemgetter(*places) if places else lambda _: ()
        self.folder = Pattern(output.text, halves.folder_pieces)
        self.is_short = set(halves.name.groupindex) < set(order)

    def names(self, groups: Groups) -> list[str]:
        """Return the output's name for each input's wildcards."""
        return [*map(self._text.__mod__, map(self._get, groups))]
