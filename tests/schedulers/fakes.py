"""Programs of a scheduler that say what a test wants, and slurm projects without a cluster."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from remote_tracker.batches.job_script import load_script
from remote_tracker.batches.pin import Pinned, pin_batch, point_at
from remote_tracker.model import Cluster, Project, Stage
from remote_tracker.records import batches_of
from remote_tracker.schedulers import get_scheduler, slurm
from remote_tracker.survey import survey_stage
from scan.trees import TRACKS, make_project, make_stage, put

SAY = """#!/bin/bash
here=${{0%/*}}
n=1
while [[ -e $here/{name}.call.$n ]]; do n=$((n + 1)); done
printf '%s\\0' "$PWD" "${{SLURM_BITSTR_LEN:-}}" "$@" >"$here/{name}.call.$n"
out=$here/{name}.out.$n
[[ -e $out ]] || out=$here/{name}.out
cat "$out"
cat "$here/{name}.err" >&2
exit {code}
"""


class Programs:
    """A folder of programs that come first on PATH; each call of one is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def say(self, name: str, out: str = "", err: str = "", code: int = 0, *later: str) -> None:
        """Make a program that prints this and ends with ``code``; its second call prints the first of ``later``."""
        for path in self.folder.glob(f"{name}.*"):
            path.unlink()
        (self.folder / f"{name}.out").write_text(out)
        (self.folder / f"{name}.err").write_text(err)
        for number, text in enumerate(later, 2):
            (self.folder / f"{name}.out.{number}").write_text(text)
        (self.folder / name).write_text(SAY.format(name=name, code=code))
        (self.folder / name).chmod(0o755)

    def calls(self, name: str) -> list[list[str]]:
        """Return the words behind the program's name, call by call."""
        return [words[2:] for words in self._calls(name)]

    def surroundings(self, name: str) -> list[tuple[str, str]]:
        """Return the folder and SLURM_BITSTR_LEN, call by call."""
        return [(words[0], words[1]) for words in self._calls(name)]

    def _calls(self, name: str) -> list[list[str]]:
        paths = sorted(self.folder.glob(f"{name}.call.*"), key=lambda path: int(path.suffix[1:]))
        return [path.read_text().split("\0")[:-1] for path in paths]


def make_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return a folder of programs put first on PATH: an empty queue, a sbatch that gives job 39."""
    programs = Programs(folder)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    programs.say("squeue")
    programs.say("sbatch", "39\n")
    programs.say("scancel")
    programs.say("scontrol", "MaxArraySize            = 1001\n")
    programs.say("sacctmgr", err="You are not running a supported accounting_storage plugin\n", code=1)
    return programs


COPY = make_stage(name="track", command="cp {{ input.video }} {{ output.tracks }}")
MEASURE = make_stage({"tracks": TRACKS}, {"size": "Results/{subdir}/{name}_size.txt"}, name="measure", after=("track",))
PLOT = make_stage({"size": "Results/{subdir}/{name}_size.txt"}, {"plot": "Results/{subdir}/{name}.png"}, name="plot")


def make_slurm(root: Path, *stages: Stage, videos: int = 0, scheduler: str = "slurm", **keys: Any) -> Project:
    """Return a project named flies on a cluster with this ``scheduler``; ``keys`` are the others of the cluster."""
    put(root, *(f"RawVideos/d/v{n:03d}.avi" for n in range(1, videos + 1)))
    project = make_project(root, *(stages or (COPY,)))
    return replace(project, name="flies", cluster=Cluster("test", get_scheduler(scheduler), "")._replace(**keys))


def pin_all(project: Project, stage: Stage | None = None) -> Path:
    """Pin a batch of all there is to do; return its folder."""
    chosen = stage or project.tracker.stages[0]
    return pin_batch(project, chosen, survey_stage(project, chosen).to_do).batch.folder


def point(project: Project, stage: Stage, pinned: Pinned | None) -> Path:
    """Read the stage's job script and point it at a batch; return its path."""
    return point_at(project, stage, load_script(project, stage), pinned).path


def script_of(project: Project, number: str, tasks: int, stage: int = 0) -> str:
    """Return a job script, filled in for a batch (of no tasks: for none), of a project that lies in /lab/flies."""
    chosen = project.tracker.stages[stage]
    pinned = Pinned(batches_of(project, chosen).batch(number), tasks, new=True) if tasks else None
    return point(project, chosen, pinned).read_text().replace(str(project.root), "/lab/flies")


def queue_line(folder: Path | str = "/lab/workspace", **fields: str) -> str:
    """Return a line of squeue's answer, in the order in which it is asked for."""
    told = {
        "%F": fields.pop("job", "77"),
        "%K": fields.pop("index", "1"),
        "%t": fields.pop("state", "R"),
        "%u": fields.pop("user", "ann"),
        "%r": fields.pop("reason", "None"),
        "%j": fields.pop("name", "flies.track.0001"),
        "%o": fields.pop("command", f"{os.fspath(folder)}/process_all.slurm"),
        "%Z": os.fspath(folder),
    }
    assert not fields, fields
    return "\x1f".join(told[field] for field in slurm.queue.FIELDS) + "\n"
