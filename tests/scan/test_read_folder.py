"""A folder's entries are read alike one after the other and, where the disk is late, side by side."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from remote_tracker.disk.ask_far import NoAnswer
from remote_tracker.scan import read_folder
from remote_tracker.scan.read_folder import THREADS, TIMED, FolderReader

NAMES = [
    "-a",
    " ",
    "$(touch x)",
    "a\nb",
    os.fsdecode(b"\xff\xfe"),
    "x" * 200,
    "é",
    *(f"v{n:03}.avi" for n in range(90)),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with files of hostile names, a folder, and a link that leads nowhere."""
    for size, name in enumerate(NAMES):
        (tmp_path / name).write_bytes(b"x" * size)
    (tmp_path / "inner").mkdir()
    (tmp_path / "to").symlink_to(tmp_path / "v001.avi")
    return tmp_path


def clock(monkeypatch: pytest.MonkeyPatch, step: float) -> None:
    """Let each look at the clock be so many seconds after the one before."""
    ticks: Iterator[int] = count()
    monkeypatch.setattr(read_folder, "perf_counter", lambda: next(ticks) * step)


def asked_by(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Return the set in which each thread is noted that asks for a stat."""
    threads: set[int] = set()
    ask = read_folder._ask

    def noted(handle: int, name: str) -> os.stat_result | None:
        threads.add(threading.get_ident())
        return ask(handle, name)

    monkeypatch.setattr(read_folder, "_ask", noted)
    return threads


@pytest.mark.parametrize("dangling", [False, True])
def test_both_ways_read_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch, dangling: bool) -> None:
    """What is read side by side is what is read one after the other, in the same order, dangling links included."""
    if dangling:
        (folder / "nowhere").symlink_to("gone")
    near = FolderReader().read(str(folder))
    assert near["to"] == os.stat(folder / "v001.avi")
    assert near.get("nowhere", "none") == (None if dangling else "none")
    clock(monkeypatch, 0.001)
    for reader in (FolderReader(), FolderReader(is_late=True)):
        far = reader.read(str(folder))
        assert reader.is_late or dangling  # a link that leads nowhere ends the timing
        assert [*far.items()] == [*near.items()]


def test_a_near_disk_starts_no_thread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stats come within a tenth of a millisecond nothing is asked side by side."""
    clock(monkeypatch, 0.00001)
    threads = asked_by(monkeypatch)
    reader = FolderReader()
    assert len(reader.read(str(folder))) == len(NAMES) + 2
    assert not reader.is_late
    assert not threads


def test_a_far_disk_is_asked_side_by_side(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where stats come late, several wait at the same time, at most THREADS, in this folder and those that follow."""
    clock(monkeypatch, 0.0005)
    reader = FolderReader()
    reader.read(str(folder))
    most, waiting, lock = [0], [0], threading.Condition()
    ask = read_folder._ask

    def slow(handle: int, name: str) -> os.stat_result | None:
        with lock:
            waiting[0] += 1
            most[0] = max(most[0], waiting[0])
            lock.notify_all()
            lock.wait_for(lambda: most[0] >= THREADS, timeout=10)
        found = ask(handle, name)
        with lock:
            waiting[0] -= 1
        return found

    monkeypatch.setattr(read_folder, "_ask", slow)
    assert len(reader.read(str(folder))) == len(NAMES) + 2
    assert most[0] == THREADS


def test_few_late_answers_are_no_late_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that halts for a moment, or a few files that are slow, do not make the disk a late one."""
    ticks = iter([0.0, *(0.01 * min(n, TIMED - 3) + 1e-5 * n for n in range(1, TIMED + 1))])
    monkeypatch.setattr(read_folder, "perf_counter", lambda: next(ticks))
    reader = FolderReader()
    reader.read(str(folder))
    assert not reader.is_late


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """A folder that is not there, or a file in its place, raises the system's error, late or not."""
    (tmp_path / "file").touch()
    for reader in (FolderReader(), FolderReader(is_late=True)):
        with pytest.raises(FileNotFoundError):
            reader.read(str(tmp_path / "none"))
        with pytest.raises(NotADirectoryError):
            reader.read(str(tmp_path / "file"))
    (tmp_path / "empty").mkdir()
    assert FolderReader(is_late=True).read(str(tmp_path / "empty")) == {}


@pytest.mark.parametrize("end", ["", "/"])
def test_what_leads_to_a_silent_disk_is_left_out(folder: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    """Beside a far disk only links and mount points are asked of it: who gets no answer is left out, and named."""
    for name in ("lost", "held"):
        (folder / name).mkdir()
        (folder / f"to_{name}").symlink_to(folder / name)
    silent, here = str(folder / "lost"), [str(folder / name) for name in ("held", "lost", "to", "to_held", "to_lost")]
    asked: list[str] = []

    def ask(mount: str, _what: str, path: str) -> None:
        if mount == silent:
            raise NoAnswer(errno.ETIMEDOUT, "its disk does not answer", path)

    def mount_of(place: str) -> str:
        asked.append(place)
        target = os.path.realpath(place)
        return target if target in mounts else ""

    mounts = frozenset({silent, str(folder / "held"), "/far", f"{folder}er/v000.avi"})
    monkeypatch.setattr(read_folder, "far_mounts", lambda: mounts)
    reader = FolderReader()
    monkeypatch.setattr(reader, "_far", SimpleNamespace(ask=ask))
    monkeypatch.setattr(read_folder, "far_mount_of", mount_of)
    found = reader.read(f"{folder}{end}")
    assert sorted(found) == sorted(name for name in os.listdir(folder) if "lost" not in name)
    assert reader.silent == dict.fromkeys([str(folder / "lost"), str(folder / "to_lost")], "its disk does not answer")
    assert sorted(asked[1:]) == here
