"""The Slurm that tests are run on is a whole one: it runs arrays, remembers them and refuses what is too long."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("slurm")
FINISHED = {"COMPLETED 0:0", "FAILED 3:0"}


def submit(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Submit a script from a folder and wait until its job has ended."""
    (folder / "job.sh").write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    sbatch = ["sbatch", "--parsable", "--wait", *options, "job.sh"]
    return subprocess.run(sbatch, cwd=folder, capture_output=True, text=True, timeout=300)


def read_states(job: str, tasks: int) -> dict[str, str]:
    """Return each task's state and exit code from sacct, which lags behind: asked until all have ended."""
    sacct = ["sacct", "-n", "-P", "-X", "-j", job, "-o", "JobID,State,ExitCode"]
    end = time.monotonic() + 90
    while True:
        said = subprocess.run(sacct, capture_output=True, text=True, timeout=30, check=True).stdout
        states = {task: f"{state} {code}" for task, state, code in (line.split("|") for line in said.splitlines())}
        if (len(states) == tasks and FINISHED.issuperset(states.values())) or time.monotonic() > end:
            return states
        time.sleep(0.2)


def test_an_array_runs(tmp_path: Path) -> None:
    """Each task of an array writes a log of its own, with its own number in it."""
    done = submit(tmp_path, 'echo "task $SLURM_ARRAY_TASK_ID"', "--array=1-3", "--output=log.%a")
    assert done.returncode == 0, done.stderr
    logs = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("log.*")}
    assert logs == {f"log.{task}": f"task {task}\n" for task in (1, 2, 3)}


def test_accounting_remembers(tmp_path: Path) -> None:
    """Sacct tells which tasks completed and which failed, and with which exit code."""
    done = submit(tmp_path, 'exit "$((SLURM_ARRAY_TASK_ID == 2 ? 3 : 0))"', "--array=1-3", "--output=log.%a")
    job = done.stdout.strip()
    assert read_states(job, 3) == {f"{job}_1": "COMPLETED 0:0", f"{job}_2": "FAILED 3:0", f"{job}_3": "COMPLETED 0:0"}


def test_an_array_too_long_is_refused(tmp_path: Path) -> None:
    """With MaxArraySize=1001 the index 1001 is one too many."""
    done = submit(tmp_path, "true", "--array=1-1001", "--output=/dev/null")
    assert done.returncode != 0
    assert "Invalid job array specification" in done.stderr
