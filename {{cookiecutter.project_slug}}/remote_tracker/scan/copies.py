"""Find copies into a folder that are under way or broken off, by the names of temporary files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from ..disk.litter import is_bin
from ..named_tuple import NamedTuple
from ..partial_copies import COPY_FOLDERS, PartialCopy, final_name, find_copy, is_surely_temporary
from .read_folder import Listing
from .tree import Tree, is_folder

_ENDS_OF_LINES = ("part\n", "crdownload\n")  # they find all of partial_copies.COPY_ENDS, in fewest searches


class Copies(NamedTuple):
    """The copies into a folder: ``coming`` maps the final name of a file to its unfinished copy.

    ``temporary`` holds the paths of the temporary files, which are no inputs themselves.
    """

    coming: Mapping[str, PartialCopy]
    temporary: frozenset[str]


class Inside(NamedTuple):
    """What a folder holds at any depth."""

    files: int  # how many
    size: int  # bytes
    newest_ns: int  # the latest mtime, ns since 1970
    unready: PartialCopy | None  # the first unfinished copy in it


def may_hold_copies(listing: Listing, names: Iterable[str], count: int) -> bool:
    """Return whether a listing may hold temporary files; ``names`` are its ``count`` names that can be inputs.

    A scan asks this for every folder: to search a single text is several times faster than to search line by line.
    """
    if count < len(listing):
        return True
    text = "\n".join(names) + "\n"
    return any(end in text for end in _ENDS_OF_LINES)


def find_copies(tree: Tree, folder: str, is_meant: Callable[[str], object]) -> Copies:
    """Return the copies into a folder of files whose final name ``is_meant`` accepts.

    A temporary file that stayed behind although the copy was repeated with success counts as no copy.
    """
    listing = tree.listing(folder)
    coming: dict[str, PartialCopy] = {}
    temporary = set()
    for path, final, entry in _candidates(tree, folder, listing):
        if is_meant(final):
            temporary.add(path)
            held = coming.get(final)
            if not _is_left_over(entry, listing.get(final)) and (held is None or entry.st_mtime >= held.changed):
                coming[final] = find_copy(path, entry.st_mtime)
    return Copies(coming, frozenset(temporary))


def _is_left_over(temporary: os.stat_result, final: os.stat_result | None) -> bool:
    """Return whether the final file came after the temporary file: a rename sets the ctime, even after cp -p."""
    return final is not None and temporary.st_ctime_ns <= final.st_ctime_ns


def _candidates(tree: Tree, folder: str, listing: Listing) -> Iterator[tuple[str, str, os.stat_result]]:
    """Yield (path, final name, stat) of each temporary file in the folder and its folders of temporary files."""
    for name, entry in listing.items():
        if is_folder(entry):
            if name in COPY_FOLDERS:
                inside = tree.listing(f"{folder}{name}/").items()
                yield from ((f"{name}/{n}", n, e) for n, e in inside if e is not None and not is_folder(e))
        elif entry is not None and (final := final_name(name)):
            yield name, final, entry


def look_inside(place: str) -> Inside:
    """Return what the folder at the absolute path ``place`` holds now; links to folders are not followed."""
    files, size, newest = 0, 0, 0
    unready: PartialCopy | None = None
    for folder, folders, names in os.walk(place):
        folders[:] = [name for name in folders if not is_bin(name)]
        kept = os.path.basename(folder) in COPY_FOLDERS
        for name in names:
            with suppress(OSError):  # it went away just now
                entry = os.stat(os.path.join(folder, name))
                files, size, newest = files + 1, size + entry.st_size, max(newest, entry.st_mtime_ns)
                if (kept or is_surely_temporary(name)) and not _is_superseded(folder, name, entry):
                    unready = unready or find_copy(os.path.relpath(os.path.join(folder, name), place), entry.st_mtime)
    return Inside(files, size, newest, unready)


def _is_superseded(folder: str, name: str, entry: os.stat_result) -> bool:
    kept = os.path.basename(folder) in COPY_FOLDERS
    final = os.path.join(os.path.dirname(folder), name) if kept else os.path.join(folder, final_name(name))
    try:
        return _is_left_over(entry, os.stat(final))
    except OSError:
        return False
