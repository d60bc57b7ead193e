"""Make one target of a Snakemake workflow: what a task of this tracker runs.

    python run_workflow.py PROFILE TARGET [WORDS...]

PROFILE is the folder of the profile that was made for this batch, TARGET what the target is called, WORDS what is typed
behind snakemake for it; with -n among them Snakemake only says what there is to do. Several targets of one folder may
be made at once, where Snakemake's own locks let them. What a workflow that was killed left behind, jobs in the queue
and locks, is cleared first. Exit codes are Snakemake's; 75 where this target is being made already.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

PRESENCE = Path(".snakemake") / "remote-tracker"  # in the workflow's folder: a file for each target that is being made
LOCKED = "cannot be locked"  # Snakemake's LockException
WAIT_S = 10.0
STOP_S = 6.0  # run_task.sh gives a stopped task 10 s
PR_SET_PDEATHSIG = 1


class Workflow:
    """A target with its profile: the Snakemake command for it, and the files that it leaves while it is made."""

    def __init__(self, profile: Path, target: str, words: list[str]) -> None:
        self.profile, self.words = profile, words
        self.settings = load_yaml(profile / "config.yaml")
        slug = f"{re.sub(r'[^A-Za-z0-9_-]', '_', target)[:40]}-{crc32(target.encode()):08x}"
        batch = profile.parent
        self.rules = batch.parent / "rules" / batch.name / slug
        self.prefix = f"rt-{crc32(str(self.rules).encode()):08x}"
        self.folder = Path(self.settings.get("directory", ".")).absolute()
        self.presence = self.folder / PRESENCE / slug
        self.executor = str(self.settings.get("executor", ""))
        self.server = Path(__file__).resolve().parents[2] / "snakemake"

    def argv(self, *more: str) -> list[str]:
        """Return the command; options with a path are given here, because a profile would resolve paths differently."""
        argv = [sys.executable, "-m", "snakemake", "--profile", str(self.profile), *more, *self.words]
        argv += ["--directory", str(self.folder)]
        if "snakefile" in self.settings:
            argv += ["--snakefile", os.path.abspath(self.settings["snakefile"])]
        values = self.profile / "values.yaml"
        files = [*listed(self.settings.get("configfile")), *([str(values)] if values.exists() else [])]
        argv += ["--configfile", *map(os.path.abspath, files)] if files else []
        if self.executor == "slurm":
            argv += ["--slurm-logdir", str(self.rules), "--slurm-jobname-prefix", self.prefix]
        if self.executor == "cluster-generic":
            argv += ["--cluster-generic-cancel-cmd", str(self.server / "cancel_rules.sh")]
        return argv

    def environment(self) -> dict[str, str]:
        """Return the environment for Snakemake: without the variables of the controller's own Slurm job, with ours.

        Snakemake's executor for Slurm, where it sees itself in a job, removes SLURM_CONF, too, and Slurm is not found.
        """
        own = {name for name in os.environ if re.match("SLURM_|SBATCH_|SRUN_", name) and name != "SLURM_CONF"}
        kept = {name: value for name, value in os.environ.items() if name not in own}
        given = {"RULES": str(self.rules), "PROFILE": str(self.profile)}
        return {**kept, **given, "RULE_JOBS": str(self.server / "rule_jobs.sh")}

    def clear(self, rules: str, prefix: str) -> None:
        """Remove from the queue the jobs that a killed workflow left there."""
        if self.executor != "local" and Path(rules).is_dir():
            environment = {**self.environment(), "RULES": rules}
            subprocess.run([str(self.server / "rule_jobs.sh"), "clear", prefix], env=environment, check=True)


def load_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file, empty where it holds something else."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data if isinstance(data, dict) else {}


def listed(value: object) -> list[str]:
    """Return a value, or the values of a list, as a list of words."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


