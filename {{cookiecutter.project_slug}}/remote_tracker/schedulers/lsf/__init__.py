"""LSF: ``bsub`` reads the job script from its input, ``bjobs`` tells what may still run.

Facts: from the manual of IBM Spectrum LSF 10.1 and from what its users printed of it (bsub(1), bjobs(1), bkill(1),
bqueues(1), bparams(1), busers(1)). Nothing of this was ever run on a real one. It needs 10.1.0.2: older ones have
no ``bjobs -json``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ... import shell
from .limits import find_partitions, read_limit
from .queue import read_queue
from .script import (
    HUSHES,
    OVERRIDES,
    WORDS,
    block,
    find_faults,
    name_job,
    option_argv,
    read_asked,
    refuse_folder,
    spell,
    submit_argv,
    works_from_anywhere,
)
from .usage import find_live, find_usage
from .words import DIRECTIVE, EXTENSION, REFUSALS

__all__ = [
    "DIRECTIVE",
    "EXTENSION",
    "HUSHES",
    "OVERRIDES",
    "REFUSALS",
    "WORDS",
    "block",
    "find_faults",
    "find_live",
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
    "works_from_anywhere",
]

SUBMIT = "bsub <"
STDIN = True  # of a script named behind it bsub reads no #BSUB lines, unless LSB_BSUB_PARSE_SCRIPT is set
TEMPLATE = "lsf/script.j2"
RUNS_HERE = False
EXECUTOR = "cluster-generic"


def refuse_program() -> str:
    """Return why the bsub here is not LSF's: OpenLava and its heirs have one too, without bjobs -json."""
    told = shell.ask(["bsub", "-V"], timeout=60)
    if told.code == shell.NOT_FOUND:
        return "There is no bsub here. Work on the cluster's login node, or load its module."
    if re.search(r"openlava|volclava|jhlava", told.out + told.err, re.IGNORECASE):
        return "The bsub here is OpenLava's, which cannot tell what runs. Ask your administrators for LSF or Slurm."
    return ""


def read_job_id(answer: str) -> str:
    """Return the id from "Job <12> is submitted to queue <normal>."."""
    found = re.search(r"^Job <(\d+)> is submitted", answer, re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels an array, or only these of its elements: 12[3,7]."""
    return ["bkill", f"{job}[{','.join(map(str, tasks))}]" if tasks else job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until all elements of others have ended, however they did."""
    return ["-w", " && ".join(f"numended({job},*)" for job in jobs)] if jobs else []
