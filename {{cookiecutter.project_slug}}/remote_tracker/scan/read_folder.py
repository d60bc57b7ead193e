"""Read the entries of a folder with their stats: one after the other, or side by side where the disk answers late.

A local disk answers a stat in 1 to 20 microseconds, a share over the network (NFS, Ceph, Lustre, SMB) in 200 to 2,000.
Threads would slow the former down and speed the latter up by as many as there are, so that the disk is timed first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from time import perf_counter

from ..disk.ask_far import FarAsker, NoAnswer
from ..disk.far_disks import far_mount_of, far_mounts
from ..disk.side_by_side import run_threads

Listing = dict[str, os.stat_result | None]
Entries = Iterator[os.DirEntry[str]]
Choose = Callable[[str, Entries], Entries]  # of a folder's entries those to look at
LATE_S = 100e-6  # an answer that takes longer came over a network
TIMED = 8  # entries of a folder that tell whether its disk answers late: all but two must be late
THREADS = 64
MANY = 4  # fewer entries are asked for one after the other


class FolderReader:
    """Reads folders; ``is_late`` tells whether the disk was found to answer late, for all folders that follow."""

    def __init__(self, is_late: bool = False) -> None:
        self.is_late = is_late
        self.silent: dict[str, str] = {}  # path of an entry that was left out -> why
        self._far = FarAsker({"read": self._answer, "stat": os.stat})

    def read(self, place: str) -> Listing:
        """Return name -> stat of each entry of the folder at ``place``, links followed; None for a dangling link.

        Raises OSError where the folder is missing or cannot be read, NoAnswer where its disk does not answer. Entries
        on another disk that does not answer are left out, and named in ``silent``.
        """
        if mount := far_mount_of(place):
            found: Listing
            found, self.is_late = self._far.ask(mount, "read", place)
            return found
        return self._read_now(place, self._without_silent if far_mounts() else _all)

    def stat(self, place: str) -> os.stat_result:
        """Return the stat of the absolute path ``place``; raises OSError, NoAnswer where its disk does not answer."""
        mount = far_mount_of(place)
        found: os.stat_result = self._far.ask(mount, "stat", place) if mount else os.stat(place)
        return found

    def _answer(self, place: str) -> tuple[Listing, bool]:
        """Return what a folder on a far disk holds, and whether the disk answers late: see ``read``."""
        return self._read_now(place, _all), self.is_late

    def _read_now(self, place: str, chosen: Choose) -> Listing:
        with _opened(place) as (handle, entries), suppress(OSError):
            return self._read(handle, chosen(place, entries))
        # a dangling link, or a file that went away just now
        with _opened(place) as (handle, entries):
            return self._ask_each(handle, [entry.name for entry in chosen(place, entries)])

    def _without_silent(self, place: str, entries: Entries) -> Entries:
        """Return the entries that lie on no other disk, behind a network, which does not answer."""
        above, found = os.path.join(place, ""), [*entries]
        mounts = {mount.removeprefix(above) for mount in far_mounts() if mount.startswith(above)}
        leads = [*filter(os.DirEntry.is_symlink, found)]  # of thousands hardly one leads elsewhere
        if mounts:
            leads = [entry for entry in found if entry.is_symlink() or entry.name in mounts]
        silent = {entry.name for entry in leads if not self._answers(above + entry.name)}
        return iter([entry for entry in found if entry.name not in silent] if silent else found)

    def _answers(self, path: str) -> bool:
        if not (mount := far_mount_of(path)):
            return True
        try:
            self._far.ask(mount, "stat", path)
        except NoAnswer as error:
            self.silent[path] = error.strerror or ""
        except OSError:  # a link that leads nowhere
            pass
        return path not in self.silent

    def _read(self, handle: int, entries: Entries) -> Listing:
        found: Listing = {} if self.is_late else self._time(entries)
        if self.is_late:
            return found | self._ask_each(handle, [entry.name for entry in entries])
        found.update({entry.name: entry.stat() for entry in entries})
        return found

    def _ask_each(self, handle: int, names: Sequence[str]) -> Listing:
        """Return each name with its stat, None where nothing answers to it."""
        if not self.is_late or len(names) < MANY:
            return {name: _ask(handle, name) for name in names}
        count = min(THREADS, len(names))
        asked = run_threads(lambda part: [_ask(handle, name) for name in part], [names[i::count] for i in range(count)])
        return {name: asked[at % count][at // count] for at, name in enumerate(names)}

    def _time(self, entries: Entries) -> Listing:
        """Return the first entries with their stats, and note whether these came late."""
        found: Listing = {}
        late, before = 0, perf_counter()
        for entry in islice(entries, TIMED):
            found[entry.name] = entry.stat()
            now = perf_counter()
            late, before = late + (now - before > LATE_S), now
        self.is_late = late >= TIMED - 2
        return found


def _all(_place: str, entries: Entries) -> Entries:
    return entries


def _ask(handle: int, name: str) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=handle)
    except OSError:
        return None


@contextmanager
def _opened(place: str) -> Iterator[tuple[int, Iterator[os.DirEntry[str]]]]:
    """Open a folder and yield its handle and entries; stats are read relative to it, not from the root of the disk."""
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with os.scandir(handle) as entries:
            yield handle, entries
    finally:
        os.close(handle)
