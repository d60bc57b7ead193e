"""PBS: ``qsub`` takes the job script, ``qstat`` and ``qselect`` tell what may still run.

Facts: measured on OpenPBS 23.06.06 (qsub(1B), qstat(1B), qselect(1B), qdel(1B)). Torque has commands of the same names
but is another program, whose arrays are numbered by ``-t``: it is recognized and refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ... import shell
from ...model.scheduling import QueueSystem, Scheduler, ScriptSyntax, Submission
from ..snapshot import TIMEOUT_S
from .endings import ENDINGS
from .limits import find_partitions, read_limit
from .queue import read_queue
from .script import (
    OPTION_WORDS,
    array_directives,
    find_faults,
    folder_problem,
    name_job,
    native_resources,
    option_argv,
    read_asked,
    submit_argv,
    works_from_anywhere,
)
from .usage import accounting_usage, live_usage
from .words import EXTENSION, IS_OVER, REFUSALS


def program_problem() -> str:
    """Return why the qsub here is not PBS's, "" where it is: PBS's qsub tells a pbs_version, Torque's a Version."""
    told = shell.ask(["qsub", "--version"], timeout=TIMEOUT_S)
    if "pbs_version" in told.out + told.err:
        return ""
    if told.code == shell.NOT_FOUND:
        return "There is no qsub here. Work on the cluster's login node, or load its module."
    if told.code == shell.TIMED_OUT:
        return "qsub does not answer. Try again in some minutes, then ask your administrators."
    if re.search(r"^Version:", told.out + told.err, re.MULTILINE):
        return (
            "The qsub here is Torque's, whose arrays work in another way. Ask your administrators for PBS or Slurm; "
            "or write cluster: local in project.yml, and run it all in one job."
        )
    return "The qsub here is not PBS's; GridEngine's has the same name. Write cluster: sge in project.yml."


def read_job_id(answer: str) -> str:
    """Return the array's id from what qsub printed: "12[].server"."""
    found = re.search(r"^(\d+\[\]\S*)$", answer.strip(), re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels an array (12[].server), or only the given subjobs of it (12[3].server)."""
    return ["qdel", *(job.replace("[]", f"[{task}]") for task in tasks)] if tasks else ["qdel", job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until the given jobs have ended, well or not.

    The option is afterany, since afterok looks at an array's last subjob alone.
    """
    return ["-W", f"depend=afterany:{':'.join(jobs)}"] if jobs else []


SCHEDULER = Scheduler(
    name="pbs",
    executor="cluster-generic",
    script=ScriptSyntax(
        extension=EXTENSION,
        template=Path(__file__).with_name("script.j2"),
        command="qsub",
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
            options=OPTION_WORDS,
            overriding_env=(),  # qsub takes no options from the environment
            silencing_env=(),
            refusals=REFUSALS,
            program_problem=program_problem,
            option_argv=option_argv,
            after_argv=after_argv,
            submit_argv=submit_argv,
            throttles_once=True,
            read_job_id=read_job_id,
        ),
        over=IS_OVER,
        cancel_argv=cancel_argv,
        find_named=None,
        read_limit=read_limit,
        find_partitions=find_partitions,
        accounting_usage=accounting_usage,
        live_usage=live_usage,
    ),
)
