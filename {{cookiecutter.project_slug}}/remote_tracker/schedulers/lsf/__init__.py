"""LSF: ``bsub`` reads the job script from its input, ``bjobs`` tells what may still run.

Facts: from the manual of IBM Spectrum LSF 10.1 and from output that its users published (bsub(1), bjobs(1), bkill(1),
bqueues(1), bparams(1), busers(1)). None of this code was ever run on a real LSF. It needs LSF 10.1.0.2: older versions
have no ``bjobs -json``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ... import shell
from ...model.scheduling import QueueSystem, Scheduler, ScriptSyntax, Submission
from ..snapshot import TIMEOUT_S
from .endings import ENDINGS, REPORT
from .limits import find_partitions, read_limit
from .queue import read_queue
from .script import (
    OPTION_WORDS,
    SILENCING_ENV,
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
    """Return why the bsub here is not LSF's, "" where it is: OpenLava's kin have a bsub, too, but no bjobs -json."""
    told = shell.ask(["bsub", "-V"], timeout=TIMEOUT_S)
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
    """Return the command that cancels an array, or only the given elements of it: 12[3,7]."""
    return ["bkill", f"{job}[{','.join(map(str, tasks))}]" if tasks else job]


def after_argv(jobs: Sequence[str]) -> list[str]:
    """Return the options of a job that waits until all elements of the given jobs have ended, well or not."""
    return ["-w", " && ".join(f"numended({job},*)" for job in jobs)] if jobs else []


SCHEDULER = Scheduler(
    name="lsf",
    executor="cluster-generic",
    script=ScriptSyntax(
        extension=EXTENSION,
        template=Path(__file__).with_name("script.j2"),
        command="bsub <",
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
    report=REPORT,
    queue=QueueSystem(
        submission=Submission(
            reads_input=True,  # a script named behind it is read for #BSUB lines only if LSB_BSUB_PARSE_SCRIPT is set
            options=OPTION_WORDS,
            overriding_env=(),  # LSF obeys no variable instead of the script's lines
            silencing_env=SILENCING_ENV,
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
        find_named=None,
        read_limit=read_limit,
        find_partitions=find_partitions,
        accounting_usage=accounting_usage,
        live_usage=live_usage,
    ),
)
