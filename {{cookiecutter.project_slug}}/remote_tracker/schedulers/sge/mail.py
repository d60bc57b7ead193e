"""One mail for a list: GridEngine mails for each task of an array, so a job that waits for the array mails instead.

Facts: measured on GridEngine 8.1.9. Such a job mails once when the array has left the queue, however its tasks ended,
and also where the array was deleted: so a cancelled list's mail is taken back first.
"""

from __future__ import annotations

from ...model.scheduling import ListMail
from .words import LONGEST_NAME, WALLTIME

VARIABLE = "RT_MAIL"  # of a task's environment: a job script that asks for a mail itself looks at it (script.j2)


def silencing_argv(script: str) -> list[str]:
    """Return the options with which a job script's first task asks for no mail; none for a script that never asks."""
    return ["-v", f"{VARIABLE}=asked"] if VARIABLE in script else []


def ask_argv(job: str, name: str, account: str, address: str) -> list[str]:
    """Return the command that submits the job which waits for a list's job and mails as it ends itself."""
    waits = ["qsub", "-terse", "-hold_jid", job, "-b", "y", "-N", f"over.{job}.{name}"[:LONGEST_NAME]]
    where = ["-wd", "/", "-o", "/dev/null", "-j", "y", *(["-P", account] if account else [])]
    return [*waits, *where, "-l", f"{WALLTIME}=00:01:00", "-m", "e", "-M", address, "true"]


def cancel_argv(job: str) -> list[str]:
    """Return the command that takes a list's mail back: qdel knows a job by its name, too."""
    return ["qdel", f"over.{job}.*"]


LIST_MAIL = ListMail(silencing_argv, ask_argv, cancel_argv, took="has been submitted")