class Presence:
    """A file that marks a target as being made: locked meanwhile, and empty again after an end without a kill."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = open(path, "a+", encoding="utf-8")  # noqa: SIM115  (held until this process ends)

    def take(self) -> list[str] | None:
        """Lock the file and return the lines that a killed process left, if any; None where it is locked already."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        except OSError as error:
            sys.exit(f"{self.path}: its storage knows no locks ({error.strerror}). Put the project on another disk.")
        self._file.seek(0)
        return self._file.read().splitlines()

    def close(self) -> None:
        """Close the file and so unlock it."""
        self._file.close()

    def write(self, lines: list[str]) -> None:
        """Replace the lines of the file."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write("".join(f"{line}\n" for line in lines))
        self._file.flush()


def find_others(workflow: Workflow) -> tuple[bool, list[Presence]]:
    """Return whether another target is being made in the folder, and the presences of killed workflows, locked."""
    living, dead = False, []
    for path in workflow.presence.parent.iterdir():
        if path.name != workflow.presence.name:
            other = Presence(path)
            said = other.take()
            living = living or said is None
            if said:
                dead.append(other)
            else:
                other.close()  # and with it the lock
    return living, dead


def run(workflow: Workflow) -> tuple[int, bool]:
    """Run Snakemake; return its exit code, and whether it reported that the folder is locked."""
    locked = False
    with subprocess.Popen(
        workflow.argv(),
        env=workflow.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,
    ) as going:
        assert going.stdout is not None

        def stop(_signal: int, _frame: object) -> None:
            going.send_signal(signal.SIGINT)  # at SIGTERM Snakemake would wait for its jobs
            signal.alarm(int(STOP_S))

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGALRM, lambda *_: going.kill())
        for line in going.stdout:
            locked = locked or LOCKED in line
            print(line, end="", flush=True)
    return going.returncode, locked


def die_with_parent() -> None:
    """Let the kernel end this process with its parent: a kill -9 must not leave Snakemake behind."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make(workflow: Workflow) -> int:
    """Make the target; return Snakemake's exit code, 75 where the target is being made already, 128 + n after signal n.

    What a killed workflow left is cleared first, and another target that locks the folder is waited for.
    """
    presence = Presence(workflow.presence)
    left = presence.take()
    if left is None:
        print(f"This target is being made already ({workflow.presence} is locked).")
        return 75
    killed = bool(left)
    if killed:
        workflow.clear(left[0], left[1])
    presence.write([str(workflow.rules), workflow.prefix])
    workflow.rules.mkdir(parents=True, exist_ok=True)
    told = False
    while True:
        code, locked = run(workflow)
        if not locked:
            break
        living, dead = find_others(workflow)
        if living:
            if not told:
                print("Another target that makes some of the same files goes first. Waiting.", flush=True)
            told = True
            time.sleep(WAIT_S)
        elif killed or dead:
            unlock(workflow, dead)
            killed = False
        else:
            print(f"{workflow.folder} is locked by a Snakemake that was started by hand: let it end first.")
            break
    if workflow.executor != "local" and code:
        workflow.clear(str(workflow.rules), workflow.prefix)
    if code < 0:  # it was killed and left its lock: the next run must know
        return 128 - code
    presence.write([])
    return code


def unlock(workflow: Workflow, dead: list[Presence]) -> None:
    """Remove the jobs of killed workflows from the queue, then their locks on the folder."""
    for other in dead:
        said = other.take() or []
        workflow.clear(said[0], said[1])
        other.write([])
    print("A killed workflow had left its lock: snakemake --unlock", flush=True)
    subprocess.run(workflow.argv("--unlock"), env=workflow.environment(), check=True)


def main(argv: list[str]) -> int:
    """Make the target, or with -n only print what would be done; return the exit code."""
    if len(argv) < 2 or "--help" in argv[:2]:
        print((__doc__ or "").strip())
        return 2
    workflow = Workflow(Path(argv[0]).absolute(), argv[1], argv[2:])
    if "-n" in workflow.words or "--dry-run" in workflow.words:
        return subprocess.run(workflow.argv(), env=workflow.environment(), check=False).returncode
    return make(workflow)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
