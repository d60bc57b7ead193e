"""Know what files here hold: read whole, once, unless a record or an earlier reading knows them as they lie there."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress

from ..content.entry import Entry, entry_of, is_at
from ..model import Project, Stage
from ..records import batches_of, find_batches
from ..scan import Tree
from ..survey.reads import Reads

READS = ".remote/reads"  # derived: may be deleted at any time


class HomeFiles:
    """The files of a project here, by their paths below it; ``tell`` is called with the bytes that were read."""

    def __init__(self, project: Project, tell: Callable[[int], None] = lambda read: None) -> None:
        self._tree, self._tell = Tree(project.root, project.videos), tell
        self._root = f"{project.root}/"
        self._reads = Reads(project.root / READS, since=0.0)
        self._noted = {entry.path: entry for entry in _noted_entries(project)}

    def place(self, path: str) -> str:
        """Return the absolute path."""
        return self._tree.place(path)

    def noted_path(self, path: str) -> str:
        """Return a path as a task here would note it: below the project, or absolute where the videos lie elsewhere."""
        return self.place(path).removeprefix(self._root)

    def digest(self, path: str) -> str | None:
        """Return the SHA-256 of a file, None where no file is there; "" where it cannot be read."""
        entry = self.entry("out", path)
        if entry:
            return entry.sha256
        return "" if os.path.lexists(self.place(path)) else None

    def entry(self, role: str, path: str) -> Entry | None:
        """Return the entry of a file as it lies here, None where no file is there or it cannot be read."""
        try:
            found = os.stat(self.place(path))
        except OSError:
            return None
        known = self._noted.get(self.noted_path(path))
        if not (known and known.sha256 and is_at(known, found)):
            known = self._reads.find(path, found)
        if known:
            return known._replace(role=role, path=path)
        return self.read(role, path)

    def read(self, role: str, path: str) -> Entry | None:
        """Return the entry of a file as it is read just now, to its end; None where it cannot be read."""
        try:
            entry = entry_of(role, path, self.place(path), tell=self._tell, count=False)
        except OSError:
            return None
        self._reads.add(entry)
        return entry

    def take_over(self, entry: Entry) -> None:
        """Know what a file holds that was read just now and renamed to its path then, which changes its ctime alone."""
        with suppress(OSError):
            found = os.stat(self.place(entry.path))
            if (found.st_size, found.st_mtime_ns, found.st_ino) == (entry.size, entry.mtime_ns, entry.inode):
                self._reads.add(entry._replace(ctime_ns=found.st_ctime_ns))

    def is_noted(self, entry: Entry) -> bool:
        """Return whether a record here knows a file with this content under this path, as it lies here now."""
        known = self._noted.get(self.noted_path(entry.path))
        try:
            found = os.stat(self.place(entry.path))
        except OSError:
            return False
        return known is not None and known.sha256 == entry.sha256 and is_at(known, found)

    def is_own_file(self, path: str) -> bool:
        """Return whether a regular file lies at the path itself: a link proves nothing about a copy."""
        try:
            return stat.S_ISREG(os.lstat(self.place(path)).st_mode)
        except OSError:
            return False

    def end(self) -> None:
        """Note that the reading came to its end."""
        self._reads.end()


def _noted_entries(project: Project) -> Iterable[Entry]:
    """Yield what tasks and pulls noted, oldest first."""
    for stage in project.tracker.stages:
        for batch in find_batches(project, stage):
            if batch.has_run:
                yield from _entries_of(project, stage, batch.number)


def _entries_of(project: Project, stage: Stage, number: str) -> Iterable[Entry]:
    batch = batches_of(project, stage).batch(number)
    for task in range(1, len(batch.names) + 1):
        yield from batch.contents.of(task)
