"""A shared disk that lags: what was just made cannot be seen here yet. It is not called gone, and not made again.

So NFS is: a client lists a folder from its memory for up to a minute (acdirmax), what other machines made there
meanwhile left out, and finds no such file by its name either. A shim for os.scandir, os.stat and open shows that.
"""

from __future__ import annotations

import builtins
import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lab import Lab
from remote_tracker.batches.prepare import prepare
from remote_tracker.batches.seal import seal_batches
from remote_tracker.config import load_project
from remote_tracker.model import Project, State
from remote_tracker.records import Batch
from remote_tracker.schedulers import slurm
from remote_tracker.survey import load_queue, survey_stage
from schedulers.fakes import COPY, Programs, make_programs, make_slurm, pin_all

START = (
    "# start 2026-03-01T10:00:00+0000 host=node1 pid=7 job=slurm.77 batch=0001 task={task} params=x "
    "size={size} mtime={mtime} unit=d/v{task:03d}.avi\n"
)
END = "# end 2026-03-01T10:09:00+0000 exit=0 seconds=540 result=finished why=\n"


class Memory:
    """What a client remembers of some folders: the names in them; it knows of no others."""

    def __init__(self, *folders: Path) -> None:
        self._names = {os.path.realpath(folder): set(os.listdir(folder)) for folder in folders}

    def knows(self, path: Any) -> bool:
        """Return whether a path may be seen: no folder on it is remembered without it."""
        if isinstance(path, int):
            return True
        place = os.path.abspath(os.fspath(path))
        while place != "/":
            folder, name = os.path.split(place)
            if name not in self._names.get(folder, {name}):
                return False
            place = folder
        return True

    def of(self, path: Any, names: list[Any], name_of: Callable[[Any], str]) -> list[Any]:
        """Return what is remembered of a folder's names."""
        place = os.readlink(f"/proc/self/fd/{path}") if isinstance(path, int) else os.path.realpath(path)
        return [name for name in names if name_of(name) in self._names.get(place, {name_of(name)})]


@contextmanager
def lagging(memory: Memory) -> Iterator[None]:
    """Let this process see of the disk what the client remembers."""
    with pytest.MonkeyPatch.context() as patch:
        listdir, scandir = os.listdir, os.scandir

        def seen(real: Callable[..., Any]) -> Callable[..., Any]:
            def call(path: Any, *words: Any, **keys: Any) -> Any:
                new = "w" in str(words[:1]) or (words and isinstance(words[0], int) and words[0] & os.O_CREAT)
                if not new and not memory.knows(path):
                    raise FileNotFoundError(2, "No such file or directory", os.fspath(path))
                return real(path, *words, **keys)

            return call

        @contextmanager
        def scan(path: Any = ".") -> Iterator[Iterator[os.DirEntry[str]]]:
            with scandir(path) as entries:
                yield iter(memory.of(path, list(entries), lambda entry: entry.name))

        for name in ("stat", "lstat", "open", "access"):
            patch.setattr(os, name, seen(getattr(os, name)))
        for module in (builtins, io):
            patch.setattr(module, "open", seen(open))
        patch.setattr(os, "listdir", lambda path=".": memory.of(path, listdir(path), str))
        patch.setattr(os, "scandir", scan)
        yield


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Slurm's programs, which know of no job."""
    return make_programs(tmp_path / "bin", monkeypatch)


@pytest.fixture
def project(tmp_path: Path, programs: Programs) -> Project:
    """A project of two videos that were listed, and have just been finished on a node of the cluster."""
    return make_slurm(tmp_path / "project", videos=2)


def finish(project: Project, batch: Path, age: float = 0) -> Memory:
    """Let both tasks have finished so many seconds ago; return what a client remembers of their results: nothing."""
    results = project.root / "Results/d"
    results.mkdir(parents=True)
    memory = Memory(results)
    for task in (1, 2):
        video = os.stat(project.root / f"RawVideos/d/v{task:03d}.avi")
        mtime = f"{video.st_mtime_ns // 10**9}.{video.st_mtime_ns % 10**9:09d}"
        (batch / f"output.{task}").write_text(START.format(task=task, size=video.st_size, mtime=mtime) + END)
        (results / f"v{task:03d}_tracks.csv").write_text("x\n")
        os.utime(batch / f"output.{task}", (time.time() - age, time.time() - age))
    (batch / "owner").write_text("slurm.77\n")
    return memory


