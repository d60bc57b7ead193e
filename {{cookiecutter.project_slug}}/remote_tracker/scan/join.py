"""Make units from the matches of a stage's inputs: join on shared wildcards, spread over lists, group."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from ..model import Input, ListWildcard, Stage, Unit, fingerprint_inputs
from ..named_tuple import NamedTuple
from ..partial_copies import PartialCopy
from .candidates import Candidate, ExpectedOutput, find_candidates, own_wildcards, problem_of
from .lists import Lists
from .numbered import Series, order_by_frames, order_by_number
from .pieces import Pieces
from .tree import Tree
from .walk import Match, find_matches


class JoinRow(NamedTuple):
    """A unit in the making: values for a stage's wildcards, and the files found for them."""

    values: tuple[str, ...]
    files: tuple[tuple[str, ...], ...]
    stats: tuple[os.stat_result, ...]
    problem: str
    waits: str
    lost: bool = False
    left_out: str = ""
    unready: PartialCopy | None = None


def find_units(
    stage: Stage, tree: Tree, expected: Mapping[str, Iterable[ExpectedOutput]] | None = None
) -> Iterator[Unit]:
    """Yield the stage's units, in a stable order.

    ``expected`` holds, by input name, the files that earlier stages will make; a unit waits for them.
    """
    if len(stage.inputs) == 1 and not (stage.each or stage.per or expected) and stage.inputs[0].pick == "all":
        yield from single_units(stage.inputs[0], find_matches(tree, stage.inputs[0]))
        return
    wildcards: tuple[str, ...] = ()
    rows: Iterator[JoinRow] = iter([JoinRow((), (), (), "", "")])
    for position, wanted in enumerate(stage.inputs):
        found = find_candidates(stage, tree, wanted, (expected or {}).get(wanted.name, ()))
        beside = position or (wanted.optional and stage.each)  # the list alone tells which units there are
        rows = _joined(rows, wildcards, list(found), wanted) if beside else _first_rows(found)
        wildcards = tuple(dict.fromkeys((*wildcards, *wanted.pattern.wildcards)))
    for each in stage.each:
        pieces = Pieces(stage, each.wildcard, each.cut, tree) if each.cut else None
        rows = _cut(rows, wildcards, pieces) if pieces else _spread(rows, wildcards, each, Lists(stage, each, tree))
        wildcards = (*wildcards, each.wildcard)
    if stage.per:
        rows = _grouped(rows, wildcards, stage)
        wildcards = stage.per
    key, taken = _namer(stage, wildcards), set[str]()
    for row in rows:
        name = key(row)
        again = "another one has just the same name" if name in taken else ""
        taken.add(name)
        yield Unit(
            name, row.values, row.files, fingerprint_inputs(row.stats), _newest(row), row.problem or again, *row[4:]
        )


def single_units(wanted: Input, matches: Iterable[Match]) -> Iterator[Unit]:
    """Yield a unit for each file: the same result as joining a single input, in half the time."""
    skip = len(wanted.pattern.root) + 1 if wanted.pattern.root else 0
    for match in matches:
        path, values, entry, unready = match
        stats, newest = ((entry,), entry.st_mtime_ns) if entry else ((), 0)
        key = path[skip:].rstrip("/")
        yield Unit(key, values, ((path,),), fingerprint_inputs(stats), newest, problem_of(match), unready=unready)


def _first_rows(candidates: Iterable[Candidate]) -> Iterator[JoinRow]:
    for match, problem, waits, lost, left_out, unready in candidates:
        stats = (match.stat,) if match.stat else ()
        yield JoinRow(match.values, ((match.path,),), stats, problem, waits, lost, left_out, unready)


def _joined(rows: Iterable[JoinRow], have: Sequence[str], found: list[Candidate], wanted: Input) -> Iterator[JoinRow]:
    new = [i for i, w in enumerate(wanted.pattern.wildcards) if w not in have]
    shared = [(have.index(w), i) for i, w in enumerate(wanted.pattern.wildcards) if w in have]
    index: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in found:
        index.setdefault(tuple(candidate.match.values[there] for _, there in shared), []).append(candidate)
    for row in rows:
        partners = index.get(tuple(row.values[here] for here, _ in shared))
        if partners is None and (have or not new or wanted.optional):  # otherwise there is no video, and so no unit
            yield _alone(row, wanted, have, len(new))
        for match, problem, waits, lost, left_out, unready in partners or ():
            yield JoinRow(
                (*row.values, *(match.values[i] for i in new)),
                (*row.files, (match.path,) if wanted.affects_results else ()),
                (*row.stats, match.stat) if match.stat and wanted.affects_results else row.stats,
                row.problem or (f"{wanted.name}: {problem}" if problem else ""),
                row.waits or waits,
                row.lost or lost,
                row.left_out or left_out,
                row.unready or unready,
            )


def _alone(row: JoinRow, wanted: Input, have: Sequence[str], new: int) -> JoinRow:
    """Return the row without a file for the input, whose new wildcards are empty: a problem unless it is optional."""
    problem = row.problem
    if not problem and not wanted.optional:
        known = {**dict.fromkeys(wanted.pattern.wildcards, "*"), **dict(zip(have, row.values, strict=True))}
        problem = f"there is no {wanted.name} for it ({wanted.pattern.fill(known)})"
    return row._replace(values=(*row.values, *[""] * new), files=(*row.files, ()), problem=problem)


