"""Find the files that match an input's pattern, folder by folder, in a stable order."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from stat import S_ISDIR
from typing import NamedTuple

from ..disk.litter import FILES, is_bin
from ..model import Input
from ..model.pattern import Pattern, Wildcard, expression
from ..partial_copies import PartialCopy
from .copies import find_copies, may_hold_copies
from .left_out import LeavesOut, compile_excluded, compile_left_out, compile_left_out_folders
from .stores import CHUNKS, is_chunk, lies_in_store
from .tree import Listing, Tree

WildcardValues = tuple[str, ...]


class Match(NamedTuple):
    """A file of an input."""

    path: str  # below the project
    values: WildcardValues  # of the pattern's wildcards, in order
    stat: os.stat_result | None  # None: a dangling link, or not there yet
    unready: PartialCopy | None = None  # of the file, which may then not be there yet


class Folder(NamedTuple):
    """A folder that files of an input may lie in."""

    path: str  # below the project, with a slash at its end
    values: Mapping[str, str]  # of the wildcards in the folder's path
    names: Sequence[str]  # the names that can be inputs, sorted
    listing: Listing
    coming: Mapping[str, PartialCopy] = {}  # name of a file that is being copied, there or not yet


class SplitPattern:
    """A pattern cut at its last slash: what a folder must match, and what a name in the folder must match."""

    def __init__(self, pattern: Pattern) -> None:
        self._pieces = pattern.pieces
        self.wants_folder = pattern.is_folder
        self.wildcards = pattern.wildcards

    @cached_property
    def _cut(self) -> tuple[tuple[str | Wildcard, ...], tuple[str | Wildcard, ...]]:
        pieces = list(self._pieces)
        if self.wants_folder:
            pieces[-1] = str(pieces[-1])[:-1]
        for index in range(len(pieces) - 1, -1, -1):
            piece = pieces[index]
            if isinstance(piece, str) and "/" in piece:
                head, _, tail = piece.rpartition("/")
                return (*pieces[:index], f"{head}/"), (*([tail] if tail else []), *pieces[index + 1 :])
        return (), tuple(pieces)

    @property
    def folder_pieces(self) -> tuple[str | Wildcard, ...]:
        """Return the pieces of the folder's path, with the slash at its end."""
        return self._cut[0]

    @property
    def name_pieces(self) -> tuple[str | Wildcard, ...]:
        """Return the pieces of the name."""
        return self._cut[1]

    @cached_property
    def folder(self) -> re.Pattern[str]:
        """Return the expression that the folder's path, with the slash at its end, must match."""
        return re.compile(expression(self._cut[0]))

    @cached_property
    def name(self) -> re.Pattern[str]:
        """Return the expression that a name in such a folder must match; the folder's wildcards match anything."""
        known = self.folder.groupindex
        pieces = (Wildcard(p.name, ".*") if isinstance(p, Wildcard) and p.name in known else p for p in self._cut[1])
        return re.compile(expression(tuple(pieces)))

    @cached_property
    def start(self) -> str:
        """Return the folder at the start of the pattern, before any wildcard; all matches lie below it."""
        first = self._cut[0][0] if self._cut[0] else ""
        return first.rpartition("/")[0] + "/" if isinstance(first, str) and "/" in first else ""

    @cached_property
    def steps(self) -> tuple[re.Pattern[str], ...] | None:
        """Return the expression for each level of folders below ``start``, None where the number of levels varies."""
        pieces = self._cut[0]
        if any(isinstance(p, Wildcard) and p.spans_folders for p in pieces):
            return None
        text = "".join(p if isinstance(p, str) else "\0" for p in pieces)[len(self.start) :]
        wild = iter([p for p in pieces if isinstance(p, Wildcard)])
        steps = []
        for component in text.split("/")[:-1]:
            parts = re.split("(\0)", component)
            steps.append(re.compile(expression(tuple(next(wild) if p == "\0" else p for p in parts if p))))
        return tuple(steps)


def find_matches(tree: Tree, wanted: Input) -> Iterator[Match]:
    """Yield the files that match the input's pattern, sorted by folder and name."""
    match = matcher(wanted)
    for folder in find_folders(tree, wanted):
        yield from match(folder, folder.names)


def find_folders(tree: Tree, wanted: Input) -> Iterator[Folder]:
    """Yield the folders that match the folder part of the input's pattern, in a scan's order.

    Their names lack hidden files and folders, litter of systems (Thumbs.db, a NAS's @eaDir), whatever ``exclude`` of
    the tracker matches (what the pattern would match goes into ``tree.excluded``), and whatever ``exclude`` of the
    project matches (``left_out``), with all that lies in it. They lack the chunks of imgstores.
    """
    halves, whole = SplitPattern(wanted.pattern), wanted.imgstores != CHUNKS
    leaves_out, excludes = compile_left_out(wanted), compile_excluded(wanted)
    for path, values in _walk(tree, halves, wanted):
        if whole and lies_in_store(tree, path):
            continue
        listing = tree.listing(path)
        names = [n for n in sorted(listing) if n[0] != "." and n not in FILES]
        look_closer = may_hold_copies(listing, names, len(names))
        in_store = whole and tree.is_store(path)
        if in_store:
            names = [name for name in names if not is_chunk(name)]
        if leaves_out:
            every, names = names, [name for name in names if not leaves_out(path, name)]
            if excludes and len(names) < len(every):
                tree.excluded.update(path + n for n in every if excludes(n) and halves.name.fullmatch(n))
        if halves.wants_folder:
            yield Folder(path, values, [name for name in names if not is_bin(name)], listing)
        else:
            folder = Folder(path, values, names, listing)
            yield _with_copies(tree, folder, halves, leaves_out, in_store) if look_closer else folder


