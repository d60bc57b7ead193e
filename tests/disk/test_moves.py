"""What is moved lies whole in one of two places, whatever happens, and no other file goes along."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from remote_tracker.disk import moves
from remote_tracker.disk.moves import Identity, identify, put, replace, take

LONG_AGO_NS = 1_600_000_000_123_456_789
HOSTILE = ["plain.txt", "two words", "-rf", "$(id)", "ü\u202e.txt", "a" * 255, "new\nline", os.fsdecode(b"\xff.txt")]


@pytest.fixture(params=["one disk", "two disks"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """A folder to move from and a folder to move to, on one disk and on two."""
    here = tmp_path / "here"
    here.mkdir()
    there = request.getfixturevalue("other_disk") if request.param == "two disks" else tmp_path
    return here, there / "there"


def make(path: Path, kind: str = "file", content: str = "old") -> Identity:
    """Make a file, a folder or a link, and return its identity."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        (path / "deep" / "er").mkdir(parents=True)
        (path / "deep/er/x").write_text(content)
        (path / "deep/link").symlink_to("er/x")
        (path / "deep/empty").mkdir()
        os.utime(path / "deep/er/x", ns=(LONG_AGO_NS, LONG_AGO_NS))
    elif kind == "link":
        path.symlink_to(f"nowhere/{content}")
    else:
        path.write_text(content)
    path.chmod(0o640) if kind == "file" else None
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS), follow_symlinks=False)
    found = identify(path)
    assert found
    return found


