"""Sends a batch to the scheduler, reads the answer, and writes the job's id into the batch."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import shell
from ..disk.files import write_file
from ..errors import NotWritten, RemoteTrackerError, WrongUse, unknown_word
from ..model import Project, Stage
from ..model.scheduling import Array, BatchRef, Scheduler, Submission
from ..records import Batch, BatchesFolder
from ..schedulers import advise, require_queue
from .job_script import JobScript, array_of
from .mail import ask_for_mail, find_address, silencing_argv
from .pin import Pinned, point_at

SUBMIT_TIMEOUT_S = 180.0  # a full controller makes sbatch wait and try again


class NotNoted(RemoteTrackerError):
    """A job was submitted, but its id could not be written into the batch's folder."""


class Refused(RemoteTrackerError):
    """The scheduler refused a job; nothing was submitted."""


class NeverRuns(RemoteTrackerError):
    """The queue says that a job will not run as it is; the job stays in the queue."""


@dataclass(frozen=True)
class ResourceRequest:
    """What a submission asks for besides its script."""

    words: Mapping[str, str] = field(default_factory=dict)  # word of ./rt submit -> value
    own: tuple[str, ...] = ()  # further options, as the scheduler takes them
    throttle: int = 0  # how many tasks may run at once; 0: as many as the cluster's file says
    dry: bool = False  # whether the command is only made, not sent


@dataclass(frozen=True)
class Submitted:
    """A batch, the command that submits it, and the job that it became."""

    batch: str  # its number
    tasks: int  # how many it has
    argv: tuple[str, ...]  # the command
    folder: Path  # in which the command runs
    job: str = ""  # the job's id, "" where the batch was not sent
    script: str = ""  # the script that the command reads from its input, "" where the command names the script
    mail: str = ""  # who gets a mail when the batch is over, from a job of its own; "": nobody does
    no_mail: str = ""  # why that mail will not come, "" where it will

    @property
    def place(self) -> Batch:
        """Return the batch's folder on disk."""
        return BatchesFolder(self.folder).batch(self.batch)

    @property
    def command(self) -> str:
        """Return the command as a person would type it."""
        return shlex.join(self.argv) + (f" < {shlex.quote(self.script)}" if self.script else "")


def submit_batch(
    project: Project,
    stage: Stage,
    script: JobScript,
    pinned: Pinned,
    asked: ResourceRequest,
    after: Sequence[str] = (),
) -> Submitted:
    """Send a batch with its job script, to start when the jobs ``after`` have ended; returns the job it became.

    Raises Refused with the scheduler's own words, the script's line and what to do, NotNoted where the batch was
    submitted but its folder cannot be written, WrongUse where its script says already how many tasks run at once.
    """
    if asked.throttle and require_queue(project.cluster.scheduler).submission.throttles_once:
        script = _throttle(project, stage, script, pinned, asked.throttle)
    array = array_of(project, stage, pinned.batch.number, pinned.tasks, pinned.batch.per_job)
    array = array._replace(throttle=asked.throttle or array.throttle)
    submission = require_queue(project.cluster.scheduler).submission
    mail = find_address(project, script, asked.words)
    sent = replace(send_array(project.cluster.scheduler, array, script, asked, after), mail=mail)
    if asked.dry:
        return sent
    job = sent.job
    try:
        note_job(pinned.batch, f"{project.cluster.scheduler.name}.{job}", asked.words)
    except NotWritten as error:
        raise NotNoted(_told_of_note(error, pinned, job)) from None
    account = asked.words.get("account") or script.asked.get("account", "")
    return replace(sent, no_mail=ask_for_mail(submission, job, array.name, account, mail))


def _throttle(project: Project, stage: Stage, script: JobScript, pinned: Pinned, throttle: int) -> JobScript:
    """Let at most ``throttle`` of the batch's tasks run at once, by the lines of the script that a scan fills in."""
    if "throttle" in script.asked:
        raise WrongUse(
            f"{script.name} line {script.asked['throttle line']} says that {script.asked['throttle']} tasks run at "
            f"once, and {project.cluster.scheduler.program} takes that once: take that line away, or leave --throttle "
            f"out. Nothing was submitted."
        )
    return point_at(project, stage, script, pinned, throttle)


