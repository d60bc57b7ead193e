"""A real Snakemake in a test: where it is, and how it is called for an exported project."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from lab import Lab, Ran

WORDS = ("--snakefile", "snakemake/Snakefile", "--profile", "snakemake/profile")
SOONER = {  # Snakemake asks a queue after 40 s at first, and each time some seconds later
    "slurm": ("--slurm-init-seconds-before-status-checks=3", "--seconds-between-status-checks=3"),
    "pbs": ("--seconds-between-status-checks=3",),
    "sge": ("--seconds-between-status-checks=3",),
}
SHIMMED = ("srun", "squeue", "scancel", "sacct")


def find_snakemake() -> Path:
    """Return the program; the test is skipped where RT_SNAKEMAKE names no folder that has it."""
    said = os.environ.get("RT_SNAKEMAKE", "")
    if not said or not Path(said, "snakemake").exists():
        pytest.skip(f'RT_SNAKEMAKE is "{said}": no snakemake is there. make cluster-test installs one and names it')
    return Path(said, "snakemake")


def let_find_slurm(folder: Path, conf: str) -> Path:
    """Return a new folder with Slurm's programs that find their Slurm in the job of a rule, too."""
    folder.mkdir()
    for name in SHIMMED:
        shim = folder / name
        shim.write_text(f'#!/bin/sh\nexport SLURM_CONF={shlex.quote(conf)}\nexec {shutil.which(name)} "$@"\n')
        shim.chmod(0o755)
    return folder


class Snakemake:
    """The Snakemake of one project, in an environment in which Slurm's programs find their Slurm inside a job, too.

    Snakemake takes all of SLURM_* away from what it starts there, SLURM_CONF included.
    """

    def __init__(self, lab: Lab, cluster: str) -> None:
        self.lab = lab
        self.argv = [str(find_snakemake()), *WORDS, *SOONER.get(cluster, ())]
        self.more: dict[str, str] = {}
        if conf := lab.environment().get("SLURM_CONF"):
            folder = let_find_slurm(lab.home / "shims", conf)
            self.more["PATH"] = f"{folder}:{lab.environment()['PATH']}"

    def run(self, *words: str, seconds: float = 400) -> Ran:
        """Run it to its end."""
        return self.lab.run(*self.argv, *words, folder="", seconds=seconds, **self.more)

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own."""
        process = subprocess.Popen(
            [*self.argv, *words],
            cwd=self.lab.root,
            env=self.lab.environment(**self.more),
            stdin=subprocess.DEVNULL,
            stdout=open(self.lab.home / "snakemake.log", "wb"),  # noqa: SIM115  (the process has it)
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.lab.started.append(process)
        return process

    def told(self) -> str:
        """Return what the one that was started printed."""
        return (self.lab.home / "snakemake.log").read_text("utf-8", "replace")


def kill_alone(process: subprocess.Popen[bytes]) -> None:
    """End it as kill -9 does: what it started goes on."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
