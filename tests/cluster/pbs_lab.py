"""A lab's project on the stand-in for OpenPBS, one for each test."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cluster_lab import PENDING, RUNNING, ClusterLab, Task
from lab import SMALL_PATH, Lab
from pbs.settings import QUEUE
from pbs.stand import ADMIN, HERE, Stand

STATES = {"Q": PENDING, "H": PENDING, "W": PENDING, "R": RUNNING}
SHORT_QUEUE = {**QUEUE, "resources_max": {"walltime": "00:10:00"}}


class PbsLab(ClusterLab):
    """One project that is submitted to PBS."""

    SCHEDULER, SUBMIT, SUBMITS = "pbs", "qsub", "qsub"
    AFTER = "-W depend=afterany:JOB"
    UNREACHABLE = "cannot connect to server"
    LESS = ("mem=2gb", "mem=400mb")
    TWICE_SHORT, ASKS_TWICE = "0:02:00", "-l walltime=00:02:00"
    EXAMPLE_JOB = r"\d+\[\]\.pbs1"

    def __init__(self, root: Path, home: Path, stand: Stand) -> None:
        super().__init__(root, home)
        self.stand = stand

    def twin(self, root: Path) -> PbsLab:
        """Return the project in another folder, on the same PBS."""
        return PbsLab(root, self.home, self.stand)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a script sees: next to nothing, and where PBS is."""
        path = f"{HERE / 'bin'}:{SMALL_PATH}"
        return super().environment(**{"PATH": path, "PBS_CONF_FILE": str(self.stand.folder / "pbs.conf"), **more})

    def submit_argv(self, hold: bool, at_once: int, name: str, node: str) -> list[str]:
        """Return the command that submits: all it prints is the id."""
        argv = ["qsub", *(["-h"] if hold else []), *(["-N", name] if name else [])]
        argv += ["-W", f"max_run_subjobs={at_once}"] if at_once else []
        return [*argv, *(["-l", f"select=1:ncpus=1:host={node}"] if node else [])]

    def records(self, *words: str) -> Mapping[str, Mapping[str, Any]]:
        """Return what qstat tells of jobs, arrays and subjobs."""
        text = self.command("qstat", "-t", "-f", "-F", "json", *words)
        told: Mapping[str, Mapping[str, Any]] = json.loads(text, strict=False).get("Jobs", {}) if text.strip() else {}
        return told

    def queue(self, *states: str) -> list[Task]:
        """Return this project's subjobs in qstat, those in these states where any are named."""
        tasks = []
        for name, about in self.records().items():
            number, _, rest = name.partition("[")
            index, _, server = rest.partition("]")
            state = STATES.get(about["job_state"], about["job_state"])
            folder = about["Variable_List"]["PBS_O_WORKDIR"]
            ours = f"{folder}/".startswith(f"{self.root}/") and state != "X"
            if index and ours and (not states or state in states):
                tasks.append(
                    Task(f"{number}[]{server}", index, state, about.get("exec_host", "").split("/")[0], folder)
                )
        return tasks

    def cancel(self, job: str, *tasks: int) -> None:
        """Cancel an array, or some of its subjobs, with qdel."""
        self.command("qdel", *([job.replace("[]", f"[{task}]") for task in tasks] or [job]))

    def release(self, job: str, at_once: int = 0) -> None:
        """Let a held array go."""
        if at_once:
            self.command("qalter", "-W", f"max_run_subjobs={at_once}", job)
        self.command("qrls", job)

    def requeue(self, job: str, task: int) -> None:
        """Put a subjob back into the queue, which only who manages PBS may."""
        self.command("qrerun", job.replace("[]", f"[{task}]"), PBS_STANDIN_USER=ADMIN)

    def hurry(self) -> None:
        """Let a minute of walltime pass in six seconds."""
        self.stand.settings(speed=10)

    def find_codes(self, job: str) -> Mapping[str, object]:
        """Return the exit codes from the job history; nothing while the array goes on."""
        told = self.records("-x", job)
        if any(about["job_state"] not in ("X", "F") for about in told.values()):
            return {}
        tasks = {name.partition("[")[2].partition("]")[0]: about.get("Exit_status") for name, about in told.items()}
        return {task: code for task, code in tasks.items() if task}

    def asked_of(self, job: str) -> Mapping[str, str]:
        """Return an array's queue and walltime."""
        about = self.records("-x", job)[job]
        return {"partition": about["queue"], "walltime": about["Resource_List"]["walltime"]}

    def deaf(self) -> dict[str, str]:
        """Return the PBS_CONF_FILE of a server that is not there."""
        path = self.root.parent / "nothing" / "pbs.conf"
        path.parent.mkdir(exist_ok=True)
        conf = (self.stand.folder / "pbs.conf").read_text()
        path.write_text(conf.replace(str(self.stand.folder), str(path.parent)))
        return {"PBS_CONF_FILE": str(path)}

    def limit_arrays(self, tasks: int) -> tuple[int, str]:
        """Set the server's max_array_size."""
        self.stand.settings(max_array_size=tasks)
        return tasks, "max_array_size"

    def limit_user(self, more: int) -> str:
        """Set the server's max_queued."""
        self.stand.settings(max_queued=more)
        return "queued jobs"


def on_pbs(lab: Lab) -> Iterator[PbsLab]:
    """Yield the project of a test on a PBS of its own, with a second queue of ten minutes."""
    stand = Stand(lab.root.parent, lab.home)
    stand.settings(
        kill_delay=10, queues={"workq": {"enabled": True, "started": True}, "short": SHORT_QUEUE}, enforce_mem=True
    )
    made = PbsLab(lab.root, lab.home, stand)
    try:
        stand.up()
        made.settings()
        made.work()
        yield made
        stand.settings(server_down=False)
        made.clear()
    finally:
        assert stand.sh("down").code == 0
        said = (stand.folder / "log").read_text()
        assert "Traceback" not in said, said
