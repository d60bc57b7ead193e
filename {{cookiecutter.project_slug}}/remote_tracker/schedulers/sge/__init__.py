"""GridEngine: ``qsub`` takes the job script, ``qstat`` tells what may still run, ``qacct`` what has run.

Facts: measured on GridEngine 8.1.9 (qsub(1), qstat(1), qacct(1), qconf(1)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ... import shell
from .limits import find_partitions, read_limit
from .queue import read_queue
from .script import (
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

SUBMIT = "qsub"
STDIN = False
HUSHES = ()
TEMPLATE = "sge/script.j2"
RUNS_HERE = False
EXECUTOR = "cluster-generic"


def refuse_program() -> str:
    """Return why the qsub here is not GridEngine's: that of PBS has the same name, and answers --version."""
    told = shell.ask(["qsub", "-help"], timeout=60)
    first = (told.out + told.err).split("\n", 1)[0]
    if told.code == shell.NOT_FOUND:
        return "There is no qsub here. Work on the cluster's login node, or load its module."
    if told.code == shell.TIMED_OUT:
        return "qsub does not answer. Try again in some minutes, then ask your administrators."
    if re.match(r"(SGE|OGS|UGE|AGE|GCS|OCS|GE|N1GE|Univa|Sun|Son|Altair)\b", first.strip()):
        return ""
    return "The qsub here is not GridEngine's; PBS's has the same name. Write cluster: pbs in project.yml."


def read_job_id(answer: str) -> str:
    """Return the id from ``-terse``'s answer: "8.1-5:1"."""
    found = re.search(r"^(\d+)\.\d+-\d+:\d+$", answer.strip(), re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels a job, or only these of its tasks."""
    return ["qdel", *(f"{job}.{task}" for task in tasks)] if tasks else ["qdel", job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until others have left the queue, however they ended."""
    return ["-hold_jid", ",".join(jobs)] if jobs else []