def _with_copies(
    tree: Tree, folder: Folder, halves: SplitPattern, leaves_out: LeavesOut | None, in_store: bool
) -> Folder:
    """Return the folder with the final names of files that are being copied into it, without their temporary names."""

    def is_meant(name: str) -> bool:
        if not halves.name.fullmatch(name) or name in FILES or (in_store and is_chunk(name)):
            return False
        return not (leaves_out and leaves_out(folder.path, name))

    copies = find_copies(tree, folder.path, is_meant)
    if not copies.temporary:
        return folder
    names = sorted(copies.coming.keys() | set(folder.names) - copies.temporary)
    return folder._replace(names=names, coming=copies.coming)


def matcher(wanted: Input) -> Callable[[Folder, Iterable[str]], Iterator[Match]]:
    """Return a function of a folder and some of its names that yields the matches of the input's pattern."""
    halves = SplitPattern(wanted.pattern)
    fullmatch, wants_folder = halves.name.fullmatch, halves.wants_folder
    rebuild = _rebuilder(wanted.pattern, halves)

    def match(folder: Folder, names: Iterable[str]) -> Iterator[Match]:
        for name in names:
            found, entry = fullmatch(name), folder.listing.get(name)
            if found is None or (entry is not None and S_ISDIR(entry.st_mode) != wants_folder):
                continue
            path = folder.path + name
            if (whole := rebuild(path, folder.values, found.groups())) is not None:
                yield Match(path, whole, entry, folder.coming.get(name) if folder.coming else None)

    return match


def _rebuilder(
    pattern: Pattern, halves: SplitPattern
) -> Callable[[str, Mapping[str, str], tuple[str, ...]], WildcardValues | None]:
    """Return (path, folder's values, name's values) -> all values in the pattern's order, None if there is no match."""
    names = tuple(halves.name.groupindex)
    if set(names) & set(halves.folder.groupindex):  # only the whole path shows where a repeated wildcard ends
        return lambda path, *_: _values_of(pattern, f"{path}/" if halves.wants_folder else path)
    if (*halves.folder.groupindex, *names) == halves.wildcards:
        return lambda _, values, groups: (*values.values(), *groups)

    def rebuild(_: str, values: Mapping[str, str], groups: WildcardValues) -> WildcardValues:
        merged = {**values, **dict(zip(names, groups, strict=True))}
        return tuple(merged[w] or "" for w in halves.wildcards)

    return rebuild


def _values_of(pattern: Pattern, path: str) -> WildcardValues | None:
    found = pattern.match(path)
    return None if found is None else tuple(found.values())


def _walk(tree: Tree, halves: SplitPattern, wanted: Input) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (folder, its values) for each folder that matches; where ``below`` is given only folders at or below it."""
    meant, leaves_out = wanted.below, compile_left_out_folders(wanted)
    stack: list[tuple[str, int, frozenset[tuple[int, int]]]] = [(halves.start, 0, tree.identity(halves.start))]
    while stack:
        folder, depth, above = stack.pop()
        found = halves.folder.fullmatch(folder)
        if found is not None and (not meant or folder.startswith(meant)):
            yield folder, {k: v or "" for k, v in found.groupdict().items()}
        if halves.steps is not None and depth >= len(halves.steps):
            continue
        step = halves.steps[depth] if halves.steps is not None else None
        inner = (below for below in _below(tree, folder, depth, above, step) if _is_on_the_way(below[0], meant))
        stack.extend(below for below in inner if not (leaves_out and leaves_out(*_split(below[0]))))


def _split(folder: str) -> tuple[str, str]:
    """Return the folder above, with a slash at its end, and the folder's name."""
    above, _, name = folder[:-1].rpartition("/")
    return f"{above}/", name


def _is_on_the_way(folder: str, meant: tuple[str, ...]) -> bool:
    return not meant or folder.startswith(meant) or any(place.startswith(folder) for place in meant)


def _below(
    tree: Tree, folder: str, depth: int, above: frozenset[tuple[int, int]], step: re.Pattern[str] | None
) -> Iterator[tuple[str, int, frozenset[tuple[int, int]]]]:
    listing = tree.listing(folder)
    folders = [(name, entry) for name, entry in listing.items() if entry is not None and S_ISDIR(entry.st_mode)]
    for name, entry in sorted(folders, reverse=True):
        if name[0] == "." or is_bin(name) or (step is not None and not step.fullmatch(name)):
            continue
        identity = (entry.st_dev, entry.st_ino)
        if identity in above:  # a link to a folder that holds it: the walk would never end
            tree.unreadable[f"{folder}{name}/"] = "a link to a folder that holds it"
            continue
        yield f"{folder}{name}/", depth + 1, above | {identity}
