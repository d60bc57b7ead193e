"""Asks for one mail when a list is over, of a scheduler that mails for each task, and takes the mail back."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from .. import shell
from ..model import Project
from ..model.scheduling import Submission
from ..schedulers import require_queue
from .job_script import JobScript

TIMEOUT_S = 180.0  # as for the list itself


def find_address(project: Project, script: JobScript, words: Mapping[str, str]) -> str:
    """Return who is to get a mail when a list is over: as the submission's ``words`` say, else as project.yml does.

    Returns "" where the scheduler sends that mail by itself, where the cluster sends none, and where the job script has
    a line of its own about mail.
    """
    if require_queue(project.cluster.scheduler).submission.list_mail is None:
        return ""
    in_project = project.email if project.cluster.mail and "email" not in script.asked else ""
    return words.get("email") or in_project


def silencing_argv(submission: Submission, script: str) -> list[str]:
    """Return the options with which a job script asks for no mail itself; none where it would ask for none."""
    return submission.list_mail.silencing_argv(script) if submission.list_mail else []


def ask_for_mail(submission: Submission, job: str, name: str, account: str, address: str) -> str:
    """Have one mail sent to ``address`` when the list's ``job`` is over; returns "" or why there will be none.

    ``name`` is the name of the list's job, and stands in the mail; ``account`` says who pays.
    """
    if submission.list_mail is None or not address:
        return ""
    left_out = {*submission.overriding_env, *submission.silencing_env}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    argv = submission.list_mail.ask_argv(job, name, account, address)
    answer = shell.run(argv, env=environment, timeout=TIMEOUT_S)
    return answer.complaint if answer.code and not re.search(submission.list_mail.took, answer.err) else ""


def take_mail_back(submission: Submission, job: str) -> None:
    """Have no mail sent for a list's job, which is about to be cancelled; a job without a mail is fine."""
    if submission.list_mail is not None:
        shell.run(submission.list_mail.cancel_argv(job), timeout=60)
