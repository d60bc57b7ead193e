"""Find the files of an input: files that are there, and files that earlier stages will make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from ..model import Input, Stage
from ..named_tuple import NamedTuple
from ..partial_copies import PartialCopy
from .tree import Tree, is_folder
from .walk import Match, find_matches


class ExpectedOutput(NamedTuple):
    """A file that an earlier stage makes."""

    path: str
    state: str  # the state of its unit in words; empty once the file is there and proven
    lost: bool  # the file will not come by itself: its video is invalid or set aside


class Candidate(NamedTuple):
    """A match with what speaks against it; the texts are empty where nothing does."""

    match: Match
    problem: str  # why the file cannot be processed
    waits: str  # the state of the earlier unit that must make the file first
    lost: bool = False  # the file will not come by itself
    left_out: str = ""  # the state of a file that will not come by itself and that a group goes on without
    unready: PartialCopy | None = None  # of the file


def find_candidates(stage: Stage, tree: Tree, wanted: Input, expected: Iterable[ExpectedOutput]) -> Iterator[Candidate]:
    """Yield the input's files, sorted, then the files in ``expected`` that are not there yet."""
    if wanted.pick == "newest":
        found = _newest_of(find_matches(tree, wanted), _agreed_places(stage, wanted))
    else:
        found = find_matches(tree, wanted)
    promised = {e.path.rstrip("/"): e for e in expected}
    grouped = bool(stage.per)
    for match in _of_this_cut(stage, wanted, found, promised) if stage.gathers else found:
        promise = promised.pop(match.path, None)
        if promise is None or not promise.state:
            yield Candidate(match, problem_of(match, wanted.affects_results), "", unready=match.unready)
        else:
            yield _promised(match, promise.state, promise.lost, grouped)
    for path, promise in promised.items():
        values = wanted.pattern.match(promise.path)
        if values is not None and not _is_seen(tree, wanted, path):
            match = Match(path, tuple(values.values()), None)
            yield _promised(match, promise.state or "its file is gone", promise.lost, grouped)


def _of_this_cut(stage: Stage, wanted: Input, found: Iterable[Match], promised: Iterable[str]) -> Iterator[Match]:
    """Yield the files but for pieces that nobody makes any more: their video is cut otherwise now."""
    names = wanted.pattern.wildcards
    if stage.gathers not in names:
        yield from found
        return
    made = set(promised)
    values = (wanted.pattern.match(path) for path in made)
    cut = {tuple(v[n] for n in names if n != stage.gathers) for v in values if v}
    for match in found:
        own = tuple(v for n, v in zip(names, match.values, strict=True) if n != stage.gathers)
        if match.path in made or own not in cut:
            yield match


def _promised(match: Match, state: str, lost: bool, grouped: bool) -> Candidate:
    return Candidate(match, "", "", left_out=state) if grouped and lost else Candidate(match, "", state, lost)


def _is_seen(tree: Tree, wanted: Input, path: str) -> bool:
    """Return whether a promised file is no news: it is there but was not picked, or it is excluded."""
    name = path.rpartition("/")[2]
    return tree.stat(path) is not None or any(fnmatchcase(name, glob) for glob in wanted.exclude)


def _agreed_places(stage: Stage, wanted: Input) -> list[int]:
    """Return the places, among the input's wildcards, of those whose values all files of a choice share."""
    own = own_wildcards(stage, wanted)
    return [i for i, w in enumerate(wanted.pattern.wildcards) if w not in own]


def own_wildcards(stage: Stage, wanted: Input) -> set[str]:
    """Return the wildcards in which the files of a choice differ: ``of``, or all that no other input has."""
    others = {w for i in stage.inputs if i.name != wanted.name for w in i.pattern.wildcards}
    return set(wanted.of) or set(wanted.pattern.wildcards) - others


def _newest_of(found: Iterable[Match], places: Sequence[int]) -> Iterator[Match]:
    best: dict[tuple[str, ...], Match] = {}
    for match in found:
        agreed = tuple(match.values[i] for i in places)
        held = best.get(agreed)
        if held is None or (match.stat and held.stat and match.stat.st_mtime_ns > held.stat.st_mtime_ns):
            best[agreed] = match
        elif match.unready and not held.unready:  # the file that is being copied may be the newest
            best[agreed] = held._replace(unready=match.unready)
    return iter(best.values())


def problem_of(match: Match, filled: bool = True) -> str:
    """Return in a few words why the file cannot be processed, empty where nothing speaks against it.

    Without ``filled`` the file may be empty: its input only names units.
    """
    path, entry = match.path, match.stat
    if not path.isprintable() and ("\n" in path or not is_utf8(path)):
        return "its name holds a line break" if "\n" in path else "its name is not UTF-8"
    if match.unready:
        return ""
    if entry is None:
        return "a link that leads nowhere"
    if filled and entry.st_size == 0 and not is_folder(entry):
        return "it is empty"
    return "" if entry.st_mode & 0o444 else "it may not be read"


def is_utf8(text: str) -> bool:
    """Return whether the text can be written as UTF-8: Python reads other names as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
