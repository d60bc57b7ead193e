"""A project that the tests of a file share is, for each of them, what it was for the first."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from lab import Lab, own_package
from rewinding import Beginnings, look

Change = Callable[[Path], object]


def make(lab: Lab) -> None:
    """Put files, a link, and folders of their own times and modes into a project."""
    lab.video("d1/a.avi", "first")
    lab.video("d1/b.avi", "second")
    (lab.root / "RawVideos/link").symlink_to("d1/a.avi")
    (lab.home / ".config").mkdir(mode=0o700)
    (lab.home / ".config/told.yml").write_text("x: 1\n")
    for folder in ("RawVideos/d1", "RawVideos", "Results"):
        os.utime(lab.root / folder, (5, 5))


def overwrite(path: Path, text: str) -> None:
    """Give a file another content of the same size, and the time that it had."""
    found = path.stat()
    path.write_text(text)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def replace_folder(root: Path) -> None:
    """Put a file where a folder was."""
    shutil.rmtree(root / "RawVideos/d1")
    (root / "RawVideos/d1").write_text("no folder")


def add_names(root: Path) -> None:
    """Add a second name of a file, and a folder in a folder."""
    os.link(root / "RawVideos/d1/a.avi", root / "RawVideos/other.avi")
    (root / "Results/d1/deep").mkdir(parents=True)
    (root / "Results/d1/deep/new.txt").write_text("new")


def replace_by_link(root: Path) -> None:
    """Put a link where a folder was."""
    (root / "RawVideos").rename(root / "V")
    (root / "RawVideos").symlink_to("V")


CHANGES: dict[str, Change] = {
    "nothing": lambda root: None,
    "content of the same time": lambda root: overwrite(root / "RawVideos/d1/a.avi", "other"),
    "time": lambda root: os.utime(root / "RawVideos/d1/a.avi", (7, 7)),
    "mode": lambda root: (root / "rt").chmod(0o600),
    "removed": lambda root: (root / "RawVideos/d1/b.avi").unlink(),
    "renamed": lambda root: (root / "RawVideos/d1").rename(root / "RawVideos/d2"),
    "a file for a folder": replace_folder,
    "a link for a folder": lambda root: (
        (root / "RawVideos").rename(root / "V") and (root / "RawVideos").symlink_to("V")
    ),
    "another link": lambda root: (root / "RawVideos/link").rename(root / "moved"),
    "more": add_names,
    "a folder that cannot be read": lambda root: (root / "RawVideos/d1").chmod(0o000),
    "home": lambda root: shutil.rmtree(root.parent / "home"),
}


@contextmanager
def borrow(beginnings: Beginnings, what: Callable[[Lab], None] = make) -> Iterator[Lab]:
    """Have a project as a test has it."""
    lent = beginnings.lend(what)
    yield next(lent)
    assert next(lent, None) is None


def told(top: Path) -> dict[str, object]:
    """Return what a test could tell of all that lies below a folder, but for inodes."""
    found: dict[str, object] = {}
    for path, seen in look(top).items():
        place = top / path
        holds = os.readlink(place) if place.is_symlink() else place.read_bytes() if place.is_file() else ""
        found[path] = (*seen._replace(inode=0, changed=0), holds)
    return found


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_a_test_changed_is_put_back(beginnings: Beginnings, change: Change) -> None:
    """Content, times, modes, links and folders are those of the first test, and nothing is there besides."""
    with borrow(beginnings) as lab:
        first, place = told(lab.root.parent), lab.root
        change(lab.root)
    with borrow(beginnings) as lab:
        assert lab.root == place
        assert told(lab.root.parent) == first


def test_what_a_test_left_alone_is_the_same_file(beginnings: Beginnings) -> None:
    """Only what was changed is another file: of the others a scan knows all that it remembers."""
    with borrow(beginnings) as lab:
        first = look(lab.root)
        (lab.root / "RawVideos/d1/a.avi").write_text("changed")
    with borrow(beginnings) as lab:
        now = look(lab.root)
    assert {path for path in first if now[path] != first[path]} == {"RawVideos/d1/a.avi"}


def test_it_is_made_once(beginnings: Beginnings) -> None:
    """A project is made by the first test that asks for it, and again only where a test changed its package."""
    made = []

    def note(lab: Lab) -> None:
        made.append(lab.root)

    for _ in range(2):
        with borrow(beginnings, note) as lab:
            pass
    assert made == [lab.root]
    with borrow(beginnings, note) as lab:
        own_package(lab.root)
    with borrow(beginnings, note) as lab:
        assert (lab.root / "remote_tracker/cli").is_symlink()
    assert made == [*made[:1], lab.root]


def test_what_a_test_left_running_is_ended(beginnings: Beginnings) -> None:
    """No process of a test goes on beside the next test."""
    with borrow(beginnings) as lab:
        process = lab.start("sleep", "600")
    assert process.poll() is not None
