"""The GridEngine that tests are run on is a whole one: it runs arrays, remembers them and refuses what is no range."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from lab import wait_for


class Queue:
    """What is typed at this GridEngine, in one folder."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        self.variables = {**variables, "HOME": str(folder)}

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Return how one of GridEngine's commands ended and what it printed."""
        return subprocess.run(
            argv, cwd=self.folder, env=self.variables, capture_output=True, text=True, timeout=120, check=False
        )

    def submit(self, script: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Submit a script and, where it is accepted, wait until its job has ended."""
        (self.folder / "job.sh").write_text(f"{script}\n", encoding="utf-8")
        return self.run("qsub", "-terse", "-sync", "y", "-cwd", "-j", "y", *options, "job.sh")

    def read_ends(self, job: str) -> dict[str, str]:
        """Return each task's exit code from qacct, so far as it knows them."""
        lines = [line.split() for line in self.run("qacct", "-j", job).stdout.splitlines()]
        fields = [(words[0], words[1]) for words in lines if len(words) > 1 and words[0] in ("taskid", "exit_status")]
        return {task: code for (_, task), (_, code) in zip(fields[::2], fields[1::2], strict=True)}


@pytest.fixture
def queue(gridengine: dict[str, str], tmp_path: Path) -> Queue:
    """The queue of the GridEngine, as seen from an empty folder."""
    return Queue(tmp_path, gridengine)


def test_an_array_runs(queue: Queue) -> None:
    """Each task of an array writes a log of its own, with its own number in it."""
    done = queue.submit('echo "task $SGE_TASK_ID"', "-t", "1-3", "-o", "log.$TASK_ID")
    assert done.returncode == 0, done.stderr
    logs = {path.name: path.read_text(encoding="utf-8") for path in queue.folder.glob("log.*")}
    assert logs == {f"log.{task}": f"task {task}\n" for task in (1, 2, 3)}


def test_accounting_remembers(queue: Queue) -> None:
    """Qacct tells each task's exit code."""
    done = queue.submit('exit "$((SGE_TASK_ID == 2 ? 3 : 0))"', "-t", "1-3")
    job = done.stdout.partition(".")[0]
    ends = {"1": "0", "2": "3", "3": "0"}
    wait_for(lambda: queue.read_ends(job) == ends, f"qacct to know {ends}, and not {queue.read_ends(job)}")


def test_no_range_is_refused(queue: Queue) -> None:
    """An array that ends before it begins is refused, and GridEngine's own words say so."""
    done = queue.submit("true", "-t", "1-0")
    assert (done.returncode, done.stderr) == (1, "Unable to run job: job rejected: 0 is an invalid task id\nExiting.\n")
