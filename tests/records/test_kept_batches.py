"""What scans ask of sealed batches is kept in one file: a history of many batches is then read from there."""

from __future__ import annotations

import builtins
import io
import os
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from remote_tracker.model import Record
from remote_tracker.records import BatchesFolder, batches_folder, kept_batches, render_sealed
from remote_tracker.records.batch import LISTED
from remote_tracker.records.kept_batches import KEPT, MANY, load_kept
from remote_tracker.records.sealed import SEALED, load_finished_names

HOSTILE = ("d/plain.avi", "d/tab\tname.avi", "d/not utf8 \udce4.avi", "d/ü 'quoted' $(x).avi")


def record(batch: str, task: int, unit: str, result: str) -> Record:
    """Return a task's record."""
    return Record(unit, batch, task, "n1", 1, "", f"{task} 1", "p", int(result == "failed"), 1, result, "why\tnot")


def write_batch(batches: BatchesFolder, number: int, stage: str = "track") -> None:
    """Write a sealed batch in which a task failed and others finished."""
    batch = batches.batch(f"{number:04d}")
    batch.folder.mkdir(parents=True)
    names = [f"{number}/{name}" for name in HOSTILE]
    told = [record(batch.number, task, name, "finished") for task, name in enumerate(names, 1)]
    told.append(record(batch.number, 9, f"{number}/bad.avi", "failed"))
    batch.sealed_path.write_text(render_sealed(told), encoding="utf-8", errors="surrogateescape", newline="\n")
    (batch.folder / LISTED).write_text(f"stage: {stage}\nmakes: m1\n")


@pytest.fixture
def batches(tmp_path: Path) -> BatchesFolder:
    """Return a folder of many sealed batches, of two stages."""
    folder = BatchesFolder(tmp_path)
    for number in range(1, MANY + 5):
        write_batch(folder, number, "track" if number % 4 else "other")
    return folder


def forget() -> None:
    """Forget what this process read, as one that starts."""
    batches_folder._believed.clear()
    batches_folder._listed.clear()


def tell(batches: BatchesFolder, stage: str = "track") -> list[object]:
    """Return all that scans ask of the batches of a stage."""
    forget()
    told: list[object] = []
    for batch in batches.find(stage):
        sealed = batch.sealed()
        head = sealed and (sealed.head, sealed.failures, load_finished_names(sealed))
        told.append((batch.number, batch.stage, batch.makes, batch.is_sealed, batch.has_sealed_file, head))
    return told


def files_opened(batches: BatchesFolder) -> int:
    """Return how many files are opened to tell all that."""
    opened, real = [], io.open

    def count(path: object, *more: object, **words: object) -> object:
        opened.append(path)
        return real(path, *more, **words)  # type: ignore[call-overload]

    kept_batches._read.clear()
    with patch.object(builtins, "open", count), patch.object(io, "open", count):
        tell(batches)
    return len(opened)


def test_one_file_for_all(batches: BatchesFolder) -> None:
    """Kept batches tell the same as their own files, of each stage, whatever names hold; one file is opened for all."""
    before = tell(batches), tell(batches, "other")
    assert files_opened(batches) > 2 * MANY
    batches.keep()
    assert (tell(batches), tell(batches, "other")) == before
    assert len(before[0]) + len(before[1]) == MANY + 4
    assert files_opened(batches) == 1


def test_few_are_not_kept(batches: BatchesFolder) -> None:
    """The file is written only where it saves the reading of many files."""
    batches.keep()
    stamp = (batches.path / KEPT).stat().st_mtime_ns, (batches.path / KEPT).stat().st_ino
    write_batch(batches, 99)
    batches.keep()
    assert ((batches.path / KEPT).stat().st_mtime_ns, (batches.path / KEPT).stat().st_ino) == stamp
    assert tell(batches)[-1][0] == "0099"  # type: ignore[index]


@pytest.mark.parametrize("spoil", ["cut", "empty", "other form", "no numbers", "gone", "a folder"])
def test_a_spoilt_file(batches: BatchesFolder, spoil: str) -> None:
    """Where the file is missing or spoilt, each batch's own files tell the same."""
    before, path = tell(batches), batches.path / KEPT
    batches.keep()
    raw = path.read_bytes()
    path.unlink()
    if spoil == "a folder":
        path.mkdir()
    elif spoil != "gone":
        bad = {"cut": raw[:-9], "empty": b"", "other form": b"past 1\n" + raw[7:]}
        path.write_bytes(bad.get(spoil, raw.replace(b"m1", b'm1", "x')))
    assert tell(batches) == before


@pytest.mark.parametrize("change", ["failures", "gone"])
def test_a_changed_batch_tells_itself(batches: BatchesFolder, change: str) -> None:
    """A batch whose sealed file was made anew, or removed, is read from its own files."""
    batches.keep()
    sealed = batches.batch("0001").sealed_path
    if change == "gone":
        sealed.unlink()
    else:
        sealed.write_text(render_sealed([record("0001", 1, "1/new.avi", "finished")]))
        os.utime(sealed, (1, 1))
    forget()
    first = batches.find("track")[0]
    told = first.sealed()
    assert first.number == "0001"
    assert (told and load_finished_names(told)) == (None if change == "gone" else ["1/new.avi"])
    assert "0002" in load_kept(batches.path)


def test_a_batch_that_is_not_sealed(batches: BatchesFolder) -> None:
    """Batches without a sealed file are never kept, and the others are."""
    (batches.path / "0002" / SEALED).unlink()
    batches.keep()
    assert set(load_kept(batches.path)) == {f"{number:04d}" for number in range(1, MANY + 5)} - {"0002"}


def test_what_is_not_kept_is_looked_at_each_time(batches: BatchesFolder) -> None:
    """A batch that is sealed between two looks of a process, and one that is new, are found as they are then."""
    batches.keep()
    for number in (90, 91):
        write_batch(batches, number)
    sealed = batches.batch("0090").sealed_path
    sealed.rename(sealed.with_name("later"))
    assert [(one.number, one.is_sealed) for one in batches.find("track")][-2:] == [("0090", False), ("0091", True)]
    sealed.with_name("later").rename(sealed)
    assert [(one.number, one.is_sealed) for one in batches.find("track")][-2:] == [("0090", True), ("0091", True)]
    write_batch(batches, 92)
    assert [one.number for one in batches.find("track")][-2:] == ["0091", "0092"]


def numbers_in(batches: BatchesFolder) -> set[str]:
    """Return the numbers of the batches that are found now."""
    return {batch.number for batch in batches.find("track")}


@pytest.mark.parametrize("age_s", [3600.0, 0.0, -3600.0])
def test_a_batch_that_comes_is_seen(batches: BatchesFolder, age_s: float) -> None:
    """A batch that comes behind a look is seen by the next, also where it leaves the time of a change just before it.

    So it is where the disk's clock ticks slowly, or is ahead.
    """
    forget()
    then = time.time() - age_s
    os.utime(batches.path, (then, then))
    before = numbers_in(batches)
    write_batch(batches, 9001)
    if age_s <= 0:
        os.utime(batches.path, (then, then))
    assert numbers_in(batches) == {*before, "9001"}


def test_a_folder_at_rest_is_listed_once(batches: BatchesFolder) -> None:
    """Where no batch came or went for a while, the folder of batches is listed once, however often it is asked."""
    forget()
    os.utime(batches.path, (1e9, 1e9))
    before = numbers_in(batches)
    with patch.object(os, "listdir", side_effect=AssertionError):
        assert numbers_in(batches) == before
