"""Matches of a stage's inputs -> its Units: joined on the wildcards they share, spread over lists, grouped."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..model import Each, Input, Stage, Unit, mark_of
from .tree import Tree, is_folder
from .walk import Match, Sieve, find_matches


class Expected(NamedTuple):
    """A file that an earlier stage makes: ``state`` is empty once it is there and proven.

    ``lost`` is true where it will not come by itself (its video is invalid or set aside).
    """

    path: str
    state: str
    lost: bool


class Row(NamedTuple):
    """One way to fill a stage's wildcards, on its way to become a unit."""

    values: tuple[str, ...]
    files: tuple[tuple[str, ...], ...]
    stats: tuple[os.stat_result, ...]
    problem: str
    waits: str


def find_units(
    stage: Stage, tree: Tree, expected: Mapping[str, Iterable[Expected]] | None = None, sieve: Sieve | None = None
) -> Iterator[Unit]:
    """Yield the stage's units, in a stable order.

    ``expected`` holds, by input name, the files that earlier stages will make; a unit waits for them.
    What ``sieve`` takes of the first input's files is not yielded.
    """
    wildcards: tuple[str, ...] = ()
    rows: Iterator[Row] = iter([Row((), (), (), "", "")])
    for position, wanted in enumerate(stage.inputs):
        found = find_matches(tree, wanted, None if position else sieve)
        if wanted.pick == "newest":
            found = _newest_of(found, _shared_places(stage, wanted))
        made = _candidates(found, wanted, (expected or {}).get(wanted.name, ()), bool(stage.per))
        rows = _first_rows(made) if not position else _joined(rows, wildcards, list(made), wanted)
        wildcards = tuple(dict.fromkeys((*wildcards, *wanted.pattern.wildcards)))
    for each in stage.each:
        rows = _spread(rows, wildcards, each, tree)
        wildcards = (*wildcards, each.wildcard)
    if stage.per:
        rows = _grouped(rows, wildcards, stage.per)
        wildcards = stage.per
    key = _namer(stage, wildcards)
    for row in rows:
        yield Unit(key(row), row.values, row.files, mark_of(row.stats), _newest(row), row.problem, row.waits)


class Candidate(NamedTuple):
    """A match with what is wrong with it or what it waits for."""

    match: Match
    problem: str
    waits: str


def _candidates(
    found: Iterable[Match], wanted: Input, expected: Iterable[Expected], grouped: bool
) -> Iterator[Candidate]:
    promised = {e.path: e for e in expected}
    for match in found:
        promise = promised.pop(match.path, None)
        if promise is None or not promise.state:
            yield Candidate(match, problem_of(match.path, match.stat), "")
        elif not (grouped and promise.lost):
            yield Candidate(match, "", promise.state)
    for promise in promised.values():
        values = wanted.pattern.match(promise.path)
        if values is not None and not (grouped and promise.lost):
            yield Candidate(Match(promise.path, tuple(values.values()), None), "", promise.state or "its file is gone")


def _shared_places(stage: Stage, wanted: Input) -> list[int]:
    """Return where in the input's values the wildcards stand that other inputs have too."""
    others = {w for i in stage.inputs if i.name != wanted.name for w in i.pattern.wildcards}
    return [i for i, w in enumerate(wanted.pattern.wildcards) if w in others]


def _newest_of(found: Iterable[Match], places: Sequence[int]) -> Iterator[Match]:
    best: dict[tuple[str, ...], Match] = {}
    for match in found:
        agreed = tuple(match.values[i] for i in places)
        held = best.get(agreed)
        if held is None or (match.stat and held.stat and match.stat.st_mtime_ns > held.stat.st_mtime_ns):
            best[agreed] = match
    return iter(best.values())


def problem_of(path: str, entry: os.stat_result | None) -> str:
    """Return in a few words why this input cannot be processed, empty where nothing speaks against it."""
    if not path.isprintable() and ("\n" in path or not _is_utf8(path)):
        return "its name holds a line break" if "\n" in path else "its name is not UTF-8"
    if entry is None:
        return "a link that leads nowhere"
    if entry.st_size == 0 and not is_folder(entry):
        return "it is empty"
    return "" if entry.st_mode & 0o444 else "it may not be read"


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _first_rows(candidates: Iterable[Candidate]) -> Iterator[Row]:
    for match, problem, waits in candidates:
        yield Row(match.values, ((match.path,),), (match.stat,) if match.stat else (), problem, waits)


