"""What a scheduler is asked and what it answers, as frozen values: arrays, jobs, queues, and the scheduler itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

from .cause import Cause

BATCHES = "batches"  # in a stage's folder: its batches, a folder each
OWNER = "owner"  # in a batch: who runs it, or the job that ran its first task
SUBMITTED = "submitted"  # in a batch: a line a job that ./rt submit made of it, as slurm.123
SETTLING_S = 90.0  # so long after its last word what left a queue may not be seen here: NFS keeps names for 60 s


@dataclass(frozen=True)
class Resources:
    """What one task asks of a scheduler; memory and walltime in the words of the cluster's file."""

    cpus: int = 1
    memory: str = ""
    walltime: str = ""
    gpus: str = ""


class Array(NamedTuple):
    """A batch as a job array: its name, how many tasks it has, how many of them one job takes, how many run at once.

    ``folder`` is the absolute folder that holds ``batches``; ``number`` is "none" where nothing is listed.
    """

    number: str
    tasks: int
    name: str
    folder: Path
    per_job: int = 1
    throttle: int = 0

    def log(self, task: str) -> str:
        """Return the path of a task's log, below ``folder``; ``task`` may be the scheduler's word for its number."""
        return f"{BATCHES}/{self.number}/{log_name(task)}"


def log_name(task: int | str) -> str:
    """Return the name that a task's log has in its batch's folder."""
    return f"output.{task}"


def task_of_log(name: str) -> int | None:
    """Return the task whose log has this name, None where the name is no log's."""
    task = name.removeprefix(log_name(""))
    return int(task) if task != name and task.isdecimal() else None


def is_batch_folder(place: Path) -> bool:
    """Return whether a folder is called as those of batches are."""
    return place.parent.name == BATCHES and place.name.isdecimal()


class BatchRef(NamedTuple):
    """What is known of a batch that may be in a queue: its place, the jobs that said they have it, its job script."""

    folder: Path
    jobs: frozenset[str] = frozenset()
    per_job: int = 1
    script: str = ""


class Job(NamedTuple):
    """Some tasks of a batch as the queue shows them: all running, or all pending for one reason.

    ``tasks`` None means any of the batch's; ``never`` is true where the reason will not go away by itself.
    """

    batch: str
    id: str
    user: str
    tasks: frozenset[int] | None
    running: bool
    reason: str = ""
    never: bool = False


class Queue(NamedTuple):
    """What a scheduler holds: batch number -> its tasks that are queued or running; None means any of them.

    ``asked`` is false where the scheduler did not answer, with the reason in ``why_not``: then whatever has no
    end may run; so it is with the batches of other people that it does not show, named in ``hidden``.
    ``settling_s``: so long after its last word a task that left the queue may still be writing.
    """

    alive: Mapping[str, frozenset[int] | None] = {}
    asked: bool = True
    why_not: str = ""
    jobs: tuple[Job, ...] = ()
    settling_s: float = 0.0
    hidden: tuple[str, ...] = ()


def queue_of(jobs: Sequence[Job], settling_s: float) -> Queue:
    """Return the queue that these jobs make."""
    alive: dict[str, frozenset[int] | None] = {}
    for job in jobs:
        before = alive.get(job.batch, frozenset())
        alive[job.batch] = None if job.tasks is None or before is None else before | job.tasks
    return Queue(alive, jobs=tuple(jobs), settling_s=settling_s)


def hide(queue: Queue, batches: Sequence[str]) -> Queue:
    """Return the queue where any task of these batches may run, since their jobs are not shown."""
    return queue._replace(alive={**queue.alive, **dict.fromkeys(batches)}, hidden=tuple(batches))


Told = tuple[Sequence[Mapping[str, str]], str]  # rows, each field by its name; else the reason why there are none


