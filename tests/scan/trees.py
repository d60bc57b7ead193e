"""Small projects for tests of the core: stages written in Python, files put on disk, no program runs."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from remote_tracker.model import Cluster, Input, Output, Project, Record, Stage, Tracker, Unit
from remote_tracker.model.pattern import read_pattern
from remote_tracker.model.scheduling import Queue
from remote_tracker.scan import Tree, find_units
from remote_tracker.schedulers import local

LONG_AGO = 1_700_000_000
MTIME = f"{LONG_AGO}.000000000"  # as stat -c %.9Y prints it
VIDEO = "RawVideos/{subdir}/{name}.{ext,avi|mp4}"
TRACKS = "Results/{subdir}/{name}_tracks.csv"


def make_stage(inputs: str | Mapping[str, Any] = VIDEO, outputs: Mapping[str, str] | None = None, **keys: Any) -> Stage:
    """Return a stage; an input is a pattern, or a mapping with ``pattern`` and the other keys of an Input."""
    named = {"video": inputs} if isinstance(inputs, str) else inputs
    given: dict[str, Any] = {"name": "track", "help": "", "folder": "workspace", "command": "true", **keys}
    made = {"tracks": TRACKS} if outputs is None else outputs
    return Stage(
        inputs=tuple(_input(name, told) for name, told in named.items()),
        outputs=tuple(Output(name, read_pattern(text)) for name, text in made.items()),
        **given,
    )


def _input(name: str, told: str | Mapping[str, Any]) -> Input:
    keys = {"pattern": told} if isinstance(told, str) else dict(told)
    return Input(name, read_pattern(keys.pop("pattern")), **keys)


def make_project(root: Path, *stages: Stage, params: Mapping[str, Any] | None = None, **keys: Any) -> Project:
    """Return a project in ``root`` with these stages, on this machine."""
    folder = root / "site" / "trackers" / "own"
    tracker = Tracker("own", "", "", folder, params or {}, (), stages or (make_stage(),))
    for name in ("workspace", "RawVideos"):
        (root / name).mkdir(parents=True, exist_ok=True)
    return Project(root, "lab", tracker, Cluster("local", local.SCHEDULER, ""), **keys)


def with_queue(project: Project, queue: Queue) -> Project:
    """Return the project on a cluster where the queue is always this one."""
    scheduler = project.cluster.scheduler._replace(read_queue=lambda batches, fresh=True: queue)
    return replace(project, cluster=project.cluster._replace(scheduler=scheduler))


def put(root: Path, *paths: str | bytes, content: str = "x", age: int = 0) -> None:
    """Make files below ``root``, last written ``age`` seconds before long ago."""
    for path in paths:
        place = os.path.join(os.fsencode(root), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "w") as file:
            file.write(content)
        os.utime(place, (LONG_AGO - age, LONG_AGO - age))


def units_of(root: Path, stage: Stage, videos: str = "") -> list[Unit]:
    """Return what a scan finds."""
    return list(find_units(stage, Tree(root, videos)))


def keys_of(root: Path, stage: Stage, videos: str = "") -> list[str]:
    """Return the names of what a scan finds, in its order."""
    return [unit.key for unit in units_of(root, stage, videos)]


def problems_of(root: Path, stage: Stage) -> dict[str, str]:
    """Return what a scan finds, each with what is wrong with it."""
    return {unit.key: unit.problem for unit in units_of(root, stage)}


def make_record(unit: str = "d/a.avi", batch: str = "0001", task: int = 1, **keys: Any) -> Record:
    """Return a record of a task that finished."""
    told: dict[str, Any] = {
        "host": "node1",
        "pid": 0,
        "job": "local.1",
        "inputs": "1 1700000000000000000",
        "params": "abcd",
        "exit": 0,
        "seconds": 3,
        "result": "finished",
        "why": "",
    }
    return Record(unit=unit, batch=batch, task=task, **{**told, **keys})


def start_line(unit: str = "d/a.avi", task: int = 1, size: int = 1, pid: int = 7, mtime: str = MTIME) -> str:
    """Return the first line of a task's log, as run_task.sh writes it."""
    return (
        f"# start 2026-01-01T00:00:00+0000 host=node1 pid={pid} job=local.1 batch=0001 task={task} "
        f"params=abcd size={size} mtime={mtime} unit={unit}\n"
    )


def end_line(result: str = "finished", code: int = 0, why: str = "", cause: str = "") -> str:
    """Return the last line of a task's log, as run_task.sh writes it."""
    word = f" cause={cause}" if cause else ""
    return f"# end 2026-01-01T00:00:09+0000 exit={code} seconds=9 result={result}{word} why={why}\n"