def counts(project: Project) -> dict[State, int]:
    """Return how many videos are in each state."""
    return {state: number for state, number in survey_stage(project, COPY).counts.items() if number}


def test_lag_of_a_folder(project: Project) -> None:
    """The shim lags: what was made since is neither listed nor found, what was there before is both."""
    folder = project.root / "RawVideos/d"
    memory = Memory(folder)
    (folder / "new").write_text("x")
    with lagging(memory):
        assert sorted(os.listdir(folder)) == ["v001.avi", "v002.avi"]
        assert sorted(path.name for path in folder.glob("*")) == ["v001.avi", "v002.avi"]
        assert not (folder / "new").exists()
        with pytest.raises(FileNotFoundError):
            (folder / "new").read_text()
        assert (folder / "v001.avi").exists()
    assert (folder / "new").exists()


def test_just_finished(project: Project) -> None:
    """What just finished and is not seen yet counts as running: it is not listed, not called gone, nor failed."""
    memory = finish(project, pin_all(project))
    with lagging(memory):
        assert counts(project) == {State.RUNNING: 2}
        prepared = prepare(project, [COPY])
        assert (prepared.pinned, prepared.survey.to_do) == (None, [])
    assert counts(project) == {State.FINISHED: 2}


def test_just_finished_and_sealed(project: Project) -> None:
    """So it is where a scan has sealed the batch meanwhile."""
    batch = pin_all(project)
    memory = finish(project, batch)
    with lagging(memory):
        seal_batches(project, COPY, load_queue(slurm.SCHEDULER, [Batch(str(batch))]))
        assert Batch(str(batch)).sealed_path.exists()
        assert counts(project) == {State.RUNNING: 2}
    assert counts(project) == {State.FINISHED: 2}


@pytest.mark.parametrize("sealed", [False, True])
def test_gone_for_good(project: Project, sealed: bool) -> None:
    """What finished longer ago than any memory lasts, and cannot be seen, is gone."""
    batch = pin_all(project)
    with lagging(finish(project, batch, age=120)):
        if sealed:
            seal_batches(project, COPY, load_queue(slurm.SCHEDULER, [Batch(str(batch))]))
        assert counts(project) == {State.GONE: 2}


def test_half_of_the_results(project: Project) -> None:
    """Of two videos the one that can be seen is finished, the other one still settles."""
    batch = pin_all(project)
    finish(project, batch)
    (project.root / "Results/d/v002_tracks.csv").rename(project.root / "later")
    memory = Memory(project.root / "Results/d")
    (project.root / "later").rename(project.root / "Results/d/v002_tracks.csv")
    with lagging(memory):
        assert counts(project) == {State.FINISHED: 1, State.RUNNING: 1}


def test_replaced_meanwhile(project: Project) -> None:
    """A video that was replaced after its task ended is to do, however fresh that end is."""
    with lagging(finish(project, pin_all(project))):
        (project.root / "RawVideos/d/v001.avi").write_text("another one")
        assert counts(project) == {State.RUNNING: 1, State.UNPROCESSED: 1}


def test_listed_again_all_the_same(lab: Lab) -> None:
    """Where neither logs nor results are seen, and a second list names the video, its task finds it finished."""
    lab.tracker(command="echo {{ wildcards.name }} >> {{ project }}/runs; cp {{ input.video }} {{ output.copy }}")
    lab.videos(2)
    lab.scan()
    memory = Memory(lab.batch(1), lab.root / "Results")
    assert lab.process().code == 0
    lab.video("d1/v3.avi", "video 3")
    with lagging(memory):
        project = load_project(lab.root)
        prepared = prepare(project, list(project.tracker.stages))
    assert (lab.batch(2) / "names.txt").read_text().split() == ["d1/v1.avi", "d1/v2.avi", "d1/v3.avi"]
    assert prepared.pinned is not None
    assert lab.process().code == 0
    assert sorted((lab.root / "runs").read_text().split()) == ["v1", "v2", "v3"]
    assert "why=finished already" in lab.log(2, 1)
    assert lab.counts() == {"finished": 3}
