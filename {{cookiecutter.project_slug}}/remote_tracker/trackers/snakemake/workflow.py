"""A target of a Snakemake workflow with the profile of a batch: Snakemake's command for it, and where its files lie."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import yaml

PRESENCE = Path(".snakemake") / "remote-tracker"  # in the workflow's folder: a file for each target that is being made
RUN_LOCKED = Path(__file__).resolve().with_name("run_locked.py")
LOG_BYTES = 64 * 1024  # so much of a log's end is read


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
        self.locks = self.folder / ".snakemake" / "locks"
        self.executor = str(self.settings.get("executor", ""))
        self.server = Path(__file__).resolve().parents[2] / "snakemake"

    def argv(self) -> list[str]:
        """Return the command of Snakemake, with locks that hold among targets."""
        return [sys.executable, str(RUN_LOCKED), str(self.presence), *self.options()]

    def options(self) -> list[str]:
        """Return the words behind snakemake; a path stands here, because a profile would resolve it differently."""
        argv = ["--profile", str(self.profile), *self.words]
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


def load_logs(workflow: Workflow, logs: Sequence[str], queued: str) -> Iterator[str]:
    """Yield the ends of a job's logs: of its own, then of the cluster's job that Snakemake calls ``queued``."""
    paths = [workflow.folder / log for log in logs]
    place, _, number = queued.partition("@")
    if number:  # as jobs.submit calls it
        paths.append(workflow.rules / place / "output.1")
    for path in paths:
        try:
            with open(path, "rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_BYTES))
                yield file.read().decode("utf-8", "replace")
        except OSError:  # a program writes its log only when it likes
            continue
