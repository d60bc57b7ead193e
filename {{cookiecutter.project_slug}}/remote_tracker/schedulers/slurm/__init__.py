"""Slurm: ``sbatch`` takes the job script, ``squeue`` tells what may still run, ``sacct`` what has run.

Facts: measured on Slurm 22.05 (sbatch(1), squeue(1), scontrol(1), sacct(1), sstat(1), sinfo(1)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .limits import find_partitions, read_limit
from .queue import find_named, read_queue
from .script import (
    DIRECTIVE,
    OVERRIDES,
    block,
    find_faults,
    name_job,
    option_argv,
    read_asked,
    refuse_folder,
    spell,
    submit_argv,
)
from .usage import find_live, find_usage
from .words import EXTENSION, OPTIONS, REFUSALS

__all__ = [
    "DIRECTIVE",
    "EXTENSION",
    "OVERRIDES",
    "REFUSALS",
    "WORDS",
    "block",
    "find_faults",
    "find_live",
    "find_named",
    "find_partitions",
    "find_usage",
    "name_job",
    "option_argv",
    "read_asked",
    "read_limit",
    "read_queue",
    "refuse_folder",
    "spell",
    "submit_argv",
]

SUBMIT = "sbatch"
STDIN = False
HUSHES = ()
TEMPLATE = "slurm/script.j2"
RUNS_HERE = False
EXECUTOR = "slurm"
WORDS = OPTIONS.keys()


def works_from_anywhere(_folder: str) -> bool:
    """Return whether the script may be submitted from another folder: --chdir holds whatever is in its path."""
    return True


def refuse_program() -> str:
    """Return why the sbatch here is not Slurm's: there is no other."""
    return ""


def read_job_id(answer: str) -> str:
    """Return the id from ``--parsable``'s answer: "39", or "365;ci" of another cluster."""
    found = re.search(r"^(\d+)(?:;\S*)?$", answer.strip(), re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels a job, or only these of its tasks."""
    return ["scancel", f"{job}_[{','.join(map(str, tasks))}]" if tasks else job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits for others: afterany holds whatever became of them."""
    return [f"--dependency=afterany:{':'.join(jobs)}"] if jobs else []
