"""Projects that are made once for the tests of a file; behind each test all is put back as it was before the first.

A project stays in its place, and what a test left alone is not touched: to put back what a test changed takes a few ms
of CPU, to make a project of finished videos 150 to 600 ms. A test that changes the package's folder loses the project:
the next test has it made anew.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from lab import Lab, copy_tree

PACKAGE = "remote_tracker"
Make = Callable[[Lab], object]


class Seen(NamedTuple):
    """What a file, a link or a folder was: ``changed`` follows each change, whatever time a test gives a file."""

    inode: int
    mode: int
    owner: tuple[int, int]
    size: int
    modified: int
    changed: int

    def is_folder(self) -> bool:
        """Return whether it is a folder; what is put into it is told by its own path, and by the folder's time."""
        return stat.S_ISDIR(self.mode)


def make_plain(blank: Path, place: Path) -> Lab:
    """Return a project below ``place``, whose tracker copies each video."""
    root, home = place / "tiny_project", place / "home"
    copy_tree(blank, root)
    home.mkdir()
    made = Lab(root, home)
    made.settings()
    made.tracker()
    return made


def look(top: Path) -> dict[str, Seen]:
    """Return what lies below a folder, by its path there, a folder before what it holds; of a package the folder."""
    found: dict[str, Seen] = {}
    folders = [""]
    while folders:
        within = folders.pop()
        with os.scandir(top / within) as entries:
            for entry in entries:
                at, path = entry.stat(follow_symlinks=False), os.path.join(within, entry.name)
                seen = Seen(at.st_ino, at.st_mode, (at.st_uid, at.st_gid), at.st_size, at.st_mtime_ns, at.st_ctime_ns)
                found[path] = seen._replace(size=0, changed=0) if seen.is_folder() else seen
                if seen.is_folder() and entry.name != PACKAGE:
                    folders.append(path)
    return found


class Beginning:
    """A project as it was when it was made, and the way back."""

    def __init__(self, lab: Lab, kept: Path) -> None:
        """Note what lies in the project and in its home; what files hold is copied to ``kept``, a new folder."""
        self.root, self.home, self._top, self._kept = lab.root, lab.home, lab.root.parent, kept
        self._seen = look(self._top)
        kept.mkdir()
        for path, seen in self._seen.items():
            if not seen.is_folder():
                (kept / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self._top / path, kept / path, follow_symlinks=False)

    def rewind(self) -> bool:
        """Put back what is not what it was; return whether that can be done: False where the package is another."""
        now = look(self._top)
        package = os.path.join(self.root.name, PACKAGE)
        if now.get(package) != self._seen[package]:
            return False
        if now != self._seen:
            self._remove(now)
            self._bring()
            self._seen = look(self._top)  # what was brought is another file
        return True

    def _remove(self, now: dict[str, Seen]) -> None:
        """Remove what was not there, or was another; a folder that was there stays."""
        for path, at in now.items():
            seen, place = self._seen.get(path), self._top / path
            if at.is_folder() and seen and seen.is_folder():
                place.chmod(0o700)
            elif at == seen or not os.path.lexists(place):  # in a folder that was removed
                continue
            elif at.is_folder():
                shutil.rmtree(place)
            else:
                place.unlink()

    def _bring(self) -> None:
        """Bring what is not there, and give each folder its mode, its owner and its time."""
        for path, seen in self._seen.items():
            place = self._top / path
            if seen.is_folder():
                place.mkdir(exist_ok=True)
            elif not os.path.lexists(place):
                shutil.copy2(self._kept / path, place, follow_symlinks=False)
                os.chown(place, *seen.owner, follow_symlinks=False)
        for path, seen in self._seen.items():
            if seen.is_folder():
                os.chown(self._top / path, *seen.owner)
                os.chmod(self._top / path, stat.S_IMODE(seen.mode))
                os.utime(self._top / path, ns=(seen.modified, seen.modified))


class Beginnings:
    """The projects of the tests of a file, each made by the first test that asks for it."""

    def __init__(self, blank: Path, place: Path) -> None:
        self._blank, self._place = blank, place
        self._made: dict[Make, Beginning] = {}
        self._number = 0

    def lend(self, make: Make) -> Iterator[Lab]:
        """Lend the project that ``make`` makes of a plain project; end what a test leaves running, and put all back."""
        begun = self._made.pop(make, None) or self._make(make)
        lab = Lab(begun.root, begun.home)
        yield lab
        lab.clear()
        if begun.rewind():
            self._made[make] = begun

    def _make(self, make: Make) -> Beginning:
        self._number += 1
        place = self._place / str(self._number)
        place.mkdir()
        made = make_plain(self._blank, place / "made")
        make(made)
        made.clear()
        return Beginning(made, place / "kept")


def rewound(make: Make) -> Any:
    """Make a fixture of a function that changes a plain project: each test of the file has that project to itself."""

    def lend(beginnings: Beginnings) -> Iterator[Lab]:
        yield from beginnings.lend(make)

    lend.__doc__ = make.__doc__
    return pytest.fixture(name=make.__name__)(lend)
