"""The rows of videos know what headers say, and a header is read once."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import Any

import pytest
from checks.test_claimed_frames import box, movie
from lab import Lab
from lab_of_days import declare
from remote_tracker.config import load_project
from remote_tracker.records import batches_of
from remote_tracker.survey import Survey, examine_judged
from remote_tracker.tables import read_videos as module
from remote_tracker.tables.read_videos import begin_all_examined, read_videos, result_stage
from remote_tracker.tables.reviewed import Reviewed
from remote_tracker.tables.video_row import VideoRow


def film(width: int, height: int, frames: int) -> bytes:
    """Return an MP4 whose header tells the size of its pictures and how many there are."""
    picture = box(b"mjpg", bytes(24), struct.pack(">2H", width, height), bytes(50))
    tables = box(b"stbl", box(b"stsd", bytes(8), picture), box(b"stsz", bytes(4), struct.pack(">II", 0, frames)))
    media = box(b"mdia", box(b"hdlr", bytes(8), b"vide", bytes(12)), box(b"minf", tables))
    return movie(box(b"trak", media))


def put(path: Path, content: bytes) -> None:
    """Write a video as old as the lab's others are."""
    told = path.stat()
    path.write_bytes(content)
    os.utime(path, (told.st_mtime, told.st_mtime))


def read(lab: Lab) -> dict[str, VideoRow]:
    """Return the rows of all videos, by name."""
    return {row.video: row for row in read_videos(load_project(lab.root))}


def test_headers(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished video has its result's frames and its header's size; a video to do has both from its header."""
    declare(lab)
    put(lab.video("d1/done.avi"), film(64, 48, 50))
    lab.go()
    put(lab.video("d1/todo.avi"), film(640, 480, 60))
    lab.video("d1/text.avi", "no film")
    rows = read(lab)
    told = {name: (row.state, row.width, row.height, row.frames) for name, row in rows.items()}
    assert told["d1/done.avi"] == ("finished", 64, 48, 300)
    assert told["d1/todo.avi"] == ("to do", 640, 480, 60)
    assert told["d1/text.avi"] == ("to do", None, None, None)

    def refuse(path: str) -> Any:
        raise AssertionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(module, "load_claim", refuse)
        assert read(lab) == rows
    put(lab.root / "RawVideos/d1/todo.avi", film(320, 240, 70))
    os.utime(lab.root / "RawVideos/d1/todo.avi", (1e9, 1e9))
    changed = read(lab)["d1/todo.avi"]
    assert (changed.width, changed.height, changed.frames) == (320, 240, 70)


def test_rows_that_several_processes_read(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows that are read side by side, and what is remembered of them, are those that a single process reads."""
    declare(lab)
    for number in range(5):
        put(lab.video(f"d{number}/a.avi"), film(64, 48, 50 + number))
    lab.go()
    lab.video("d9/new.avi", "no film")
    (lab.root / "RawVideos/d4/a.avi").unlink()  # archived
    project = load_project(lab.root)
    stage = result_stage(project)
    told = batches_of(project, stage).remembered("told", stage)
    alone = list(read_videos(project))
    remembered = told.read_bytes()
    told.unlink()
    monkeypatch.setattr(module, "MANY", 2)
    monkeypatch.setattr(module, "processes", lambda: 3)
    survey = Survey(stage, keeps_history=True)
    seen = examine_judged(project, stage, survey)
    found = begin_all_examined(project, seen, Reviewed(), survey.tree, survey.history)()
    assert [row for row, _ in found] == alone
    assert [one.unit.key for _, one in found] == [row.video for row in alone]
    assert [row.state for row in alone] == ["finished"] * 4 + ["to do", "archived"]
    assert told.read_bytes() == remembered
