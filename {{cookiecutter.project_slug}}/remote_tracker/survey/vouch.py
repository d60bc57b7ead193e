"""Tell which success of a unit vouches for the results that lie there, by what files hold and not by when they changed.

Times, inodes and places change when a project is copied or a disk is mounted elsewhere; what a file holds does not.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

from ..content.digest import sample_of
from ..content.entry import Entry, has_content, is_at
from ..content.find import find_files_in
from ..model import Record, Stage, Unit
from ..named_tuple import NamedTuple
from ..scan import Tree

OTHER_CONTENT = "other content"  # stands for a record's inputs where the files of now only look like them


class Likeness(IntEnum):
    """How files are beside what a task noted about them, from surest to worst."""

    UNTOUCHED = 0  # same size, times and inode
    SAMPLED = 1  # other times or inode, the same content by a sample
    UNKNOWN = 2  # the task noted nothing about them
    DIFFERENT = 3


class Place(NamedTuple):
    """A file or folder as it lies there now."""

    path: str  # below the project, as a task notes it
    place: str  # absolute
    found: os.stat_result
    is_open: bool = False  # it is one of a glob's files, to which others may have been added since
    is_rewritten: bool = False  # a later stage may have written into it since


class Voucher(NamedTuple):
    """What the successes of a unit say about its results."""

    record: Record | None  # the success that made them; its inputs are the unit's mark where they hold the same
    results: Likeness = Likeness.UNKNOWN
    inputs: Likeness = Likeness.UNKNOWN

    @property
    def is_changed(self) -> bool:
        """Return whether no success noted the results as they are now."""
        return self.results is Likeness.DIFFERENT

    @property
    def is_sampled(self) -> bool:
        """Return whether the files were recognised by a sample."""
        return Likeness.SAMPLED in (self.results, self.inputs)


def places_of_inputs(unit: Unit, tree: Tree) -> list[Place]:
    """Return the unit's inputs that are there."""
    paths = [path for files in unit.inputs for path in files]
    return [Place(p, tree.place(p), entry) for p in paths if (entry := tree.stat(p)) is not None]


def places_of_results(stage: Stage, unit: Unit, tree: Tree) -> list[Place]:
    """Return the unit's results that are there."""
    values = dict(zip(stage.unit_wildcards, unit.values, strict=True))
    return [
        Place(path, tree.place(path), entry, output.pattern.is_glob, output.rewritten)
        for output in stage.outputs
        for path, entry in tree.find(output.pattern, values)
    ]


def find_voucher(
    successes: Iterable[Record],
    entries_of: Callable[[Record], Sequence[Entry]],
    mark: str,
    inputs: Sequence[Place],
    results: Sequence[Place],
    by_name: bool = False,
) -> Voucher:
    """Return the youngest success that noted the ``results`` as they are, else the youngest success of all.

    ``successes`` come youngest first; ``mark`` is the fingerprint of the inputs now. A success without notes is
    believed, as it always was. Where no results are to be compared, the youngest success is taken. With ``by_name``
    inputs must have the names that they had, too.
    """
    youngest: Voucher | None = None
    for record in successes:
        entries = entries_of(record)
        alike = compare_results([e for e in entries if e.role == "out"], results) if results else Likeness.UNKNOWN
        if alike is not Likeness.DIFFERENT or youngest is None:
            rebased, like = rebase(record, entries, mark, inputs, by_name)
            voucher = Voucher(rebased, alike, like)
            if alike is not Likeness.DIFFERENT:
                return voucher
            youngest = voucher
    return youngest or Voucher(None)


def rebase(
    record: Record, entries: Sequence[Entry], mark: str, inputs: Sequence[Place], by_name: bool = False
) -> tuple[Record, Likeness]:
    """Return the record with its inputs named by the ``mark`` of now, where they hold what they held then."""
    noted = [entry for entry in entries if entry.role == "in"]
    if not noted or not inputs:
        return record, Likeness.UNKNOWN
    alike = Likeness.DIFFERENT if by_name and _has_other_names(noted, inputs) else compare_inputs(noted, inputs)
    if alike is not Likeness.DIFFERENT:
        return record._replace(inputs=mark), alike
    return (record._replace(inputs=OTHER_CONTENT) if record.inputs == mark else record), alike


