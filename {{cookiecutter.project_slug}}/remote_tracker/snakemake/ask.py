"""A stage's resources in Snakemake's words, and the profile for the cluster in force. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..errors import WrongUse
from ..model import NO_CONTAINER, Resources, Workflow
from ..model.quantities import read_memory, read_walltime
from ..render import render_profile
from ..render.profile import LOCAL, SLURM_RESOURCES

LOGS = "snakemake/logs"  # the output of Snakemake's own jobs; a task's log lies in its batch, as always
CANCEL = "remote_tracker/snakemake/cancel_rules.sh"
OWN_MB = 400  # for the two nested Snakemakes in each job; each takes 122 MB (Snakemake 9.27, ru_maxrss)
MOST_JOBS = 100  # most jobs in the queue at once, where the cluster's file says nothing
PROFILE_HEAD = "# Written by ./rt export snakemake, again each time: say on the command line what you want otherwise.\n"


def ask_for(resources: Resources, asked: Mapping[str, str], runs_here: bool) -> dict[str, Any]:
    """Return a rule's threads and resources; the job script's requests (``asked``) replace the tracker's.

    ``own_mb`` in the answer is the memory, in MB, that Snakemake itself takes in a job; 0 where tasks run here.
    """
    cpus = asked.get("cpus", "")
    threads = int(cpus) if cpus.isdecimal() else resources.cpus
    memory, gpus = asked.get("memory", ""), asked.get("gpus", resources.gpus)
    found: dict[str, Any] = {}
    with suppress(WrongUse):  # perhaps only the scheduler can read the script's words
        if each := asked.get("mem_per_cpu", ""):
            found["mem_mb"] = math.ceil(read_memory(each) * threads / 1024)
        elif memory or resources.memory:
            found["mem_mb"] = math.ceil(read_memory(memory or resources.memory) / 1024)
    with suppress(WrongUse):
        if walltime := asked.get("walltime", resources.walltime):
            found["runtime"] = math.ceil(read_walltime(walltime) / 60)
    kind, _, count = gpus.rpartition(":")
    if count.isdecimal() and int(count):
        found |= {"gpu": int(count), **({"gpu_model": kind} if kind else {})}
    found |= {theirs: asked[ours] for ours, theirs in SLURM_RESOURCES.items() if asked.get(ours)}
    return {"threads": threads, "own_mb": 0 if runs_here else OWN_MB, "resources": found}


def write_profile(executor: str, prefix: str, at_once: int) -> str:
    """Return the text of the profile's config.yaml.

    The names of the jobs that Snakemake itself sends begin with ``prefix``. ``at_once`` is the most jobs in the queue
    (0: JOBS).
    """
    common = {"keep-going": True, "rerun-incomplete": True, "nolock": True, "retries": 1}
    queued: dict[str, Any] = {"jobs": at_once or MOST_JOBS, "latency-wait": 60}
    if executor == "slurm":
        queued |= {"slurm-logdir": LOGS, "slurm-jobname-prefix": prefix}
    elif executor != LOCAL:
        queued |= {"cluster-generic-cancel-cmd": CANCEL}
    return PROFILE_HEAD + render_profile(Workflow("", common, queued), executor, {}, NO_CONTAINER, "all")["config.yaml"]