class ReadQueue(Protocol):
    """How a queue is looked at."""

    def __call__(self, batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
        """Return what of these batches may still run; unless ``fresh``, as it was up to a moment ago."""


class Ending(NamedTuple):
    """A line that a scheduler writes into the log of a task that it ends, and why it ended it."""

    pattern: str  # what the line holds
    cause: Cause
    counts: bool  # whether the video is at fault: else it is just run again


class ScriptSyntax(NamedTuple):
    """How a scheduler's job script is made and read."""

    extension: str  # of its name
    template: Path  # the text that a new one is made from
    command: str  # what people type before its name
    array_directives: Callable[[Array], list[str]]  # the lines that a scan fills in
    native_resources: Callable[[Resources], Mapping[str, object]]  # what a new one asks for, in the scheduler's units
    name_job: Callable[[str, str, str], str]  # project, stage, number -> a legal name that tells the number
    folder_problem: Callable[[str], str]  # why no job can work in this folder, "" where one can
    works_from_anywhere: Callable[[str], bool]  # whether one in this folder may be submitted from another
    find_faults: Callable[[str], list[tuple[int, str]]]  # a script's lines that would be ignored or refused, and why
    read_asked: Callable[[str], Mapping[str, str]]  # by the words of ./rt submit; "WORD line" holds its line


class Submission(NamedTuple):
    """How a job script is sent, and what is answered. ``options`` are the words of ``./rt submit``."""

    reads_input: bool  # its program reads the script from its input
    options: Collection[str]  # the words that it has an option for
    overriding_env: Sequence[str]  # names of a user's environment that go before the lines which a scan fills in
    silencing_env: Sequence[str]  # names of a user's environment that keep it from saying which job it made
    refusals: Sequence[tuple[str, str, str]]  # (what it says when it refuses, the word that is about, what to do)
    program_problem: Callable[[], str]  # why the program of that name here is not this scheduler's, "" where it is
    option_argv: Callable[[Mapping[str, str], Mapping[str, str]], list[str]]  # options, what the script asks for
    after_argv: Callable[[Sequence[str]], list[str]]  # lets a job wait until these have ended, however they ended
    submit_argv: Callable[[str, Array, Sequence[str]], list[str]]  # script, array, options; run in the array's folder
    read_job_id: Callable[[str], str]  # the job's id from what was printed, "" where there is none


class Used(NamedTuple):
    """What one task used: its job and state, seconds, memory at most and as asked for (KiB), CPU seconds, cores.

    The state is one of Slurm's words, into which those of other schedulers are put.
    """

    id: str
    state: str
    seconds: int = 0
    memory_kib: int = 0
    asked_kib: int = 0
    cpu_s: float = 0.0
    cpus: int = 1


class Card(NamedTuple):
    """A GPU at one moment: percent busy, memory held and there (MiB)."""

    busy: int
    held_mib: int
    there_mib: int


class LiveUse(NamedTuple):
    """What tasks that run use just now, and the GPUs that were looked at; or why that cannot be told."""

    used: Sequence[Used] = ()
    cards: Sequence[Card] = ()
    why_not: str = ""


class QueueSystem(NamedTuple):
    """What only a scheduler with a queue has: submission, limits, accounting."""

    submission: Submission
    cancel_argv: Callable[[str, Sequence[int]], list[str]]  # cancels a job, or only these of its tasks
    find_named: Callable[[str], Sequence[str]] | None  # this user's jobs named so; None where Snakemake sends none
    read_limit: Callable[[Mapping[str, str]], tuple[int, str]]  # most tasks of an array that asks so, by whom
    find_partitions: Callable[[], Told]  # the partitions with their limits
    accounting_usage: Callable[[Sequence[str]], tuple[Sequence[Used], str]]  # what the tasks of jobs used, or why not
    live_usage: Callable[[Sequence[str]], LiveUse]  # what tasks that run use just now


class Scheduler(NamedTuple):
    """A scheduler: what runs a batch's tasks, on other machines or on this one."""

    name: str  # as a cluster's file and a batch's owner call it
    executor: str  # what Snakemake calls that which brings rules to it
    script: ScriptSyntax
    read_queue: ReadQueue
    endings: Sequence[Ending]  # what it writes into a task's log when it ends it; the first that is found holds
    report: str  # a pattern: how what it writes behind a log begins, "" where it writes none
    queue: QueueSystem | None  # None where tasks run on this machine

    def __repr__(self) -> str:
        """Return its name: functions would show where they lie in memory."""
        return f"Scheduler({self.name})"

    @property
    def is_local(self) -> bool:
        """Return whether tasks run on this machine."""
        return self.queue is None

    @property
    def program(self) -> str:
        """Return the name of the program that takes job scripts."""
        return self.script.command.partition(" ")[0]
