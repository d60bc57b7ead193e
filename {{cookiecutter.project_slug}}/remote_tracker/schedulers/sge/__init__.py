"""GridEngine: ``qsub`` takes the job script, ``qstat`` tells what may still run, ``qacct`` what has run.

Facts: measured on GridEngine 8.1.9 (qsub(1), qstat(1), qacct(1), qconf(1)).
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
from .mail import LIST_MAIL
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
    """Return why the qsub here is not GridEngine's, "" where it is: PBS has a qsub, too, which answers --version."""
    told = shell.ask(["qsub", "-help"], timeout=TIMEOUT_S)
    first = (told.out + told.err).split("\n", 1)[0]
    if told.code == shell.NOT_FOUND:
        return "There is no qsub here. Work on the cluster's login node, or load its module."
    if told.code == shell.TIMED_OUT:
        return "qsub does not answer. Try again in some minutes, then ask your administrators."
    if re.match(r"(SGE|OGS|UGE|AGE|GCS|OCS|GE|N1GE|Univa|Sun|Son|Altair)\b", first.strip()):
        return ""
    return "The qsub here is not GridEngine's; PBS's has the same name. Write cluster: pbs in project.yml."


def read_job_id(answer: str) -> str:
    """Return the job's id from the answer of ``qsub -terse``: 8 from "8.1-5:1".

    With a warning qsub ends with 1, and tells the id in a sentence: 'Your job-array 8.1-5:1 ("x") has been submitted'.
    """
    found = re.search(r"^(?:Your job-array )?(\d+)\.\d+-\d+:\d+(?:$| .*has been submitted)", answer, re.MULTILINE)
    return found[1] if found else ""


def cancel_argv(job: str, tasks: Sequence[int]) -> list[str]:
    """Return the command that cancels a job, or only the given tasks of it."""
    return ["qdel", *(f"{job}.{task}" for task in tasks)] if tasks else ["qdel", job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until the given jobs have left the queue, well or not."""
    return ["-hold_jid", ",".join(jobs)] if jobs else []


SCHEDULER = Scheduler(
    name="sge",
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
            overriding_env=(),
            silencing_env=(),
            refusals=REFUSALS,
            program_problem=program_problem,
            option_argv=option_argv,
            after_argv=after_argv,
            submit_argv=submit_argv,
            throttles_once=False,
            read_job_id=read_job_id,
            list_mail=LIST_MAIL,
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
