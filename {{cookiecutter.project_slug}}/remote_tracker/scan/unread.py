"""Tell which files among the videos no pattern of a tracker means, and what each file is.

The walk notes the names that it drops (``Tree.dropped``): that costs no look at the disk. A dropped file that another
pattern of the tracker means, that lies in a folder which a pattern means, that is litter of a system, or that a tracker
reads or writes by itself (``beside`` in its tracker.yml) is passed over here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from functools import cache

from ..disk.litter import is_bin, is_litter
from ..model import Stage
from ..model.pattern import Pattern
from ..named_tuple import NamedTuple
from ..partial_copies import final_name, is_other_copy, is_surely_temporary
from .copies import find_copies
from .left_out import compile_beside
from .split_pattern import SplitPattern
from .stores import is_chunk, lies_in_store, takes_stores
from .tree import VIDEOS, Tree
from .walk import find_matches


class Kind(Enum):
    """What a file is that no pattern means."""

    FORMAT = "format"  # a file with another ending
    COPY = "unfinished copy"  # a copy under way or broken off
    LEFT_COPY = "left-over copy"  # the copy was made again, and this stayed of the first copy
    CHUNK = "chunk"  # a part of a recording in chunks that has no metadata.yaml
    HIDDEN = "hidden"  # its name begins with a dot
    STORE = "imgstore"  # the folder of an imgstore
    FOLDER = "folder"  # a folder that no pattern leads into
    LEFT_OUT = "left out"  # ``exclude`` of the project leaves it out, or it is litter
    EXCLUDED = "excluded"  # ``exclude`` of the tracker leaves it out


class Unread(NamedTuple):
    """A file, or a folder with a slash at its end, that no pattern of the tracker means."""

    path: str  # below the project
    kind: Kind

    @property
    def ending(self) -> str:
        """Return the ending of the file's name as it is written, as ".MTS", "" where there is none."""
        return os.path.splitext(self.path)[1]


def find_unread(tree: Tree, stages: Sequence[Stage]) -> list[Unread]:
    """Return what the walks over the tree dropped and no stage means, sorted; an imgstore is its folder alone."""
    if not tree.dropped:  # as nearly always: no pattern is compiled for it
        return []
    meant = _Meant(stages)
    found = {one for folder, names in tree.dropped.items() for one in _judge_folder(tree, meant, folder, names)}
    return sorted(found, key=lambda one: one.path)


def walk_all(tree: Tree, stages: Sequence[Stage]) -> list[Unread]:
    """Walk over the videos for each input of the stages, and return all that none of them means, sorted."""
    for wanted in (i for stage in stages for i in stage.inputs if i.pattern.root == VIDEOS):
        for _ in find_matches(tree, wanted):
            pass
    stores = [f"{s}/" for s, is_store in tree.stores.items() if is_store] if not _take_stores(stages) else []
    more = [Unread(path, Kind.EXCLUDED) for path in tree.excluded]
    more += [Unread(store.rstrip("/") + "/", Kind.STORE) for store in stores]
    return sorted({*find_unread(tree, stages), *more}, key=lambda one: one.path)


class _Meant:
    """The files and folders among the videos that any pattern of the stages means."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        inputs = [wanted for stage in stages for wanted in stage.inputs if wanted.pattern.root == VIDEOS]
        patterns = [*(i.pattern for i in inputs), *(o.pattern for stage in stages for o in stage.outputs)]
        patterns += [each.file for stage in stages for each in stage.each if each.file]
        own = [pattern for pattern in patterns if pattern.root == VIDEOS]
        self._files = [pattern.regex.fullmatch for pattern in own if not pattern.is_folder]
        self._folders = [pattern.regex.fullmatch for pattern in own if pattern.is_folder]
        self._reaching = [_reaches(pattern) for pattern in own]
        self._beside = [leaves for wanted in inputs if (leaves := compile_beside(wanted))]
        self.stores = any(map(takes_stores, inputs))
        self.is_inside = cache(self._is_inside)

    def holds(self, folder: str, name: str) -> bool:
        """Return whether a pattern means the file, or a tracker uses it by itself."""
        path = folder + name
        return (name[0] != "." and any(match(path) for match in self._files)) or any(
            beside(folder, name) for beside in self._beside
        )

    def _is_inside(self, folder: str) -> bool:
        """Return whether a folder is, or lies in, a folder that a pattern means."""
        above = folder[:-1].rpartition("/")[0]
        return any(match(folder) for match in self._folders) or bool(above and self.is_inside(f"{above}/"))

    def reaches(self, folder: str) -> bool:
        """Return whether a pattern leads into the folder, or means files or folders in it."""
        return any(reaches(folder) for reaches in self._reaching)


def _reaches(pattern: Pattern) -> Callable[[str], bool]:
    halves = SplitPattern(pattern)

    def reaches(folder: str) -> bool:
        if halves.steps is None or halves.start.startswith(folder):
            return True
        names = folder[len(halves.start) :].split("/")[:-1]
        within = folder.startswith(halves.start) and len(names) <= len(halves.steps)
        return within and all(step.fullmatch(name) for step, name in zip(halves.steps, names, strict=False))

    return reaches


def _judge_folder(tree: Tree, meant: _Meant, folder: str, names: Iterable[str]) -> Iterator[Unread]:
    if meant.is_inside(folder) or lies_in_store(tree, folder):
        return
    if tree.stores.get(folder):
        if not meant.stores:
            yield Unread(folder, Kind.STORE)
        return
    for name in names:
        if name.endswith("/"):
            if not (
                name[0] == "." or is_bin(name[:-1]) or meant.is_inside(folder + name) or meant.reaches(folder + name)
            ):
                yield Unread(folder + name, Kind.FOLDER)
        elif not (is_litter(name) or meant.holds(folder, name)) and (kind := _kind_of(tree, meant, folder, name)):
            yield Unread(folder + name, kind)


def _kind_of(tree: Tree, meant: _Meant, folder: str, name: str) -> Kind | None:
    """Return what a file is that no pattern means; None for a copy whose video says already that it is not ready."""
    final = final_name(name)
    if final and meant.holds(folder, final):
        return None if final in find_copies(tree, folder, lambda n: n == final).coming else Kind.LEFT_COPY
    if (final and is_surely_temporary(name)) or is_other_copy(name):
        return Kind.COPY
    if name[0] == ".":
        return Kind.HIDDEN
    return Kind.CHUNK if is_chunk(name) else Kind.FORMAT


def _take_stores(stages: Sequence[Stage]) -> bool:
    return any(takes_stores(wanted) for stage in stages for wanted in stage.inputs)
