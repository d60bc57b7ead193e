"""A project as the template makes it, used as the pages say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from .tools import TEMPLATE, Tool

CHECKS = [
    {"json": "info", "key": "finished", "equals": True},
    {"json": "info", "key": "source.name", "equals_name": "video"},
    {"json": "info", "key": "source.size", "equals_size": "video"},
    {"csv": "tracks", "header": ["frame", "digest"], "rows": 1},
]
OUTPUTS = {
    "table": {"tracks": "Results/{subdir}/{name}_tracks.csv"},
    "pair": {"tracks": "Results/{subdir}/{name}_tracks.csv", "info": "Results/{subdir}/{name}_info.json"},
    "folder": {"poses": "Results/{subdir}/{name}_out/"},
    "glob": {"tracks": "Results/{subdir}/{name}_*.csv"},
}
COMMANDS = {
    "table": "{{ input.video }} {{ output.tracks }}",
    "pair": "{{ input.video }} {{ output.tracks }} {{ output.info }}",
    "folder": "{{ input.video }} {{ output.poses }}",
    "glob": "{{ input.video }} {{ parent.tracks }}/{{ wildcards.name }}_tracks.csv",
}
CHANGED = "changed since"


class Ours(Tool):
    """A project of ours."""

    name = "ours"

    def make(self) -> None:
        """Make the project, without its videos."""
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
        shutil.copytree(TEMPLATE, self.root, symlinks=True, ignore=ignored)
        super().make()

    def set_environment(self, text: str) -> None:
        """Write workspace/activate.sh."""
        path = f'PATH="{os.path.dirname(sys.executable)}:$PATH"\n'
        (self.root / "workspace/activate.sh").write_text(f"{path}{text}\n")

    def prepare(self) -> None:
        """Write project.yml, the tracker and the environment."""
        settings: dict[str, object] = {"name": "bench", "tracker": "own", "cluster": self.setup.cluster}
        if self.setup.made == "opencv":
            settings["tracker"] = "opencv"
            folder = TEMPLATE / "remote_tracker/trackers/opencv"
            shutil.copytree(folder / "AuxiliaryFiles", self.root / "AuxiliaryFiles", dirs_exist_ok=True)
            (self.root / "summarizer").mkdir(exist_ok=True)
            shutil.copy(folder / "calculate_feat_summaries.py", self.root / "summarizer")
        else:
            at = self.root / "site/trackers/own"
            at.mkdir(parents=True)
            (at / "tracker.yml").write_text(yaml.safe_dump(self.tracker(), sort_keys=False))
        if self.setup.parameter:
            settings["params"] = {"x": self.setup.parameter}
        (self.root / "project.yml").write_text(yaml.safe_dump(settings))

    def tracker(self) -> dict[str, object]:
        """Return the tracker of the scenes."""
        made = self.setup.made
        parameter = f"echo {{{{ params.x }}}} >{self.program.control}/parameter; " if self.setup.parameter else ""
        stage = {
            "name": "track",
            "input": {"video": "RawVideos/{subdir}/{name}.avi"},
            "output": OUTPUTS[made],
            "command": f"{parameter}bash {self.program.path} {COMMANDS[made]}",
            "work": self.setup.work,
            "resources": {"cpus": 1, "memory": "400M", "walltime": "5"},
        }
        if made == "folder":
            stage["check"] = [{"exists": "poses", "file": "*.h5"}]
        elif made != "glob" and self.setup.checks:
            stage["check"] = CHECKS if made == "pair" else CHECKS[3:]
        params = {"x": {"default": "", "help": "a value"}} if self.setup.parameter else {}
        return {"description": "the tracker of the scenes", "params": params, "stages": [stage]}

    def list(self) -> str:
        """Scan, and ask for what the scan says to have changed by hand to be made again; returns why it refuses."""
        done = self.scan()
        if "redo --changed" in done.stdout:
            self.ask("./rt", "redo", "--changed")
            done = self.scan()
        return done.stderr.strip() if done.returncode else ""

    def scan(self) -> subprocess.CompletedProcess[str]:
        """Return how a scan ended."""
        return self.ask("bash", "get_files2process.sh", folder="workspace")

    def runner(self) -> Sequence[str]:
        """Return the command that does what is listed."""
        return ["bash", "workspace/process_all.sh"]

    def submit(self) -> str:
        """Scan and submit the job script; returns the job's number."""
        for _ in range(60):  # a task without an end counts as running until its end must have come through
            counts = json.loads(self.ask("./rt", "scan", "--json").stdout)
            if counts["listed"] or not counts["counts"]["running"] + counts["counts"]["queued"]:
                break
            time.sleep(3)
        done = self.ask("sbatch", "--parsable", "process_all.slurm", folder="workspace")
        return done.stdout.partition(";")[0].strip()

    def newest(self) -> str:
        """Return the number of the newest batch."""
        found = [path.parent.name for path in (self.root / "workspace/batches").glob("[0-9]*/batch.yml")]
        return max(found, default="0001")

    def begin_late(self) -> subprocess.Popen[bytes]:
        """Start the first task as another machine that shares the disk would, in a job."""
        self.list()
        task = f"hostname other-node; exec bash workspace/run_task.sh {self.newest()} 1"
        self.more = {**self.more, "RT_JOB": "slurm.77_1"}
        begun = self.start("unshare", "--uts", "bash", "-c", task)
        self.more.pop("RT_JOB")
        return begun

    def lose(self, late: subprocess.Popen[bytes]) -> None:
        """Say that nothing of its batch runs any more: the machine cannot be asked."""
        self.ask("./rt", "scan", "--assume-gone", self.newest())

    def again_by_hand(self, name: str) -> None:
        """Run the first task of the first batch once more."""
        self.ask("bash", "workspace/run_task.sh", "1", "1")

    def at_once(self) -> subprocess.Popen[bytes]:
        """Start the task of the first batch while the newest batch does the same piece of work."""
        return self.start("bash", "workspace/run_task.sh", "1", "1")

    def redo(self, name: str) -> None:
        """Ask for a video's result to be made anew."""
        self.ask("./rt", "redo", f"{name}.avi")

    def redo_killed(self, names: Sequence[str]) -> bool:
        """Ask for a day to be made anew, killed at its fourth rename."""
        calls = "rename,renameat,renameat2"
        how = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:signal=SIGKILL:when=4"]
        return shutil.which("strace") is not None and self.ask(*how, "./rt", "redo", names[0][:2]).returncode != 0

    def finished(self) -> set[str]:
        """Return what it takes for finished, by a scan and the status, and does not say to have changed since."""
        said = self.scan().stdout
        told = json.loads(self.ask("./rt", "status", "--json").stdout or "{}")
        if not told:
            return set()
        odd = {Path(one["name"]).with_suffix("").as_posix() for one in told["stages"][0]["odd"]}
        found = {*self.setup.videos} - odd
        if CHANGED in said:
            found = {name for name in found if CHANGED not in self.ask("./rt", "why", f"{name}.avi").stdout}
        return found

    def examine(self) -> None:
        """Look again, whole, at what is finished."""
        self.ask("./rt", "verify")

    def summarize(self) -> None:
        """Make the days' tables of features."""
        self.ask("bash", "get_cmd2process.sh", folder="summarizer")
        self.ask("bash", "process_all.sh", folder="summarizer")

    def join(self) -> tuple[int, bool]:
        """Scan the days and join them; returns the rows, and whether it said that something is missing."""
        listed = self.ask("bash", "get_cmd2process.sh", folder="summarizer").stdout
        done = self.ask("./rt", "join")
        table = self.root / "Results/joined/features_summary.csv"
        missing = self.root / "Results/joined/missing.csv"
        rows = len(table.read_text().splitlines()) - 1 if table.exists() else 0
        told = done.returncode != 0 or not re.search(r"^0\s+Total", listed, re.MULTILINE)
        return rows, told or (missing.exists() and len(missing.read_text().splitlines()) > 1)

    def set_pid(self, pid: int) -> None:
        """Write another process's number into the log of the first task, as a machine that was started anew would."""
        log = self.root / f"workspace/batches/{self.newest()}/output.1"
        log.write_text(re.sub(r" pid=\d+ ", f" pid={pid} ", log.read_text()))

    def plant(self, victim: Path) -> None:
        """Put links to a file of somebody else's under the temporary names that the next commands may take."""
        last = int(Path("/proc/loadavg").read_text().split()[-1])
        for pid in range(last, last + 600):
            link = self.root / f"workspace/.process_all.sh.{os.uname().nodename}.{pid}.tmp"
            if not link.is_symlink():
                link.symlink_to(victim)
