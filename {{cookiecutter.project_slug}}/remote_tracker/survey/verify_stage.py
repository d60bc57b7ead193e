"""Read every finished result of a stage whole, and its inputs, and judge each unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from zlib import crc32

from ..checks import WHOLE
from ..content.entry import Entry, entry_of
from ..model import Cause, Project, Record, Stage, State, Unit
from ..named_tuple import NamedTuple
from ..records import History, age_of
from ..scan import Tree
from .decision import Decision
from .in_flight import load_history
from .options import Examined
from .parallel import examine_all
from .proven import rules_of, stat_digest
from .read_whole import File, read_files
from .reads import Reads
from .refuted import Refuted
from .states import is_bad, is_changed, is_gone
from .unit_files import verify_deep
from .upstream import is_derived
from .verdict import Change, Compared, Verdict, Verified, compare, judge
from .vouch import files_of_places, is_below, places_of_inputs, places_of_results

UNITS_AT_ONCE = 500  # their files are read, then their checks are run


class Asked(NamedTuple):
    """A file that is read for a unit."""

    file: File
    found: os.stat_result


class _Files(NamedTuple):
    """The files of a unit, as they lie there now."""

    asked: tuple[Asked, ...]
    added: tuple[str, ...]  # paths that may have come since: a glob's
    spared: tuple[str, ...]  # paths of results that a later stage may have written into since
    digest: int  # of their stats, as scans remember them


def is_to_read(seen: Examined) -> bool:
    """Return whether the files of a unit are read: its results are there."""
    decision = seen.decision
    return decision.state is State.FINISHED or decision.cause is Cause.INPUT_CHANGED or is_bad(decision)


def find_files(project: Project, stage: Stage, seen: Iterable[Examined]) -> Iterator[Asked]:
    """Yield the files that are to be read for the units; a file of several units comes several times."""
    tree = Tree(project.root, project.videos)
    for one in seen:
        if is_to_read(one):
            yield from _files_of(project, stage, one.unit, tree).asked


def _files_of(project: Project, stage: Stage, unit: Unit, tree: Tree) -> _Files:
    root, asked = f"{project.root}/", []
    made = places_of_results(stage, unit, tree)
    results = [place for place in made if not place.is_rewritten]
    for role, places in (("in", places_of_inputs(unit, tree) if made else []), ("out", results)):
        for _, (place, found) in files_of_places(places):
            asked.append(Asked(File(role, place.removeprefix(root), place), found))
    spared = tuple(place.path.rstrip("/") for place in made if place.is_rewritten)
    inputs = [tree.stat(path) for paths in unit.inputs for path in paths]
    digest = stat_digest(inputs, [place.found for place in made])
    return _Files(tuple(asked), tuple(place.path for place in results if place.is_open), spared, digest)


def _goes_by_times(project: Project, stage: Stage) -> bool:
    """Return whether times tell if a stage's inputs changed: programs that work in place write into them, too."""
    return stage.work == "in-place" and is_derived(project, stage)


def _compare(history: History, unit: Unit, files: _Files, read: Sequence[Entry], by_times: bool) -> Compared:
    """Return what the unit's successes say about its files as they were ``read``, or about its results alone."""
    now = [entry for entry in read if entry.role == "out"] if by_times else read

    def entries_of(record: Record) -> list[Entry]:
        return [e for e in history.entries(record) if e.role == "in" or not is_below(e.path, files.spared)]

    compared = compare(history.youngest_first(unit.key), entries_of, now, files.added)
    return compared._replace(made=maker_of(compared.made, history))


def verify_stage(
    project: Project,
    stage: Stage,
    seen: Iterable[Examined],
    reads: Reads,
    refuted: Refuted,
    find: Callable[[Asked], Entry | None],
    tell: Callable[[int], None],
) -> Iterator[tuple[Verified, Sequence[Entry]]]:
    """Yield the verdict on each unit whose results are there or gone, with its files as they were read.

    What is read is remembered in ``reads``, results whose checks fail in ``refuted``; ``find`` returns what is known of
    a file already. ``tell`` is called with how many bytes were read since the last call.
    """
    tree, history = Tree(project.root, project.videos), load_history(project, stage)
    by_times = _goes_by_times(project, stage)
    rules = crc32(rules_of(stage).encode())
    rest = iter(seen)
    while step := [*islice(rest, UNITS_AT_ONCE)]:
        files = {one.unit.key: _files_of(project, stage, one.unit, tree) for one in step if is_to_read(one)}
        known, lost = _read(files.values(), reads, find, tell)
        entries = {key: _entries_of(found, known) for key, found in files.items()}
        doubted = {key for key, found in files.items() if refuted.reason(found.digest)}
        bad = {key: why for key, found in files.items() if (why := _find_lost(found, lost))}
        whole = [one.unit for one in step if one.unit.key in files and one.unit.key not in bad]
        failed = _check(project, stage, tree, whole, {u.key: _digest(entries[u.key], rules) for u in whole}, reads)
        believed = [one for one in step if is_bad(one.decision) and one.unit.key not in doubted]
        bad = {one.unit.key: one.decision.reason for one in believed} | bad | failed
        _remember(refuted, {files[u.key].digest: failed.get(u.key, "") for u in whole})
        for unit, decision in step:
            if unit.key in files:
                if is_bad(decision) and unit.key not in bad:
                    decision = Decision(State.FINISHED)
                now = entries[unit.key]
                compared = (
                    _compare(history, unit, files[unit.key], now, by_times) if now else Compared(None, True, True)
                )
                yield judge(unit, decision, compared, bad.get(unit.key, "")), now
            elif is_gone(decision):
                yield Verified(unit, decision, Verdict.GONE), ()


