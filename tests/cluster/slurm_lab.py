"""A lab's project on the Slurm of the tests: submitted to as a person does it, waited for by what squeue says."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lab import Lab, Ran, wait_for

SEPARATOR = "\x1f"
WORK = """set -eu
unit=${1##*/}
mkdir -p ledger
entry=ledger/$unit.$BASHPID
printf begun >"$entry"
%s
cp -- "$1" "$2"
printf ' done' >>"$entry"
"""
FILL = """case $unit in v1.avi) python3 -c "
import time
filled = b'x' * (170 << 20)
time.sleep(3)
";; esac"""


class Task(NamedTuple):
    """One task of an array in the queue: its job's id, its index, its state (R, PD ...), node and folder."""

    job: str
    index: str
    state: str
    node: str
    folder: str


class SlurmLab(Lab):
    """One project that is submitted to Slurm; others may use the same Slurm at the same time."""

    def __init__(self, root: Path, home: Path, slurm: Path) -> None:
        super().__init__(root, home)
        self.slurm = slurm

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing, and where Slurm is."""
        return super().environment(**{"SLURM_CONF": str(self.slurm / "slurm.conf"), **more})

    def settings(self, **keys: object) -> None:
        """Write project.yml, for Slurm where no other cluster is named."""
        super().settings(**{"cluster": "slurm", **keys})

    def rename(self, name: str) -> None:
        """Give the project's folder another name."""
        self.root = self.root.rename(self.root.with_name(name))
        self.workspace = self.root / "workspace"

    def work(self, middle: str = ":", **keys: object) -> None:
        """Declare a tracker that notes each execution in ledger/<video>.<process>, does ``middle`` and copies."""
        (self.root / "work.sh").write_text(WORK % middle)
        keys = {"command": "bash {{ project }}/work.sh {{ input.video }} {{ output.copy }}", **keys}
        self.tracker(**keys)  # type: ignore[arg-type]

    def ledger(self) -> dict[str, list[str]]:
        """Return, for each video, what its executions wrote of themselves: begun, or begun and done."""
        found: dict[str, list[str]] = {}
        for path in sorted((self.root / "ledger").glob("*")):
            found.setdefault(path.name.rpartition(".")[0], []).append(path.read_text())
        return found

    def once(self) -> dict[str, list[str]]:
        """Return the ledger of a project each of whose videos was processed once, to the end."""
        top = self.root / "RawVideos"
        return {path.name: ["begun done"] for path in top.rglob("*") if path.is_file()}

    def made(self) -> list[Path]:
        """Return the results in the days' folders; what is being made comes and goes beside them."""
        return [*(self.root / "Results").glob("[!.]*/*")]

    def sbatch(self, *words: str, folder: str = "workspace", script: str = "process_all.slurm") -> str:
        """Submit the job script; returns the job's id."""
        ran = self.run("sbatch", "--parsable", *words, script, folder=folder)
        assert ran.code == 0, ran
        return ran.out.strip()

    def submitted(self, *words: str) -> list[str]:
        """Return the ids of the jobs that ./rt submit, or retry, says it made."""
        ran = self.rt(*words)
        assert ran.code == 0, ran
        return [line.rpartition(" ")[2].rstrip(".") for line in ran.out.splitlines() if line.startswith("Submitted ")]

    def command(self, *argv: str) -> str:
        """Return what one of Slurm's own commands prints; it must work."""
        ran = self.run(*argv, folder="")
        assert ran.code == 0, ran
        return ran.out

    def queue(self, *states: str) -> list[Task]:
        """Return this project's tasks in the queue, those in these states where any are named."""
        form = SEPARATOR.join(("%F", "%K", "%t", "%N", "%Z"))
        lines = self.command("squeue", "--noheader", "--array", "--format", form).splitlines()
        tasks = [Task(*fields) for line in lines if len(fields := line.split(SEPARATOR)) == 5]
        root = f"{os.path.realpath(self.root)}/"
        ours = [task for task in tasks if task.folder.startswith(root)]
        return [task for task in ours if not states or task.state in states]

    def wait_until_empty(self, seconds: float = 240) -> None:
        """Wait until none of this project's tasks is in the queue."""
        wait_for(lambda: not self.queue(), f"an empty queue, and not {self.queue()[:3]}", seconds)

    def wait_for_running(self, number: int = 1, seconds: float = 120) -> list[Task]:
        """Wait until so many tasks run and have begun their work; returns those that run."""
        wait_for(lambda: len(self.queue("R")) >= number, f"{number} running tasks", seconds)
        wait_for(lambda: len(list((self.root / "ledger").glob("*"))) >= number, f"{number} begun", seconds)
        return self.queue("R")

    def process_and_wait(self, *words: str) -> str:
        """Submit what is listed and wait until it has left the queue; returns the job's id."""
        job = self.sbatch(*words)
        self.wait_until_empty()
        return job

    def wait_for_states(self, job: str, tasks: int, seconds: float = 60) -> dict[str, str]:
        """Return each task's state and exit code from sacct, which lags: asked until it knows all ended."""
        sacct = ["sacct", "-n", "-P", "-X", "-j", job, "-o", "JobID,State,ExitCode"]

        def ended() -> dict[str, str]:
            rows = [line.split("|") for line in self.command(*sacct).splitlines()]
            states = {row[0].partition("_")[2]: f"{row[1].split()[0]} {row[2]}" for row in rows if len(row) == 3}
            over = not any(state.startswith(("PENDING", "RUNNING", "REQUEUED")) for state in states.values())
            return states if len(states) >= tasks and over else {}

        found: dict[str, str] = wait_for(ended, f"sacct to know {tasks} tasks of job {job}", seconds)
        return found

    def edit_script(self, old: str, new: str, script: str = "process_all.slurm") -> None:
        """Change the job script, as its owner may."""
        path = self.workspace / script
        text = path.read_text()
        assert old in text, text
        path.write_text(text.replace(old, new))

    def clear(self) -> None:
        """Cancel what the test left in the queue, then end what it left running."""
        jobs = sorted({task.job for task in self.queue()})
        if jobs:
            subprocess.run(["scancel", *jobs], env=self.environment(), check=False, timeout=60)
            self.wait_until_empty()
        super().clear()


def on_slurm(slurm: Path, lab: Lab) -> Iterator[SlurmLab]:
    """Yield the project of a test on Slurm; what it leaves there is cancelled."""
    made = SlurmLab(lab.root, lab.home, slurm)
    made.settings()
    made.work()
    yield made
    made.clear()


def told(ran: Ran) -> str:
    """Return all that a command printed, as one line."""
    return " ".join((ran.out + ran.err).split())