def _spread(rows: Iterable[JoinRow], have: Sequence[str], each: ListWildcard, lists: Lists) -> Iterator[JoinRow]:
    for row in rows:
        values, problem = lists.values(have, row.values)
        if problem:
            yield row._replace(values=(*row.values, ""), problem=row.problem or problem)
        for value in values:
            yield row._replace(values=(*row.values, value), problem=row.problem or lists.problem_of(value))


def _cut(rows: Iterable[JoinRow], have: Sequence[str], pieces: Pieces) -> Iterator[JoinRow]:
    for row in rows:
        names, problem = pieces.names(dict(zip(have, row.values, strict=True)), row.files)
        if problem:
            yield row._replace(values=(*row.values, ""), problem=row.problem or problem)
        for name in names:
            yield row._replace(values=(*row.values, name))


def _grouped(rows: Iterable[JoinRow], have: Sequence[str], stage: Stage) -> Iterator[JoinRow]:
    places = [have.index(w) for w in stage.per]
    groups: dict[tuple[str, ...], list[JoinRow]] = {}
    for row in rows:
        groups.setdefault(tuple(row.values[i] for i in places), []).append(row)
    for values, members in sorted(groups.items()):
        if stage.numbered or stage.gathers:
            order = order_by_frames if stage.gathers else order_by_number
            yield _merged_in_order(values, members, have.index(stage.gathers or stage.numbered), order)
        elif not all(m.left_out for m in members):
            yield _merged(values, members)


def _merged_in_order(
    values: tuple[str, ...], members: list[JoinRow], number: int, order: Callable[[Sequence[str]], Series]
) -> JoinRow:
    """Return the row of a series, which is nothing without any of its files: it waits for them, or cannot be used."""
    series = order([member.values[number] for member in members])
    ordered = [members[place] for place in series.order]
    bad = next((m for m in ordered if m.problem), None)
    lost = next((m.left_out for m in ordered if m.left_out), "")
    told = f"{bad.files[0][0].rpartition('/')[2]}: {bad.problem}" if bad else ""
    row = _merged(values, ordered, in_order=True)
    return row._replace(problem=told or series.problem, waits=row.waits or lost, lost=bool(lost), left_out="")


def _merged(values: tuple[str, ...], members: list[JoinRow], in_order: bool = False) -> JoinRow:
    """Return the row of a group without its unfit members; its files come by name, or in the order of the members.

    A group waits for a copy that is arriving. It goes without a copy that was broken off; a series never does.
    """
    stray = [] if in_order else [m for m in members if m.unready and m.unready.broken_off]
    fine = [m for m in members if not (m.problem or m.waits or m.left_out or (m.unready and m not in stray))]
    fine = [m for m in fine if m.stats or not m.unready]  # of a stray copy what was there before counts, if anything
    left_out = [m.left_out for m in members if m.left_out]
    left_out += [f"what {m.unready.path} is a copy of: it was broken off" for m in stray if m.unready]
    waiting = [m for m in members if m.waits]
    columns = range(len(members[0].files))
    found = [dict.fromkeys(path for m in fine for path in m.files[c]) for c in columns]
    files = tuple(tuple(paths if in_order else sorted(paths)) for paths in found)
    by_path = {path: entry for m in fine for path, entry in zip(_flat(m.files), m.stats, strict=False)}
    stats = tuple(by_path[path] for column in files for path in column)  # the order in which run_task.sh takes them
    unready = next((m.unready for m in members if m.unready and not (fine and m in stray)), None)
    problem = "" if fine or waiting or unready else members[0].problem
    waits = _count_waits(waiting, len(members))
    return JoinRow(values, files, stats, problem, waits, left_out=", ".join(left_out), unready=unready)


def _flat(files: Iterable[Sequence[str]]) -> Iterator[str]:
    return (path for paths in files for path in paths)


def _count_waits(waiting: list[JoinRow], total: int) -> str:
    if not waiting:
        return ""
    first = waiting[0].waits
    more = f", and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    return f"{len(waiting)} of {total} not finished: {first}{more}"


def _newest(row: JoinRow) -> int:
    if len(row.stats) == 1:
        return row.stats[0].st_mtime_ns
    return max((entry.st_mtime_ns for entry in row.stats), default=0)


def _namer(stage: Stage, wildcards: tuple[str, ...]) -> Callable[[JoinRow], str]:
    """Return row -> its name for people: the path of its first input, or the values of its wildcards for a group."""
    named = [(n, i.pattern) for n, i in enumerate(stage.inputs) if i.pattern.wildcards or not wildcards]
    if not named or not set(named[0][1].wildcards) <= set(wildcards):
        return lambda row: "/".join(v for v in row.values if v) or "."
    place, first = named[0]
    skip = len(first.root) + 1 if first.root else 0
    # A wildcard in an output's name tells results, and so units, apart: it stays in the unit's name.
    named_by = {w for output in stage.outputs for w in output.pattern.wildcards}
    picked = {w for i in stage.inputs if i.pick == "newest" for w in own_wildcards(stage, i)} - named_by
    extra = [(i, w) for i, w in enumerate(wildcards) if w not in first.wildcards and w not in picked]

    def key(row: JoinRow) -> str:
        path = first.fill(dict(zip(wildcards, row.values, strict=True))) if stage.per else row.files[place][0]
        return path[skip:].rstrip("/") + "".join(f",{w}={row.values[i]}" for i, w in extra if row.values[i])

    return key
