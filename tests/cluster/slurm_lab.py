"""A lab's project on the real Slurm of the tests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from getpass import getuser
from pathlib import Path

from cluster_lab import PENDING, RUNNING, ClusterLab, Task
from lab import Lab

SEPARATOR = "\x1f"
STATES = {"PD": PENDING, "R": RUNNING}
GOING = ("PENDING", "RUNNING", "REQUEUED")


class SlurmLab(ClusterLab):
    """One project that is submitted to Slurm."""

    SCHEDULER, SUBMIT, SUBMITS = "slurm", "sbatch", "sbatch --parsable"
    AFTER = "--dependency=afterany:JOB"
    UNREACHABLE = "[Uu]nable to contact"
    ODD_NAME, OTHER_NAME = "a b.1", "tiny.copy.0002"
    LESS = ("#SBATCH --mem=2G", "#SBATCH --mem=400M")
    TWICE_SHORT, ASKS_TWICE = "0:02:00", "--time=0:02:00"

    def __init__(self, root: Path, home: Path, slurm: Path) -> None:
        super().__init__(root, home)
        self.slurm = slurm
        self.limited: list[str] = []

    def twin(self, root: Path) -> SlurmLab:
        """Return the project in another folder, on the same Slurm."""
        return SlurmLab(root, self.home, self.slurm)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing, and where Slurm is."""
        return super().environment(**{"SLURM_CONF": str(self.slurm / "slurm.conf"), **more})

    def submit_argv(self, hold: bool, at_once: int, name: str, node: str) -> list[str]:
        """Return the command that submits: --parsable prints the id alone."""
        argv = ["sbatch", "--parsable", *(["--hold"] if hold else [])]
        if at_once:
            listed = re.search(r"^#SBATCH --array=([\d:-]+)", (self.workspace / self.script).read_text(), re.MULTILINE)
            assert listed
            argv.append(f"--array={listed[1]}%{at_once}")
        return [*argv, *([f"--job-name={name}"] if name else []), *([f"--nodelist={node}"] if node else [])]

    def queue(self, *states: str) -> list[Task]:
        """Return this project's tasks in squeue, those in these states where any are named."""
        form = SEPARATOR.join(("%F", "%K", "%t", "%N", "%Z"))
        lines = self.command("squeue", "--noheader", "--array", "--format", form).splitlines()
        tasks = [Task(*fields) for line in lines if len(fields := line.split(SEPARATOR)) == 5]
        root = f"{os.path.realpath(self.root)}/"
        ours = [
            task._replace(state=STATES.get(task.state, task.state)) for task in tasks if task.folder.startswith(root)
        ]
        return [task for task in ours if not states or task.state in states]

    def cancel(self, job: str, *tasks: int) -> None:
        """Cancel a job, or some of its tasks, with scancel."""
        self.command("scancel", *([f"{job}_{task}" for task in tasks] or [job]))

    def release(self, job: str, at_once: int = 0) -> None:
        """Let a held job go."""
        if at_once:
            self.command("scontrol", "update", f"jobid={job}", f"ArrayTaskThrottle={at_once}")
        self.command("scontrol", "release", job)

    def requeue(self, job: str, task: int) -> None:
        """Put a task back into the queue."""
        self.command("scontrol", "requeue", f"{job}_{task}")

    def find_codes(self, job: str) -> Mapping[str, object]:
        """Return the exit codes from sacct; nothing while it holds one of them to be going on."""
        rows = [
            line.split("|")
            for line in self.command("sacct", "-n", "-P", "-X", "-j", job, "-o", "JobID,State,ExitCode").splitlines()
        ]
        if any(len(row) != 3 or row[1].startswith(GOING) for row in rows):
            return {}
        return {row[0].partition("_")[2]: _code(*row[1:]) for row in rows}

    def asked_of(self, job: str) -> Mapping[str, str]:
        """Return a job's partition and time limit."""
        told = dict(word.split("=", 1) for word in self.command("scontrol", "show", "job", job).split() if "=" in word)
        return {"partition": told["Partition"], "walltime": told["TimeLimit"]}

    def deaf(self) -> dict[str, str]:
        """Return the SLURM_CONF of a Slurm that does not answer."""
        text = (self.slurm / "slurm.conf").read_text()
        path = self.root.parent / "deaf.conf"
        path.write_text(re.sub(r"^SlurmctldPort=.*$", "SlurmctldPort=1\nMessageTimeout=2", text, flags=re.MULTILINE))
        return {"SLURM_CONF": str(path)}

    def limit_arrays(self, tasks: int) -> tuple[int, str]:
        """Return the limit that this Slurm was brought up with."""
        return 1000, "MaxArraySize 1001"

    def limit_user(self, more: int) -> str:
        """Set MaxSubmitJobs; what others of this user have in the queue counts."""
        me = getuser()
        held = len(self.command("squeue", "--noheader", "--array", f"--user={me}").split("\n")) - 1
        self.limited = ["sacctmgr", "-i", "modify", "user", me, "set"]
        self.command(*self.limited, f"MaxSubmitJobs={held + more}")
        return "submitted jobs"

    def clear(self) -> None:
        """Cancel what the test left in the queue, and take its limit away."""
        super().clear()
        if self.limited:
            self.command(*self.limited, "MaxSubmitJobs=-1")


def _code(state: str, code: str) -> object:
    """Return the exit code of what completed or failed by itself; else the state."""
    number, _, signal = code.partition(":")
    fine = signal == "0" and (state, number == "0") in {("COMPLETED", True), ("FAILED", False)}
    return int(number) if fine else f"{state} {code}"


def on_slurm(slurm: Path, lab: Lab) -> Iterator[SlurmLab]:
    """Yield the project of a test on Slurm; what it leaves there is cancelled."""
    made = SlurmLab(lab.root, lab.home, slurm)
    made.settings()
    made.work()
    yield made
    made.clear()