def told(path: Path) -> object:
    """Return all that a place holds: content, mode and time of a file or a link; of a folder all that is in it."""
    if not os.path.lexists(path):
        return None
    entry = os.lstat(path)
    marks = (stat.S_IMODE(entry.st_mode), entry.st_mtime_ns)
    if stat.S_ISLNK(entry.st_mode):
        return os.readlink(path), marks
    if stat.S_ISDIR(entry.st_mode):
        return {name: told(path / name) for name in os.listdir(path)}, marks
    return path.read_bytes(), marks


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
@pytest.mark.parametrize("way", ["take", "put"])
def test_moved_as_it_was(places: tuple[Path, Path], kind: str, way: str) -> None:
    """What is moved has its content, mode, times and links, and is gone from where it was; nothing else is left."""
    source, target = places[0] / "v", places[1] / "d1" / "v"
    meant = make(source, kind)
    before = told(source)
    assert take(source, target, meant) if way == "take" else put(source, target) is None
    assert told(target) == before
    assert os.listdir(places[0]) == []
    assert os.listdir(target.parent) == ["v"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(places: tuple[Path, Path], name: str) -> None:
    """A name of any bytes and the longest length is moved and brought back."""
    meant = make(places[0] / name)
    assert take(places[0] / name, places[1] / name, meant)
    assert os.listdir(places[1]) == [name]
    put(places[1] / name, places[0] / name)
    assert os.listdir(places[0]) == [name]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_only_what_is_meant(places: tuple[Path, Path], kind: str) -> None:
    """Another file in the place of the file that is meant stays, and so does a file that was written to since."""
    source, target = places[0] / "v", places[1] / "v"
    meant = make(source, kind)
    moves.remove(source)
    make(places[0] / "keeps the number of the old file busy")
    make(source, kind, "new!")
    before = told(source)
    assert not take(source, target, meant._replace(inode=meant.inode - 1))
    assert not take(source, target, meant._replace(size=meant.size + 1))
    assert not take(source, target, meant._replace(mtime_ns=meant.mtime_ns + 1))
    assert told(source) == before
    assert not target.exists()


def test_another_number_of_the_disk(places: tuple[Path, Path]) -> None:
    """A network disk that was mounted anew has another number; the file is the same."""
    meant = make(places[0] / "v")
    assert take(places[0] / "v", places[1] / "v", meant._replace(device=meant.device + 1))


def test_nothing_to_take(places: tuple[Path, Path]) -> None:
    """A file that is gone is not taken, and makes no folder."""
    meant = make(places[0] / "v")
    (places[0] / "v").unlink()
    assert not take(places[0] / "v", places[1] / "v", meant)
    assert not places[1].exists()


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
@pytest.mark.parametrize("way", ["take", "put"])
def test_never_over_another(places: tuple[Path, Path], kind: str, way: str) -> None:
    """What stands where a file is to go is not replaced: both stay as they are."""
    source, target = places[0] / "v", places[1] / "v"
    meant = make(source, kind)
    make(target, kind, "other")
    before = told(source), told(target)
    with pytest.raises(FileExistsError):
        take(source, target, meant) if way == "take" else put(source, target)
    assert (told(source), told(target)) == before


def hook(monkeypatch: pytest.MonkeyPatch, name: str, before: Callable[[], None]) -> None:
    """Let something happen once, right before the first call of a function of the module os."""
    real, done = getattr(os, name), []

    def hooked(*args: object, **more: object) -> object:
        if not done:
            done.append(1)
            before()
        return real(*args, **more)

    monkeypatch.setattr(os, name, hooked)


def test_a_younger_file_at_the_last_moment_is_not_taken(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that comes between the look and the rename is given back to its place."""
    source, target, young = places[0] / "v", places[1] / "v", places[0] / "young"
    meant = make(source)
    make(young, content="new")
    hook(monkeypatch, "rename", lambda: os.replace(young, source))
    if places[1].parent == places[0].parent:
        assert not take(source, target, meant)
    else:  # the copy is whole by then; the rename that fails is between two disks
        hook(monkeypatch, "urandom", lambda: None)
        assert not take(source, target, meant)
    assert source.read_text() == "new"
    assert not target.exists()


def test_a_younger_file_at_the_last_moment_is_not_replaced(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that comes to the target between the look and the move stays there."""
    source, target = places[0] / "v", places[1] / "v"
    make(source)
    hook(monkeypatch, "link", lambda: target.write_text("new") and None)
    with pytest.raises(FileExistsError):
        put(source, target)
    assert (source.read_text(), target.read_text()) == ("old", "new")


def test_a_disk_without_second_names(places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file can have a second name, it is renamed."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    make(places[1] / "v")
    put(places[1] / "v", places[1] / "w")
    assert os.listdir(places[1]) == ["w"]


def test_replace(places: tuple[Path, Path]) -> None:
    """A file replaces another one on either disk."""
    source, target = places[0] / "v", places[1] / "v"
    make(source, content="new")
    make(target)
    before = told(source)
    replace(source, target)
    assert told(target) == before
    assert (os.listdir(places[0]), os.listdir(places[1])) == ([], ["v"])


def test_a_full_disk_leaves_all_as_it_was(other_disk: Path, tmp_path: Path) -> None:
    """A copy for which there is no room is no copy: the file stays where it was, and nothing is left."""
    (tmp_path / "v").write_bytes(bytes(3_000_000))
    meant = identify(tmp_path / "v")
    assert meant
    with pytest.raises(OSError, match="No space left"):
        take(tmp_path / "v", other_disk / "d" / "v", meant)
    assert (tmp_path / "v").stat().st_size == 3_000_000
    assert os.listdir(other_disk / "d") == []


def test_a_link_at_a_temporary_name_is_not_followed(other_disk: Path, tmp_path: Path) -> None:
    """Even where the temporary name is known beforehand, a link that lies there leads nowhere."""
    (tmp_path / "v").write_text("old")
    (tmp_path / "victim").write_text("mine")
    copy = other_disk / "copy"
    copy.symlink_to(tmp_path / "victim")
    with pytest.raises(OSError, match="File exists"):
        moves._copy_file(tmp_path / "v", copy)
    assert (tmp_path / "victim").read_text() == "mine"


STEPS = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.utime", "os.chown"}


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Do the work in a copy of this process that dies, as by kill -9, right before its step of this number."""
    pid = os.fork()
    if pid == 0:
        count = [0]

        def hear(event: str, args: tuple[object, ...]) -> None:
            if event in STEPS or (event == "open" and isinstance(args[2], int) and args[2] & os.O_WRONLY):
                count[0] += 1
                if count[0] == step:
                    os._exit(9)

        try:
            sys.addaudithook(hear)
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, 9)
    return code == 9


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
@pytest.mark.parametrize("way", ["take", "put"])
@pytest.mark.drawn(6)
def test_killed_at_each_step(places: tuple[Path, Path], kind: str, way: str) -> None:
    """A move that is killed before any of its steps loses nothing: done again, it ends as one that was not killed."""
    for step in range(1, 100):
        source, target = places[0] / str(step) / "v", places[1] / str(step) / "v"
        meant = make(source, kind)
        before = told(source)

        def move(source: Path = source, target: Path = target, meant: Identity = meant) -> object:
            return take(source, target, meant) if way == "take" else put(source, target)

        killed = killed_at(step, move)
        whole = [path for path in (source, target, *source.parent.glob(".taken.*")) if told(path) == before]
        assert whole
        if os.path.lexists(target):
            assert told(target) == before, "half of a file has its final name"
        if os.path.lexists(source):
            move()
        assert told(target) == before
        assert not os.path.lexists(source)
        if not killed:
            assert step > 1
            return
    pytest.fail("a move has fewer steps")
