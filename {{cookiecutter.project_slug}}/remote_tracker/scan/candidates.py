"""One input of a stage: the files that are there, and those that earlier stages will make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from ..model import Input, Stage
from .tree import Tree, is_folder
from .walk import Match, find_matches


class ExpectedOutput(NamedTuple):
    """A file that an earlier stage makes: ``state`` is empty once it is there and proven.

    ``lost`` is true where it will not come by itself (its video is invalid or set aside).
    """

    path: str
    state: str
    lost: bool


class Candidate(NamedTuple):
    """A match with what is wrong with it, or what it waits for and whether that is lost.

    ``left_out`` says of a file that will not come by itself what it is, where a group goes on without it;
    ``unready`` of one that is being copied that it is.
    """

    match: Match
    problem: str
    waits: str
    lost: bool = False
    left_out: str = ""
    unready: str = ""


def find_candidates(stage: Stage, tree: Tree, wanted: Input, expected: Iterable[ExpectedOutput]) -> Iterator[Candidate]:
    """Yield the input's files, sorted, then those that are not there yet."""
    if wanted.pick == "newest":
        found = _newest_of(find_matches(tree, wanted), _agreed_places(stage, wanted))
    else:
        found = find_matches(tree, wanted)
    promised = {e.path.rstrip("/"): e for e in expected}
    grouped = bool(stage.per)
    for match in found:
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


def _promised(match: Match, state: str, lost: bool, grouped: bool) -> Candidate:
    return Candidate(match, "", "", left_out=state) if grouped and lost else Candidate(match, "", state, lost)


def _is_seen(tree: Tree, wanted: Input, path: str) -> bool:
    """Return whether a promised file was looked at already: not picked, or excluded."""
    name = path.rpartition("/")[2]
    return tree.stat(path) is not None or any(fnmatchcase(name, glob) for glob in wanted.exclude)


def _agreed_places(stage: Stage, wanted: Input) -> list[int]:
    """Return where in the input's values the wildcards stand that files to pick among agree on."""
    own = own_wildcards(stage, wanted)
    return [i for i, w in enumerate(wanted.pattern.wildcards) if w not in own]


def own_wildcards(stage: Stage, wanted: Input) -> set[str]:
    """Return the wildcards that the newest file is picked among: ``of``, or those no other input has."""
    others = {w for i in stage.inputs if i.name != wanted.name for w in i.pattern.wildcards}
    return set(wanted.of) or set(wanted.pattern.wildcards) - others


def _newest_of(found: Iterable[Match], places: Sequence[int]) -> Iterator[Match]:
    best: dict[tuple[str, ...], Match] = {}
    for match in found:
        agreed = tuple(match.values[i] for i in places)
        held = best.get(agreed)
        if held is None or (match.stat and held.stat and match.stat.st_mtime_ns > held.stat.st_mtime_ns):
            best[agreed] = match
        elif match.unready and not held.unready:  # the one that is being copied may be the newest
            best[agreed] = held._replace(unready=match.unready)
    return iter(best.values())


def problem_of(match: Match, filled: bool = True) -> str:
    """Return in a few words why this input cannot be processed, empty where nothing speaks against it.

    One that need not be ``filled`` may be empty: it only names what there is.
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
    """Return whether the text can be written as UTF-8: names that are not come as lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
