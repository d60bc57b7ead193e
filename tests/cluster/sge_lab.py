"""A lab's project on the real GridEngine of the tests."""

from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path

from cluster_lab import PENDING, RUNNING, ClusterLab, Task
from lab import SMALL_PATH, Lab

# The first of these letters that a state holds tells it.
STATES = (("E", "error"), ("d", "ending"), ("h", PENDING), ("q", PENDING), ("t", "starting"), ("r", RUNNING))


class SgeLab(ClusterLab):
    """One project that is submitted to GridEngine."""

    SCHEDULER, SUBMIT, SUBMITS = "sge", "qsub", "qsub -terse"
    AFTER = "-hold_jid JOB"
    UNREACHABLE = "unable to (send|contact)|Connection refused"
    SHORT = "0:00:10"
    LESS = ("h_vmem=2G", "h_vmem=3G")
    TWICE_SHORT, ASKS_TWICE = "0:00:20", "-l h_rt=00:00:20,s_rt=00:00:10"

    def __init__(self, root: Path, home: Path, variables: Mapping[str, str]) -> None:
        super().__init__(root, home)
        self.variables = variables
        self.changed: dict[str, str] = {}

    def twin(self, root: Path) -> SgeLab:
        """Return the project in another folder, on the same GridEngine."""
        return SgeLab(root, self.home, self.variables)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing, and where GridEngine is."""
        ours = {name: value for name, value in self.variables.items() if name.startswith("SGE_")}
        path = f"{self.variables['PATH'].split(':')[0]}:{SMALL_PATH}"
        return super().environment(**{**ours, "PATH": path, **more})

    def submit_argv(self, hold: bool, at_once: int, name: str, node: str) -> list[str]:
        """Return the command that submits: -terse prints little but the id. There is one host."""
        argv = ["qsub", "-terse", *(["-h"] if hold else []), *(["-N", name] if name else [])]
        return [*argv, *(["-tc", str(at_once)] if at_once else [])]

    def read_id(self, answer: str) -> str:
        """Return the id of "8.1-5:1", before which warnings may stand."""
        return answer.strip().split("\n")[-1].partition(".")[0]

    def queue(self, *states: str) -> list[Task]:
        """Return this project's tasks in qstat, those in these states where any are named."""
        listed = list(ElementTree.fromstring(self.command("qstat", "-u", "*", "-xml")).iter("job_list"))
        if not listed:
            return []
        places = self.find_places({job.findtext("JB_job_number", "") for job in listed})
        tasks = []
        for job in listed:
            number, letters = job.findtext("JB_job_number", ""), job.findtext("state", "")
            folder, node = places.get(number, ""), job.findtext("queue_name", "").partition("@")[2]
            state = next((word for letter, word in STATES if letter in letters), letters)
            if f"{folder}/".startswith(f"{os.path.realpath(self.root)}/") and (not states or state in states):
                indices = read_range(job.findtext("tasks", ""))
                tasks += [Task(number, str(index), state, node, folder) for index in indices]
        return tasks

    def find_places(self, jobs: set[str]) -> dict[str, str]:
        """Return the working folders of jobs; those that ended meanwhile have none."""
        told = self.run("qstat", "-j", ",".join(sorted(jobs)), folder="").out
        pairs = re.findall(r"^(job_number|cwd): +(.*)$", told, re.MULTILINE)
        found: dict[str, str] = {}
        job = ""
        for name, value in pairs:
            job = value.strip() if name == "job_number" else job
            found |= {job: value} if name == "cwd" else {}
        return found

    def cancel(self, job: str, *tasks: int) -> None:
        """Cancel a job, or some of its tasks, with qdel; what has ended meanwhile is no fault."""
        self.run("qdel", *([f"{job}.{task}" for task in tasks] or [job]), folder="")

    def release(self, job: str, at_once: int = 0) -> None:
        """Let a held job go."""
        if at_once:
            self.command("qalter", "-tc", str(at_once), job)
        self.command("qrls", job)

    def account(self, job: str) -> list[dict[str, str]]:
        """Return what qacct tells of each task that ended."""
        blocks = re.split(r"^=+$", self.run("qacct", "-j", job, folder="").out, flags=re.MULTILINE)
        told = [dict(re.findall(r"^(\w+) +(.*?) *$", block, re.MULTILINE)) for block in blocks]
        return [block for block in told if "taskid" in block]

    def find_codes(self, job: str) -> Mapping[str, object]:
        """Return the exit codes from qacct."""
        return {about["taskid"]: _code(about["failed"], about["exit_status"]) for about in self.account(job)}

    def asked_of(self, job: str) -> Mapping[str, str]:
        """Return a job's queue and walltime, in seconds."""
        told = self.command("qstat", "-j", job)
        queue, walltime = (
            re.search(f"^{form}", told, re.MULTILINE)
            for form in (r"hard_queue_list: +(\S+)", r"hard resource_list:.*h_rt=(\d+)")
        )
        return {"partition": queue[1] if queue else "", "walltime": walltime[1] if walltime else ""}

    def deaf(self) -> dict[str, str]:
        """Return the variables of a GridEngine that does not answer."""
        return {"SGE_QMASTER_PORT": "1"}

    def configure(self, **values: object) -> dict[str, str]:
        """Change settings of the whole cell; returns what they were."""
        text = self.command("qconf", "-sconf")
        before = {}
        for name, value in values.items():
            found = re.search(rf"^{name} +(\S+)$", text, re.MULTILINE)
            assert found, name
            before[name] = found[1]
            text = text.replace(found[0], f"{name} {value}")
        path = self.root.parent / "global"
        path.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("#")))
        self.command("qconf", "-Mconf", str(path))
        self.changed = {**before, **self.changed}
        return before

    def limit_arrays(self, tasks: int) -> tuple[int, str]:
        """Set the cell's max_aj_tasks, till the end of the test."""
        self.configure(max_aj_tasks=tasks)
        return tasks, f"max_aj_tasks {tasks}"

    def clear(self) -> None:
        """Cancel what the test left, and set the cell's settings back."""
        super().clear()
        if self.changed:
            self.configure(**self.changed)
            self.changed = {}


def read_range(text: str) -> list[int]:
    """Return the indices of qstat's "7", "13-20:1" or "15-19:1,23,24"."""
    found: list[int] = []
    for first, last, step in re.findall(r"(\d+)(?:-(\d+):(\d+))?", text):
        found += range(int(first), int(last or first) + 1, int(step or 1))
    return found


def _code(failed: str, status: str) -> object:
    """Return the exit code of what ended by itself; else how it failed."""
    return int(status) if failed == "0" and status.isdigit() else f"{failed}: {status}"


def on_sge(variables: Mapping[str, str], lab: Lab) -> Iterator[SgeLab]:
    """Yield the project of a test on GridEngine; what it leaves there is cancelled."""
    made = SgeLab(lab.root, lab.home, variables)
    made.settings()
    made.work()
    yield made
    made.clear()