def maker_of(record: Record | None, history: History) -> Record | None:
    """Return the record whose parameters the result was made with: a task that found its result there made nothing."""
    if record is None or record.cause is not Cause.ALREADY_FINISHED:
        return record
    makers = [made for made in history.successes(record.unit) if age_of(made.batch) < age_of(record.batch)]
    return makers[-1] if makers else record


def find_changed(project: Project, stage: Stage, seen: Sequence[Examined]) -> dict[str, tuple[Change, ...]]:
    """Return, by the unit's name, the files that are not as a success noted them, by their sizes and samples.

    Units are left out whose results a scan takes to be as they were made.
    """
    asked = [one.unit for one in seen if is_to_read(one) and not _is_as_made(one.decision)]
    if not asked:
        return {}
    tree, history, by_times = (
        Tree(project.root, project.videos),
        load_history(project, stage),
        _goes_by_times(project, stage),
    )
    found = {}
    for unit in asked:
        files, now = _files_of(project, stage, unit, tree), []
        for file, _ in files.asked:
            with suppress(OSError):  # it went away just now, or cannot be read
                now.append(entry_of(file.role, file.path, file.place, whole=False))
        compared = _compare(history, unit, files, now, by_times)
        found[unit.key] = (*compared.results, *compared.inputs)
    return found


def _is_as_made(decision: Decision) -> bool:
    return decision.state is State.FINISHED and not is_changed(decision)


def _read(
    files: Iterable[_Files], reads: Reads, find: Callable[[Asked], Entry | None], tell: Callable[[int], None]
) -> tuple[dict[str, Entry], dict[str, str]]:
    """Return the files' entries, by path, and why the others cannot be read."""
    known: dict[str, Entry] = {}
    lost: dict[str, str] = {}
    wanted: dict[str, File] = {}
    for asked in (asked for found in files for asked in found.asked):
        if entry := find(asked):
            known[asked.file.path] = entry
        else:
            wanted[asked.file.path] = asked.file
    for file, read in read_files(list(wanted.values()), tell):
        if isinstance(read, Entry):
            known[file.path] = read
            reads.add(read)
        else:
            lost[file.path] = read
    return known, lost


def _entries_of(files: _Files, known: Mapping[str, Entry]) -> list[Entry]:
    """Return the entries of a unit's files; a file that another unit reads in another role is given its role here."""
    found = [(asked.file, known.get(asked.file.path)) for asked in files.asked]
    return [entry._replace(role=file.role) for file, entry in found if entry]


def _find_lost(files: _Files, lost: Mapping[str, str]) -> str:
    paths = [asked.file.path for asked in files.asked if asked.file.path in lost]
    return f"{paths[0]}: cannot be read: {lost[paths[0]]}" if paths else ""


def _digest(entries: Iterable[Entry], rules: int) -> int:
    """Return the digest of a unit's files and its stage's checks: the same in every process."""
    numbers = [n for e in entries for n in (e.size, e.mtime_ns, e.inode, e.ctime_ns)]
    return hash((rules, *numbers))


def _remember(refuted: Refuted, found: Mapping[int, str]) -> None:
    """Remember which checks fail, by the digests of the results; "": all hold."""
    for digest, why in found.items():
        if why:
            refuted.add(digest, why)
        else:
            refuted.forget(digest)


def _check(
    project: Project, stage: Stage, tree: Tree, units: Sequence[Unit], digests: Mapping[str, int], reads: Reads
) -> dict[str, str]:
    """Return the check that fails, by the name of its unit; that the other units' checks hold is remembered."""

    def examine(unit: Unit) -> str:
        return verify_deep(project, stage, unit, tree, WHOLE)

    new = [unit for unit in units if not reads.holds(digests[unit.key])]
    beside = examine_all(new, examine, tree.is_late)
    bad = {}
    for unit in new:
        if why := beside[unit.key] if unit.key in beside else examine(unit):
            bad[unit.key] = why
        else:
            reads.add(digests[unit.key])
    return bad
