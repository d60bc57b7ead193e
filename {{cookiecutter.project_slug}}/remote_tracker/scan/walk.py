"""Find the files that match an input's pattern, folder by folder, in a stable order."""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from stat import S_ISDIR

from ..disk.litter import FILES, is_bin
from ..model import Input
from ..model.pattern import Pattern
from ..model.result_folders import OWN_FOLDERS, RESULTS
from ..named_tuple import NamedTuple
from ..partial_copies import PartialCopy
from .copies import find_copies, may_hold_copies
from .left_out import LeavesOut, compile_excluded, compile_left_out, compile_left_out_folders
from .read_folder import Listing
from .split_pattern import SplitPattern
from .stores import CHUNKS, is_chunk, lies_in_store
from .tree import Tree

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


def find_matches(tree: Tree, wanted: Input) -> Iterator[Match]:
    """Yield the files that match the input's pattern, sorted by folder and name."""
    match = matcher(wanted, tree)
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
        names = _visible(listing)
        if len(names) < len(listing):
            tree.drop(path, listing.keys() - set(names), listing)
        look_closer = may_hold_copies(listing, names, len(names))
        in_store = whole and tree.is_store(path)
        if in_store:
            names = [name for name in names if not is_chunk(name)]
        if leaves_out:
            every, names = names, [name for name in names if not leaves_out(path, name)]
            if excludes and len(names) < len(every):
                not_meant = [name for name in every if excludes(name)]
                tree.excluded.update(path + name for name in not_meant if halves.name.fullmatch(name))
                tree.drop(path, [name for name in not_meant if not halves.name.fullmatch(name)], listing)
        if halves.wants_folder:
            yield Folder(path, values, [name for name in names if not is_bin(name)], listing)
        else:
            folder = Folder(path, values, names, listing)
            yield _with_copies(tree, folder, halves, leaves_out, in_store) if look_closer else folder


def _visible(listing: Listing) -> list[str]:
    """Return the names in a folder, sorted, but for hidden names and litter: sorted, all hidden names lie together."""
    names = sorted(listing)
    first = bisect_left(names, ".")
    del names[first : bisect_left(names, "/", first)]
    for name in FILES:
        if name in listing:
            names.remove(name)
    return names


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


def matcher(wanted: Input, tree: Tree | None = None) -> Callable[[Folder, Iterable[str]], Iterator[Match]]:
    """Return a function of a folder and some of its names that yields the matches of the input's pattern.

    The other names are noted in ``tree.dropped``.
    """
    halves = SplitPattern(wanted.pattern)
    fullmatch, wants_folder = halves.name.fullmatch, halves.wants_folder
    rebuild = _rebuilder(wanted.pattern, halves)

    def match(folder: Folder, names: Iterable[str]) -> Iterator[Match]:
        dropped = []
        for name in names:
            found, entry = fullmatch(name), folder.listing.get(name)
            path, whole = folder.path + name, None
            if found is not None and (entry is None or S_ISDIR(entry.st_mode) == wants_folder):
                whole = rebuild(path, folder.values, found.groups())
            if whole is None:
                dropped.append(name)
            else:
                yield Match(path, whole, entry, folder.coming.get(name) if folder.coming else None)
        if dropped and tree:
            tree.drop(folder.path, dropped, folder.listing, with_folders=halves.steps is not None)

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
        elif not meant:
            listing = tree.listing(folder)
            tree.drop(folder, listing, listing)
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
    if not any(map(S_ISDIR, tree.modes(folder))):  # as nearly always
        return
    listing = tree.listing(folder)
    folders = [(name, entry) for name, entry in listing.items() if entry is not None and S_ISDIR(entry.st_mode)]
    for name, entry in sorted(folders, reverse=True):
        if name[0] == "." or is_bin(name) or (folder == RESULTS and name in OWN_FOLDERS):
            continue
        if step is not None and not step.fullmatch(name):
            tree.drop(folder, [name], listing, with_folders=True)
            continue
        identity = (entry.st_dev, entry.st_ino)
        if identity in above:  # a link to a folder that holds it: the walk would never end
            tree.unreadable[f"{folder}{name}/"] = "a link to a folder that holds it"
            continue
        yield f"{folder}{name}/", depth + 1, above | {identity}