def send_array(
    scheduler: Scheduler, array: Array, script: JobScript, asked: ResourceRequest, after: Sequence[str] = ()
) -> Submitted:
    """Send a job script, which lies below the array's folder, to the scheduler; returns the job it became.

    Raises Refused with the scheduler's own words, the script's line and what to do.
    """
    path = str((script.path.parent.resolve() / script.name).relative_to(array.folder.resolve()))
    submission = require_queue(scheduler).submission
    options = [*options_of(submission, asked, script.asked), *submission.after_argv(after)]
    options += silencing_argv(submission, script.text)
    argv = submission.submit_argv(path, array, options)
    read = path if submission.reads_input else ""
    sent = Submitted(array.number, array.tasks, tuple(argv), array.folder, script=read)
    if asked.dry:
        return sent
    left_out = {*submission.overriding_env, *submission.silencing_env}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    given = script.text if submission.reads_input else None
    answer = shell.run(argv, cwd=array.folder, env=environment, input=given, timeout=SUBMIT_TIMEOUT_S)
    job = submission.read_job_id(answer.err if answer.code else answer.out)  # with a warning qsub ends with 1
    if not job:
        said = answer.err.strip() or answer.out.strip()
        raise Refused(_told(scheduler, path, script.asked, asked, said))
    return replace(sent, job=job)


def _told_of_note(error: NotWritten, pinned: Pinned, job: str) -> str:
    done = f"Batch {pinned.batch.number} was submitted all the same, as job {job}: do not submit it again."
    return f"{error.reason}. {done} Mend that before it starts: its logs go there, too. ./rt status shows it."


def options_of(submission: Submission, asked: ResourceRequest, script: Mapping[str, str]) -> list[str]:
    """Return the scheduler's options for the request; they replace the lines of the ``script`` with the same words.

    Raises WrongUse for a word for which the scheduler has no option.
    """
    for word in asked.words:
        if word not in submission.options:
            raise WrongUse(unknown_word("option", word, submission.options))
    return [*submission.option_argv(asked.words, script), *asked.own]


def _told(scheduler: Scheduler, script: str, lines: Mapping[str, str], asked: ResourceRequest, said: str) -> str:
    refusal = " ".join(said.split()) or "it gave no reason"
    word, advice = advise(scheduler, refusal)
    where = ""
    words = {word: asked.words[word]} if word in asked.words else {} if word else asked.words
    if words:
        said_words = [f'{key} "{value}"' for key, value in words.items()]
        where = f" You asked for {', '.join(said_words)}."
    elif word in lines:
        where = f' {script} line {lines[f"{word} line"]} asks for {word} "{lines[word]}".'
    what_to_do = advice or "Ask your administrators."
    return f'{scheduler.program} refused: "{refusal}".{where} {what_to_do} Nothing was submitted.'


def note_job(batch: Batch, job: str, words: Mapping[str, str]) -> None:
    """Write the job's id into the batch's folder, so that it is found whatever its name is, and what it asked for."""
    path = batch.submissions_path
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    more = [f"{word}={value}" for word, value in words.items() if value.isprintable() and " " not in value]
    write_file(path, f"{before}{' '.join([job, *more])}\n")


def has_left(batch: BatchRef, scheduler: Scheduler) -> bool:
    """Return whether the queue, asked now, holds no job of the batch any more; False where it does not answer.

    Raises NeverRuns where nothing of the batch runs, and the queue says that nothing of it will as it is.
    """
    queue = scheduler.read_queue([batch])
    jobs = [job for job in queue.jobs if job.batch == batch.folder.name]
    if jobs and all(job.never for job in jobs):
        raise NeverRuns(
            f"Job {jobs[0].id} {jobs[0].reason}. It is waited for no longer, and stays in the queue: ./rt cancel takes "
            f"it out."
        )
    return queue.asked and batch.folder.name not in queue.alive


def load_asked(batch: Batch) -> dict[str, str]:
    """Return what the batch's last submission asked for besides its script, by word; empty for a plain submission."""
    path = batch.submissions_path
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    pairs = [word.partition("=") for word in lines[-1].split(" ")[1:]] if lines else []
    return {word: value for word, _, value in pairs}
