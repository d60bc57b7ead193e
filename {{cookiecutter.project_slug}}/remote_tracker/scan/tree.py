"""Read the project's folders from disk, each folder once while it is in use."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from copy import copy
from fnmatch import fnmatchcase
from glob import glob, has_magic
from operator import attrgetter
from pathlib import Path

from ..disk.ask_far import NoAnswer
from ..errors import RemoteTrackerError
from ..model.pattern import Pattern
from .read_folder import FolderReader, Listing

VIDEOS = "RawVideos"  # the folder of the videos, wherever it lies
METADATA = "metadata.yaml"  # in each imgstore, and in other folders
INDEXES = frozenset({"000000.npz", "000000.yaml"})  # of an imgstore's first chunk
_mode = attrgetter("st_mode")
ALL = sys.maxsize
KEPT = 24  # listings kept: a step of a scan goes to and fro between folders of RawVideos, Results and MaskedVideos


class Tree:
    """Listings of folders below a project; ``RawVideos/`` may be another place (``videos``).

    A folder is named by its path below the project with a slash at its end. ``unreadable`` maps the folders that
    could not be listed to the reason, ``stores`` the folders that look like imgstores to whether they are. ``excluded``
    holds the paths of files whose names ``exclude`` of the tracker matches, ``dropped`` by folder the names among the
    videos that a walk met and did not take, names of folders with a slash at their ends. ``uncut`` holds the paths of
    videos that stay whole, though they were to be cut into pieces: how many frames they have is not known.
    """

    def __init__(self, root: Path, videos: str = "", is_late: bool = False, most: int = KEPT) -> None:
        self._root = f"{root}/"
        self._videos = f"{os.path.join(root, os.path.expanduser(videos))}/" if videos else ""
        self._kept: OrderedDict[str, Listing] = OrderedDict()
        self._most = most  # listings that are kept; ALL: of each folder
        self._only: tuple[str, Listing] = ("", {})
        self._modes: list[tuple[Listing, set[int]]] = []  # of the last folder that was asked for
        self._reader = FolderReader(is_late)
        self.unreadable: dict[str, str] = {}
        self.excluded: set[str] = set()
        self.uncut: set[str] = set()
        self.stores: dict[str, bool] = {}
        self.dropped: dict[str, set[str]] = {}

    @property
    def is_late(self) -> bool:
        """Return whether the disk of a folder that was read answers late, as one behind a network does."""
        return self._reader.is_late

    def place(self, path: str) -> str:
        """Return the absolute path of ``path``, which is relative to the project."""
        if self._videos and path.startswith("RawVideos/"):
            return self._videos + path[len("RawVideos/") :]
        return self._root + path

    def listing(self, folder: str) -> Listing:
        """Return name -> stat of each entry of the folder, links followed; None for a dangling link.

        The listing is empty where the folder is missing or cannot be read; ``unreadable`` names the latter.
        """
        if folder == self._only[0] and folder:
            return self._only[1]
        kept = self._kept.get(folder)
        if kept is None:
            kept = self._kept[folder] = self._list(folder)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:  # what is asked for again and again stays: the folder above a thousand folders is read once
            self._kept.move_to_end(folder)
        return kept

    def modes(self, folder: str) -> set[int]:
        """Return the modes of the entries of a folder: thousands of files have few modes."""
        listing = self.listing(folder)
        if not (self._modes and self._modes[0][0] is listing):
            self._modes[:] = [(listing, {*map(_mode, filter(None, listing.values()))})]
        return self._modes[0][1]

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in a folder, sorted, without hidden folders."""
        listing = self.listing(folder)
        return sorted(name for name, entry in listing.items() if name[0] != "." and is_folder(entry))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files and of the hidden folders in a folder, sorted."""
        return sorted(name for name, entry in self.listing(folder).items() if name[0] == "." or not is_folder(entry))

    def drop(self, folder: str, names: Iterable[str], listing: Listing, with_folders: bool = False) -> None:
        """Note names in a folder that a walk does not take; ``listing`` is the folder's, so that no disk is asked."""
        if folder.startswith(f"{VIDEOS}/"):
            dropped = {name: is_folder(listing.get(name)) for name in names}
            if noted := {f"{n}/" if i else n for n, i in dropped.items() if with_folders or not i}:
                self.dropped.setdefault(folder, set()).update(noted)

    def narrowed(self, folder: str, names: Iterable[str]) -> Tree:
        """Return a tree in which ``folder`` holds the entries ``names`` only."""
        tree = copy(self)
        tree._kept, tree.unreadable = OrderedDict(), self.unreadable
        tree._only = (folder, {name: self.listing(folder)[name] for name in names})
        return tree

    def widened(self) -> Tree:
        """Return a tree in which each folder holds all its entries again; both read a folder once."""
        tree = copy(self)
        tree._only = ("", {})
        return tree

    def afresh(self) -> Tree:
        """Return a tree of the same folders as they were read, on which nothing is noted yet but what is unreadable."""
        tree = copy(self)
        tree._only, tree._modes = ("", {}), []
        tree.excluded, tree.uncut, tree.stores, tree.dropped = set(), set(), {}, {}
        return tree

    def stat(self, path: str) -> os.stat_result | None:
        """Return the stat of ``path``, relative to the project, None where nothing is there."""
        path = path.rstrip("/")
        at = path.rfind("/") + 1
        return self.listing(path[:at]).get(path[at:])

    def is_store(self, folder: str) -> bool:
        """Return whether the folder is an imgstore: a recording in chunks, whose description is copied last."""
        listing = self.listing(folder)
        if folder not in self.stores and METADATA in listing:
            from ..checks.chunks import is_store  # 3 to 6 ms; few projects hold imgstores

            self.stores[folder] = is_store(self.place(folder))
        elif folder not in self.stores and not listing.keys().isdisjoint(INDEXES):
            self.stores[folder] = True
        return self.stores.get(folder, False)

    def identity(self, folder: str) -> frozenset[tuple[int, int]]:
        """Return the set with (device, inode) of a folder, empty where the folder is missing."""
        try:
            entry = self._reader.stat(self.place(folder))
        except OSError:
            return frozenset()
        return frozenset({(entry.st_dev, entry.st_ino)})

    def find(self, pattern: Pattern, values: Mapping[str, str]) -> list[tuple[str, os.stat_result]]:
        """Return (path below the project, stat) of each result that an output's pattern names for ``values``."""
        if not pattern.is_glob:
            path = pattern.fill(values).rstrip("/")
            entry = self.stat(path)
            return [(path, entry)] if entry is not None else []
        folder, _, name = pattern.fill_glob(values).rstrip("/").rpartition("/")
        found = []
        for place in [unescape(folder)] if not has_magic(re.sub(r"\[[*?\[]\]", "", folder)) else self._folders(folder):
            for child, entry in sorted(self.listing(f"{place}/").items()):
                if entry is not None and fnmatchcase(child, name) and (child[0] != "." or name[0] == "."):
                    found.append((f"{place}/{child}", entry))
        return found

    def _folders(self, pattern: str) -> list[str]:
        return sorted(glob(pattern, root_dir=self._root, recursive=True))

    def require_videos(self, sources: str) -> None:
        """Raise RemoteTrackerError where RawVideos is missing: an unmounted disk is not an empty folder.

        ``sources`` is what people call the files in it, as "videos".
        """
        place = self.place("RawVideos/")
        try:
            if is_folder(self._reader.stat(place)):
                return
        except NoAnswer as error:
            raise RemoteTrackerError(f"{place}: {error.strerror}. Nothing was changed.") from None
        except OSError:
            pass
        told = f"there is no such folder; the {sources} should lie there. Is the disk mounted?"
        raise RemoteTrackerError(f"{place}: {told} Nothing was changed.")

    def is_blind(self, path: str) -> str:
        """Return which folder on the way to ``path`` cannot be read, and why, in a few words; "" for none."""
        self.stat(path)
        for folder, why in self.unreadable.items():
            if f"{path}/".startswith(folder):
                return f"{folder} cannot be read ({why})"
        return ""

    def _list(self, folder: str) -> Listing:
        place = self.place(folder)
        try:
            return self._reader.read(place)
        except FileNotFoundError:
            pass
        except OSError as error:
            self.unreadable[folder] = error.strerror or type(error).__name__
        finally:
            for silent, why in self._reader.silent.items():
                self.unreadable[f"{folder}{silent[len(place) :]}/"] = why
            self._reader.silent.clear()
        return {}


def unescape(folder: str) -> str:
    """Return the path that a glob without wildcards names: ``[*]`` is ``*``, ``[?]`` is ``?``, ``[[]`` is ``[``."""
    return re.sub(r"\[([*?\[])\]", r"\1", folder)


def is_folder(entry: os.stat_result | None) -> bool:
    """Return whether the entry of a listing is a folder or a link to a folder."""
    return entry is not None and stat.S_ISDIR(entry.st_mode)