def _has_other_names(noted: Sequence[Entry], inputs: Sequence[Place]) -> bool:
    """Return whether files below the project have other names than a task noted; names elsewhere tell nothing."""
    names = {entry.path for entry in noted}
    return not any(map(os.path.isabs, names)) and names != {path for path, _ in files_of_places(inputs)}


def compare_results(noted: Sequence[Entry], results: Sequence[Place]) -> Likeness:
    """Return how results are beside what a task noted: each file under its name."""
    if not noted:
        return Likeness.UNKNOWN
    spared = tuple(place.path.rstrip("/") for place in results if place.is_rewritten)
    wanted = {entry.path: entry for entry in noted if not is_below(entry.path, spared)}
    found = dict(files_of_places(place for place in results if not place.is_rewritten))
    extra = found.keys() - wanted.keys() - {place.path for place in results if place.is_open}
    missing = wanted.keys() - found.keys()
    if any(_is_meant(path, results) for path in missing) or any(not _is_hidden(path) for path in extra):
        return Likeness.DIFFERENT
    wanted = {path: entry for path, entry in wanted.items() if path not in missing}
    return _worst(_compare(wanted[path], *found[path]) for path in wanted) if wanted else Likeness.UNKNOWN


def _is_hidden(path: str) -> bool:
    return os.path.basename(path).startswith(".")


def _is_meant(path: str, results: Sequence[Place]) -> bool:
    """Return whether a noted file that is missing belongs to the results of now: other parameters may ask for fewer."""
    folder, name = os.path.split(path)
    for place in results:
        beside, other = os.path.split(place.path.rstrip("/"))
        if path.startswith(f"{place.path.rstrip('/')}/"):
            return True
        if place.is_open and folder == beside and os.path.splitext(name)[1] == os.path.splitext(other)[1]:
            return True
    return False


def is_below(path: str, spared: Sequence[str]) -> bool:
    """Return whether a path is one of the places ``spared``, or lies in one of these folders."""
    return any(path == place or path.startswith(f"{place}/") for place in spared)


def compare_inputs(noted: Sequence[Entry], inputs: Sequence[Place]) -> Likeness:
    """Return how inputs are beside what a task noted: the same contents, whatever their names are now."""
    now = dict(files_of_places(inputs))
    if len(now) != len(noted):
        return Likeness.DIFFERENT
    if len(noted) == 1:
        return _compare(noted[0], *next(iter(now.values())))
    by_path = {entry.path: entry for entry in noted}
    for path in [path for path in now if path in by_path and is_at(by_path[path], now[path][1])]:
        del now[path], by_path[path]
    if not now:
        return Likeness.UNTOUCHED
    rest = list(by_path.values())
    if sorted(entry.size for entry in rest) != sorted(found.st_size for _, found in now.values()):
        return Likeness.DIFFERENT
    if not all(entry.sample for entry in rest):
        return Likeness.UNKNOWN
    try:
        samples = sorted((found.st_size, sample_of(place)) for place, found in now.values())
    except OSError:
        return Likeness.DIFFERENT
    return Likeness.SAMPLED if samples == sorted((e.size, e.sample) for e in rest) else Likeness.DIFFERENT


def files_of_places(places: Iterable[Place]) -> Iterable[tuple[str, tuple[str, os.stat_result]]]:
    """Yield (path, (place, stat)) of each file; a folder stands for the files in it."""
    for path, place, found, *_ in places:
        if not os.path.isdir(place):
            yield path, (place, found)
            continue
        for file in find_files_in(place):
            try:
                yield path.rstrip("/") + file[len(place.rstrip("/")) :], (file, os.stat(file))
            except OSError:
                continue  # it went away just now: it counts as missing


def _compare(entry: Entry, place: str, found: os.stat_result) -> Likeness:
    if is_at(entry, found):
        return Likeness.UNTOUCHED
    if not (entry.sample or entry.sha256):
        return Likeness.UNKNOWN if entry.size == found.st_size else Likeness.DIFFERENT
    return Likeness.SAMPLED if has_content(place, entry) else Likeness.DIFFERENT


def _worst(found: Iterable[Likeness]) -> Likeness:
    worst = Likeness.UNTOUCHED
    for alike in found:
        worst = max(worst, alike)
        if worst is Likeness.DIFFERENT:
            break
    return worst
