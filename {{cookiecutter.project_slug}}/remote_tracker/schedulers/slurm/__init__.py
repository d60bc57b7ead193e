"""Slurm: ``sbatch`` takes the job script, ``squeue`` tells what may still run, ``sacct`` what has run.

Facts: measured on Slurm 22.05 (sbatch(1), squeue(1), scontrol(1), sacct(1), sstat(1), sinfo(1)).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ...model.scheduling import QueueSystem, Scheduler, ScriptSyntax, Submission
from .endings import ENDINGS
from .limits import find_partitions, read_limit
from .queue import find_named, read_queue
from .script import (
    OVERRIDING_ENV,
    array_directives,
    find_faults,
    folder_problem,
    name_job,
    native_resources,
    option_argv,
    read_asked,
    submit_argv,
)
from .usage import accounting_usage, live_usage
from .words import EXTENSION, IS_OVER, OPTIONS, REFUSALS


def works_from_anywhere(_folder: str) -> bool:
    """Return True: the script may be submitted from any folder, as --chdir names its own, whatever the path holds."""
    return True


def program_problem() -> str:
    """Return "": no other program is called sbatch, so there is no problem to tell."""
    return ""


def read_job_id(answer: str) -> str:
    """Return the job's id from the answer of ``sbatch --parsable``: "39", or "365;ci" for a job of cluster ci."""
    found = re.search(r"^(\d+)(?:;\S*)?$", answer.strip(), re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels a job, or only the given tasks of it."""
    return ["scancel", f"{job}_[{','.join(map(str, tasks))}]" if tasks else job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until the given jobs have ended, well or not (afterany)."""
    return [f"--dependency=afterany:{':'.join(jobs)}"] if jobs else []


SCHEDULER = Scheduler(
    name="slurm",
    executor="slurm",
    script=ScriptSyntax(
        extension=EXTENSION,
        template=Path(__file__).with_name("script.j2"),
        command="sbatch",
        array_directives=array_directives,
        native_resources=native_resources,
        name_job=name_job,
        folder_problem=folder_problem,
        works_from_anywhere=works_from_anywhere,
        find_faults=find_faults,
        read_asked=read_asked,
    ),
    read_queue=read_queue,
    endings=ENDINGS,
    report="",
    queue=QueueSystem(
        submission=Submission(
            reads_input=False,
            options=OPTIONS.keys(),
            overriding_env=OVERRIDING_ENV,
            silencing_env=(),
            refusals=REFUSALS,
            program_problem=program_problem,
            option_argv=option_argv,
            after_argv=after_argv,
            submit_argv=submit_argv,
            throttles_once=False,
            read_job_id=read_job_id,
        ),
        over=IS_OVER,
        cancel_argv=cancel_argv,
        find_named=find_named,
        read_limit=read_limit,
        find_partitions=find_partitions,
        accounting_usage=accounting_usage,
        live_usage=live_usage,
    ),
)
