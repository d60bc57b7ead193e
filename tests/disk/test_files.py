"""Files of ours are written whole or not at all."""

from __future__ import annotations

import errno
import os
import resource
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from remote_tracker.disk.files import (
    clear_temporaries,
    make_folder,
    set_link,
    write_changed,
    write_file,
    write_link,
    write_new,
)
from remote_tracker.errors import NoSpace, RemoteTrackerError


def names(folder: Path) -> list[str]:
    """Return everything in a folder, hidden or not."""
    return sorted(os.listdir(folder))


def mode_of(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Write files under another umask for a while."""
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.mark.parametrize("content", ["", "ü\n", b"\xff\0", "name \udcff\n"])
def test_written(tmp_path: Path, content: str | bytes) -> None:
    """Text and bytes arrive as they are, names that are not UTF-8 too, and nothing else is left behind."""
    write_file(tmp_path / "f", content)
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
    assert ((tmp_path / "f").read_bytes(), names(tmp_path)) == (raw, ["f"])


def test_replaced_not_rewritten(tmp_path: Path) -> None:
    """Who reads the old file goes on reading the old file."""
    (tmp_path / "f").write_text("old")
    with open(tmp_path / "f") as reader:
        write_file(tmp_path / "f", "new")
        assert reader.read() == "old"
    assert (tmp_path / "f").read_text() == "new"


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o660, 0o2750])
def test_keeps_mode(tmp_path: Path, mode: int) -> None:
    """A file that is replaced keeps its mode, whatever the umask."""
    (tmp_path / "f").write_text("old")
    (tmp_path / "f").chmod(mode)
    with umask(0o077):
        write_file(tmp_path / "f", "new")
    assert mode_of(tmp_path / "f") == mode


@pytest.mark.parametrize(("mask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
def test_new_file_as_umask_says(tmp_path: Path, mask: int, mode: int) -> None:
    """A new file has the mode that the umask allows, as any file of the user's."""
    with umask(mask):
        write_file(tmp_path / "f", "new")
    assert mode_of(tmp_path / "f") == mode


def test_group_of_the_folder(tmp_path: Path) -> None:
    """In a group's folder (setgid) new and replaced files belong to that group."""
    if os.getuid():
        pytest.skip("another group can be given by root only")
    os.chown(tmp_path, -1, 12345)
    tmp_path.chmod(0o2775)
    for _ in range(2):
        write_file(tmp_path / "f", "x")
        assert (tmp_path / "f").stat().st_gid == 12345


def test_mode_asked_for(tmp_path: Path) -> None:
    """A mode that is asked for is given, whatever stood there."""
    (tmp_path / "f").write_text("old")
    write_file(tmp_path / "f", "new", mode=0o755)
    assert mode_of(tmp_path / "f") == 0o755


def test_full_disk(other_disk: Path) -> None:
    """On a full disk the old file stands, nothing is left behind, and one line says why."""
    (other_disk / "f").write_text("old")
    with pytest.raises(NoSpace, match=r"f: no space is left .* Nothing was changed\.") as error:
        write_file(other_disk / "f", b"x" * (2 << 20))
    assert "\n" not in str(error.value)
    assert ((other_disk / "f").read_text(), names(other_disk)) == ("old", ["f"])


def test_too_large_a_file(tmp_path: Path) -> None:
    """A limit on the size of files is met as a full disk is: the old file stands."""
    (tmp_path / "f").write_text("old")
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(RemoteTrackerError, match="cannot be written: File too large"):
            write_file(tmp_path / "f", b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert ((tmp_path / "f").read_text(), names(tmp_path)) == ("old", ["f"])


def raising(error: BaseException) -> Callable[..., Any]:
    """Return something that fails whatever it is called with."""

    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.EDQUOT, "quota"), NoSpace),
        (OSError(errno.ENOSPC, "space"), NoSpace),
        (OSError(errno.EIO, "Input/output error"), RemoteTrackerError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_any_step_may_fail(tmp_path: Path, step: str, error: BaseException, raised: type[BaseException]) -> None:
    """Whatever fails, and when: the old file stands, and nothing is left behind."""
    (tmp_path / "f").write_text("old")
    with patch.object(os, step, raising(error)), pytest.raises(raised):
        write_file(tmp_path / "f", "new")
    assert ((tmp_path / "f").read_text(), names(tmp_path)) == ("old", ["f"])


def test_flushed_before_renamed(tmp_path: Path) -> None:
    """What is renamed into place is on the disk already."""
    order: list[str] = []
    real = {name: getattr(os, name) for name in ("fsync", "replace")}
    noted = {n: lambda *a, n=n: (order.append(n), real[n](*a))[1] for n in real}
    with patch.multiple(os, **noted):
        write_file(tmp_path / "f", "new")
    assert order == ["fsync", "replace"]


@pytest.mark.parametrize("path", ["file/f", "nowhere/f"])
@pytest.mark.parametrize("write", [write_file, write_link])
def test_no_such_folder(tmp_path: Path, write: Callable[..., None], path: str) -> None:
    """Where there is no folder for it, one line names the file."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(RemoteTrackerError, match=f"{path}: cannot be written: N"):
        write(tmp_path / path, "x")


def test_link_replaced(tmp_path: Path) -> None:
    """A link is made, and another one replaced in one step: it is there at any moment."""
    (tmp_path / "folder").mkdir()
    for target in ("nowhere", "folder", "f"):
        write_link(tmp_path / "link", target)
        assert os.readlink(tmp_path / "link") == target
    with patch.object(os, "replace", raising(OSError(errno.EIO, "x"))), pytest.raises(RemoteTrackerError):
        write_link(tmp_path / "link", "other")
    assert (os.readlink(tmp_path / "link"), names(tmp_path)) == ("f", ["folder", "link"])


def test_what_is_as_it_should_be_is_not_written(tmp_path: Path) -> None:
    """A file with the same text, a link to the same place, stay the very files that they were; others are replaced."""
    file, link = tmp_path / "f", tmp_path / "l"
    seen = []
    for text, target in [("x\udcff", "f"), ("x\udcff", "f"), ("y", "g"), ("y", "f")]:
        write_changed(file, text)
        set_link(link, target)
        assert (file.read_bytes().decode("utf-8", "surrogateescape"), os.readlink(link)) == (text, target)
        seen.append((file.stat().st_ino, link.lstat().st_ino))
    assert seen[0] == seen[1]
    assert seen[1][0] != seen[2][0] == seen[3][0]
    assert len({at for _, at in seen[1:]}) == 3


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_real_file_left_alone(tmp_path: Path, kind: str) -> None:
    """What a user put in the place of a link of ours stays."""
    place = tmp_path / "link"
    place.mkdir() if kind == "folder" else place.write_text("mine")
    write_link(place, "target")
    set_link(place, "target")
    assert not place.is_symlink()


def test_folder(tmp_path: Path) -> None:
    """A folder is made with those above it; one that stands is fine; a file in its place is said."""
    make_folder(tmp_path / "a/b")
    make_folder(tmp_path / "a/b")
    assert (tmp_path / "a/b").is_dir()
    (tmp_path / "f").write_text("x")
    with pytest.raises(RemoteTrackerError, match="f/x: cannot be written"):
        make_folder(tmp_path / "f/x")


def test_no_link_is_followed(tmp_path: Path) -> None:
    """A temporary file has a name that nobody can guess, and what stands there, be it a link, is not written."""
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "mine").chmod(0o600)
    (tmp_path / "link").symlink_to("mine")
    (tmp_path / "loose").symlink_to("nowhere")
    for name in ("link", "loose", "mine"):
        with pytest.raises(FileExistsError):
            write_new(tmp_path / name, b"theirs", 0o755)
    assert ((tmp_path / "mine").read_text(), mode_of(tmp_path / "mine")) == ("mine", 0o600)
    assert not (tmp_path / "nowhere").exists()


def test_temporary_names_differ(tmp_path: Path) -> None:
    """Two writers in one process, or two processes of one number on machines of one name, never share a file."""
    seen: set[str] = set()
    real = os.replace
    with patch.object(os, "replace", lambda old, new: (seen.add(str(old)), real(old, new))):
        for _ in range(3):
            write_file(tmp_path / "f", "x")
            write_link(tmp_path / "l", "f")
    assert len(seen) == 6


@pytest.mark.parametrize("random", ["", ".0123456789abcdef"])
def test_what_the_dead_left_is_cleared(tmp_path: Path, random: str) -> None:
    """Half written files of dead processes of this machine go, those of the living and of other machines stay."""
    host = os.uname().nodename
    left = {f".f.{host}.{pid}{random}.tmp" for pid in (os.getpid(), 1 << 30)} | {f".f.node7.1{random}.tmp", "f.1.tmp"}
    for name in left:
        (tmp_path / name).touch()
    clear_temporaries(tmp_path)
    assert set(names(tmp_path)) == left - {f".f.{host}.{1 << 30}{random}.tmp"}
