"""The story of a video, or of all videos of a day."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.batches.seal import seal_batches
from remote_tracker.model import Project
from remote_tracker.model.scheduling import Queue
from remote_tracker.records import Batch, log
from remote_tracker.report import why
from remote_tracker.scan import Tree
from remote_tracker.survey.named import find_named
from scan.trees import end_line, make_project, put, start_line
from schedulers.fakes import COPY, pin_all

OUTPUTS = [output.pattern for output in COPY.outputs]
NAMES = Batch.names.fget  # type: ignore[attr-defined]


def make_day(root: Path, videos: int) -> Project:
    """Return a project with a day of videos, all finished in a batch that is over, but the last, which failed."""
    names = [f"v{number:03d}" for number in range(videos)]
    put(root, *(f"RawVideos/d/{name}.avi" for name in names))
    project = make_project(root, COPY)
    batch = Batch(str(pin_all(project)))
    for task, name in enumerate(names, 1):
        last = task == videos
        batch.log(task).write_text(start_line(f"d/{name}.avi", task) + end_line(*(("failed", 3) if last else ())))
        if not last:
            put(root, *(pattern.fill({"subdir": "d", "name": name, "ext": ""}) for pattern in OUTPUTS))
    seal_batches(project, COPY, Queue())
    return project


def counted(monkeypatch: pytest.MonkeyPatch, project: Project) -> tuple[Counter[str], list[why.Story]]:
    """Return how often what is read while a day's stories are told, and the stories."""
    counts: Counter[str] = Counter()

    def count(holder: Any, name: str) -> None:
        call = getattr(holder, name)
        monkeypatch.setattr(holder, name, lambda *words: (counts.update([name]), call(*words))[1])

    found = find_named(project, "d", project.tracker.stages)
    with monkeypatch.context() as monkeypatch:
        count(Tree, "_list")
        count(log, "_load_last_run")
        monkeypatch.setattr(Batch, "names", property(lambda batch: (counts.update(["names"]), NAMES(batch))[1]))
        return counts, list(why.tell(project, found))


def test_a_day_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many videos a day has, each folder is listed once, each list read once, and no log of a finished task."""
    small, _ = counted(monkeypatch, make_day(tmp_path / "small", 3))
    large, stories = counted(monkeypatch, make_day(tmp_path / "large", 60))
    assert large == small
    assert (large["names"], large["_load_last_run"]) == (1, 1)
    assert [[one.task for one in story.listed] for story in stories] == [[task] for task in range(1, 61)]


def test_a_day_tells_what_each_video_tells(tmp_path: Path) -> None:
    """The story of a video is the same where it is told with those of its day, whether its batch is sealed or not."""
    project = make_day(tmp_path, 4)
    found = find_named(project, "d", project.tracker.stages)
    together = [why.story_text(story) for story in why.tell(project, found)]
    alone = [why.story_text(story) for one in found for story in why.tell(project, [one])]
    assert "batch 0001, task 1: finished on node1 in 9 s" in together[0]
    assert "batch 0001, task 4: failed (exit code 3)" in together[3]
    (tmp_path / "workspace/batches/0001/records.tsv").unlink()
    from_logs = [why.story_text(story) for story in why.tell(project, found)]
    assert together == alone == from_logs


def test_a_task_that_runs_is_running(tmp_path: Path) -> None:
    """What has no end yet is told as running where it runs, by its title and by its batch; else it vanished."""
    project = make_day(tmp_path, 2)
    (tmp_path / "workspace/batches/0001/records.tsv").unlink()
    log_of = Batch(str(tmp_path / "workspace/batches/0001")).log(2)
    gone = start_line("d/v001.avi", 2).replace("params=abcd", "params=")  # as it is not known, the same as now
    began = Path("/proc/self/stat").read_text().rpartition(") ")[2].split()[19]
    here = start_line("d/v001.avi", 2, pid=os.getpid()).replace("node1", os.uname().nodename)
    here = here.replace(" unit=", f" began={began} unit=")
    for text, title, told in (
        (gone, "failed: vanished: ", "vanished: started on node1, no end was written"),
        (here, "running", f"running on {os.uname().nodename}"),
    ):
        log_of.write_text(text)
        (story,) = why.tell(project, find_named(project, "v001.avi", project.tracker.stages))
        lines = why.story_text(story).splitlines()
        assert lines[0].startswith(f"d/v001.avi (track): {title}")
        assert f"    batch 0001, task 2: {told}" in lines
