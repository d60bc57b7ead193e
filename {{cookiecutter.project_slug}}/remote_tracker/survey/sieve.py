"""The hot path of a scan: files whose results are proven, or that nobody ever touched, need no unit.

A folder's outputs are looked up in listings that are read once; per file there is one regular
expression, one look-up an output, and one hash. Anything unusual is left to the ordinary way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from operator import itemgetter

from ..model import Stage, State
from ..pattern import Pattern, Wildcard
from ..scan import Halves, Listing, Tree

FullMatch = Callable[[str], "re.Match[str] | None"]
Leave = Callable[[Iterable[str], Listing, FullMatch], Iterator[str]]
Getter = Callable[[tuple[str, ...]], object]


def is_siftable(stage: Stage) -> bool:
    """Return whether a unit is one file, and its outputs' folders follow from that file's folder."""
    if len(stage.inputs) != 1 or stage.each or stage.per or not stage.outputs:
        return False
    source = Halves(stage.inputs[0].pattern)
    if source.wants_folder or set(source.folder.groupindex) & set(source.name.groupindex):
        return False
    return all(_follows(o.pattern, source) for o in stage.outputs)


def _follows(output: Pattern, source: Halves) -> bool:
    halves = Halves(output)
    names = set(halves.name.groupindex)
    return (
        not output.is_glob
        and not output.is_folder
        and set(halves.folder.groupindex) == set(source.folder.groupindex)
        and names <= set(source.name.groupindex)
    )


class Sift:
    """Takes proven and untouched files of one stage, counting them in ``counts``.

    ``proven`` holds digests as of proven.py; ``touched`` the names that ran or are in flight. As long
    as ``wanted`` is above 0 untouched files are left over, so that they become units and are listed.
    ``rivals`` maps a file left over to the file, taken before, whose results have the same names.
    """

    def __init__(
        self,
        stage: Stage,
        tree: Tree,
        proven: Container[int],
        touched: Container[str],
        wanted: int,
        counts: Counter[State],
    ) -> None:
        source = Halves(stage.inputs[0].pattern)
        self._tree, self._proven, self._touched, self._counts = tree, proven, touched, counts
        self._skip = len(stage.inputs[0].pattern.root) + 1
        self._places = [_place_of(o.pattern, source) for o in stage.outputs]
        self._short = next((i for i, o in enumerate(stage.outputs) if _is_short(o.pattern, source)), -1)
        self.wanted = wanted
        self.rivals: dict[str, str] = {}

    def of_folder(self, folder: str, values: Mapping[str, str]) -> Leave:
        """Return (names, listing, regular expression) -> the names that are left over, one folder's worth."""
        outputs = [(self._tree.listing(place.fill(values)).get, template, get) for place, template, get in self._places]
        total, proven, touched = len(outputs), self._proven, self._touched
        key_start = folder[self._skip :]
        claims: dict[str, str] = {}
        short, short_get = self._places[self._short][1:] if self._short >= 0 else ("", itemgetter(0))

        def leave(names: Iterable[str], listing: Listing, fullmatch: FullMatch) -> Iterator[str]:
            finished = untouched = 0
            for name in names:
                found = fullmatch(name)
                entry = listing[name]
                if found is None or entry is None:
                    yield name
                    continue
                groups = found.groups()
                if short and (first := claims.setdefault(short % short_get(groups), name)) is not name:
                    self.rivals[folder + name] = key_start + first
                    yield name
                    continue
                numbers: tuple[int, ...] = (entry.st_size, entry.st_mtime_ns, entry.st_ino)
                there = 0
                for listed, template, get in outputs:
                    made = listed(template % get(groups))
                    if made is not None:
                        there += 1
                        numbers += (made.st_size, made.st_mtime_ns, made.st_ino)
                if there:
                    if there == total and hash(numbers) in proven:
                        finished += 1
                    else:
                        yield name
                elif self.wanted > 0 or key_start + name in touched or not entry.st_size or not name.isprintable():
                    yield name
                else:
                    untouched += 1
            self._counts[State.FINISHED] += finished
            self._counts[State.UNPROCESSED] += untouched

        return leave


def _is_short(output: Pattern, source: Halves) -> bool:
    """Return whether two files of one folder could have one output: a wildcard is not in its name."""
    return set(Halves(output).name.groupindex) < set(source.name.groupindex)


def _place_of(output: Pattern, source: Halves) -> tuple[Pattern, str, Getter]:
    """Return an output's folder, and the template of its name with the getter of what goes into it."""
    halves = Halves(output)
    wanted = [p.name for p in halves.name_pieces if isinstance(p, Wildcard)]
    order = list(source.name.groupindex)
    text = "".join("%s" if isinstance(p, Wildcard) else p.replace("%", "%%") for p in halves.name_pieces)
    places = [order.index(name) for name in wanted]
    get: Getter = itemgetter(*places) if places else lambda _groups: ()
    return Pattern(output.text, halves.folder_pieces), text, get