def _joined(rows: Iterable[Row], have: Sequence[str], found: list[Candidate], wanted: Input) -> Iterator[Row]:
    shared = [w for w in wanted.pattern.wildcards if w in have]
    new = [i for i, w in enumerate(wanted.pattern.wildcards) if w not in have]
    here = [have.index(w) for w in shared]
    there = [wanted.pattern.wildcards.index(w) for w in shared]
    index: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in found:
        index.setdefault(tuple(candidate.match.values[i] for i in there), []).append(candidate)
    for row in rows:
        partners = index.get(tuple(row.values[i] for i in here))
        if partners is None:
            if wanted.optional and not new:
                yield row._replace(files=(*row.files, ()))
            elif not new:
                missing = f"there is no {wanted.name} for it ({wanted.pattern.text})"
                yield row._replace(files=(*row.files, ()), problem=row.problem or missing)
            continue
        for match, problem, waits in partners:
            yield Row(
                (*row.values, *(match.values[i] for i in new)),
                (*row.files, (match.path,)),
                (*row.stats, match.stat) if match.stat else row.stats,
                row.problem or (f"{wanted.name}: {problem}" if problem else ""),
                row.waits or waits,
            )


def _spread(rows: Iterable[Row], have: Sequence[str], each: Each, tree: Tree) -> Iterator[Row]:
    lists: dict[str, tuple[tuple[str, ...], str]] = {}
    for row in rows:
        values, problem = each.values, ""
        if each.file is not None:
            path = each.file.fill(dict(zip(have, row.values, strict=True)))
            if path not in lists:
                lists[path] = load_list(tree.place(path), path, each.key)
            values, problem = lists[path]
        if problem:
            yield row._replace(values=(*row.values, ""), problem=row.problem or problem)
        for value in values:
            yield row._replace(values=(*row.values, value))


def load_list(place: str, path: str, key: str) -> tuple[tuple[str, ...], str]:
    """Return the values that a list file holds, and in a few words why they cannot be had."""
    try:
        with open(place, encoding="utf-8") as file:
            text = file.read()
        if not key and not path.endswith(".json"):
            return tuple(line.strip() for line in text.splitlines() if line.strip()), ""
        data = json.loads(text)
        for part in key.split(".") if key else ():
            data = data[part]
        return tuple(str(item) for item in data), ""
    except OSError as error:
        return (), f"its list {path} cannot be read ({error.strerror})"
    except (ValueError, KeyError, TypeError):
        return (), f"its list {path} holds no list{f' at {key}' if key else ''}"


def _grouped(rows: Iterable[Row], have: Sequence[str], per: Sequence[str]) -> Iterator[Row]:
    places = [have.index(w) for w in per]
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.values[i] for i in places), []).append(row)
    for values, members in sorted(groups.items()):
        yield _merged(values, members)


def _merged(values: tuple[str, ...], members: list[Row]) -> Row:
    fine = [m for m in members if not m.problem and not m.waits]
    waiting = [m for m in members if m.waits]
    columns = range(len(members[0].files))
    files = tuple(tuple(sorted({path for m in fine for path in m.files[c]})) for c in columns)
    by_path = {path: entry for m in fine for path, entry in zip(_flat(m.files), m.stats, strict=False)}
    stats = tuple(by_path[path] for path in sorted(by_path))
    problem = "" if fine or waiting else members[0].problem
    return Row(values, files, stats, problem, _count_waits(waiting, len(members)))


def _flat(files: Iterable[Sequence[str]]) -> Iterator[str]:
    return (path for paths in files for path in paths)


def _count_waits(waiting: list[Row], total: int) -> str:
    if not waiting:
        return ""
    first = waiting[0].waits
    more = f", and {len(waiting) - 1} more" if len(waiting) > 1 else ""
    return f"{len(waiting)} of {total} not finished: {first}{more}"


def _newest(row: Row) -> int:
    return max((entry.st_mtime_ns for entry in row.stats), default=0)


def _namer(stage: Stage, wildcards: tuple[str, ...]) -> Callable[[Row], str]:
    """Return row -> its name for people: the first input's path, or the values where it is a group."""
    first = stage.inputs[0].pattern if stage.inputs else None
    if first is None or not first.wildcards or not set(first.wildcards) <= set(wildcards):
        return lambda row: "/".join(v for v in row.values if v) or "."
    skip = len(first.root) + 1 if first.root else 0
    picked = {w for i in stage.inputs[1:] if i.pick == "newest" for w in i.pattern.wildcards}
    extra = [(i, w) for i, w in enumerate(wildcards) if w not in first.wildcards and w not in picked]
    return lambda row: row.files[0][0][skip:] + "".join(f",{w}={row.values[i]}" for i, w in extra)
