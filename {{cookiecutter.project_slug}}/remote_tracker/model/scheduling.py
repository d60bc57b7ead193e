"""What a scheduler is asked and what it answers, as frozen values: arrays, jobs, queues, and the scheduler itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ..named_tuple import NamedTuple
from ..quick_dataclass import dataclass
from .cause import Cause

BATCHES = "batches"  # a folder in a stage's folder: the stage's batches, a folder each
LOOK = "doctor"  # the folder of a job that only looks around on a node: no digits, so that no scan takes it for a batch
OWNER = "owner"  # a file in a batch's folder: who runs the batch, or the job that ran its first task
SUBMITTED = "submitted"  # a file in a batch's folder: a line for each job that ./rt submit made of it, as slurm.123
# For so many seconds after its last line the files of a task that left a queue may not be seen here: NFS keeps names
# for 60 s.
SETTLING_S = 90.0


@dataclass(frozen=True)
class Resources:
    """What one task asks a scheduler for; memory and walltime are written as in the cluster's file."""

    cpus: int = 1
    memory: str = ""
    walltime: str = ""
    gpus: str = ""


class Array(NamedTuple):
    """What a scheduler must know to run a batch as a job array."""

    number: str  # the batch's number; "none" where nothing is listed
    tasks: int  # how many tasks the batch has
    name: str  # the array's name in the queue
    folder: Path  # the folder that holds ``batches``, an absolute path
    per_job: int = 1  # how many tasks one job takes
    throttle: int = 0  # the most jobs of the array that run at once; 0: no limit of ours
    beside: bool = False  # the tasks of a job run side by side, on its GPU; else one after the other

    @property
    def packing(self) -> list[str]:
        """Return the lines of bash that tell run_task.sh how many tasks the job runs, and whether side by side."""
        return [f"per_job={self.per_job}", *(["export RT_BESIDE=yes"] if self.beside else [])]

    def log(self, task: str) -> str:
        """Return a task's log, as a path below ``folder``; ``task`` may be the scheduler's word for a task's number."""
        return f"{BATCHES}/{self.number}/{log_name(task)}"


def log_name(task: int | str) -> str:
    """Return the name of a task's log in the batch's folder."""
    return f"output.{task}"


def task_of_log(name: str) -> int | None:
    """Return the number of the task whose log has this name, None where no log can have it."""
    task = name.removeprefix(log_name(""))
    return int(task) if task != name and task.isdecimal() else None


def is_batch_folder(place: Path) -> bool:
    """Return whether a folder's path ends as a batch's does: ``batches/`` and digits."""
    return place.parent.name == BATCHES and place.name.isdecimal()


class BatchRef(NamedTuple):
    """A batch that may be in a queue, as far as a scheduler must know it."""

    folder: Path
    jobs: frozenset[str] = frozenset()  # ids of the jobs that the batch was submitted as or ran in
    per_job: int = 1  # how many tasks one job takes
    script: str = ""  # the name of the job script in the batch's folder; "": there is none
    tasks: int = 0  # how many tasks the batch has; 0: it is not told


class Job(NamedTuple):
    """Some tasks of a batch as the queue shows them: all running, or all pending for the same reason."""

    batch: str  # the batch's number
    id: str
    user: str
    tasks: frozenset[int] | None  # None: any tasks of the batch
    running: bool  # False: pending
    reason: str = ""  # why the tasks are pending
    never: bool = False  # the reason will not go away by itself


class Queue(NamedTuple):
    """What a scheduler holds of some batches; where it did not answer, any task whose log has no end may run."""

    alive: Mapping[str, frozenset[int] | None] = {}  # batch number -> tasks queued or running; None: any of its tasks
    asked: bool = True  # False: the scheduler did not answer
    why_not: str = ""  # the reason why it did not
    jobs: tuple[Job, ...] = ()
    settling_s: float = 0.0  # for so many seconds after its last line a task that left the queue may still be writing
    hidden: tuple[str, ...] = ()  # other people's batches that the scheduler does not show: any of their tasks may run


def queue_of(jobs: Sequence[Job], settling_s: float) -> Queue:
    """Return the queue that holds these jobs."""
    alive: dict[str, frozenset[int] | None] = {}
    for job in jobs:
        before = alive.get(job.batch, frozenset())
        alive[job.batch] = None if job.tasks is None or before is None else before | job.tasks
    return Queue(alive, jobs=tuple(jobs), settling_s=settling_s)


def hide(queue: Queue, batches: Sequence[str]) -> Queue:
    """Return the queue with these batches hidden: any of their tasks may run, since their jobs are not shown."""
    return queue._replace(alive={**queue.alive, **dict.fromkeys(batches)}, hidden=tuple(batches))


Told = tuple[Sequence[Mapping[str, str]], str]  # rows, as field name -> value; and why there are none, "" where some


class ReadQueue(Protocol):
    """How a scheduler's queue is read."""

    def __call__(self, batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
        """Return the tasks of these batches that may still run; unless ``fresh``, the answer may be a moment old."""


class Ending(NamedTuple):
    """A line that a scheduler writes into the log of a task that it ends."""

    pattern: str  # a regular expression for what the line holds
    cause: Cause  # why the scheduler ended the task
    counts: bool  # whether the video is at fault; where it is not, its task is just run again


class ScriptSyntax(NamedTuple):
    """How a scheduler's job script is made and read."""

    extension: str  # the end of a script's name
    template: Path  # the file that a new script is made from
    command: str  # what people type before a script's name
    array_directives: Callable[[Array], list[str]]  # the lines that a scan fills in
    # What a cluster's file asks for -> what a new script asks for, in the scheduler's units.
    native_resources: Callable[[Resources], Mapping[str, object]]
    name_job: Callable[[str, str, str], str]  # project, stage, number -> a legal name that tells the number
    folder_problem: Callable[[str], str]  # folder -> why no job can work there, "" where a job can
    works_from_anywhere: Callable[[str], bool]  # folder -> whether its scripts may be submitted from another folder
    find_faults: Callable[[str], list[tuple[int, str]]]  # a script's lines that would be ignored or refused, and why
    # A script -> what it asks for, by the words of ./rt submit; "WORD line" holds the line that asks for WORD.
    read_asked: Callable[[str], Mapping[str, str]]


class ListMail(NamedTuple):
    """How a list gets one mail from a scheduler that mails for each task: a job waits for the list, and mails."""

    # A job script -> the options with which its first task does not ask for the mail: ./rt submit does.
    silencing_argv: Callable[[str], list[str]]
    ask_argv: Callable[[str, str, str, str], list[str]]  # the list's job, its name, its account or "", the address
    cancel_argv: Callable[[str], list[str]]  # the list's job -> a command that takes its mail back
    took: str  # a regular expression: what the program says of a job that it took, though it ended with 1


class Submission(NamedTuple):
    """How a scheduler's program submits a job script, and what it answers."""

    reads_input: bool  # the program reads the script from its standard input
    options: Collection[str]  # the words of ./rt submit that the program has an option for
    overriding_env: Sequence[str]  # variables of a user's environment that override the lines which a scan fills in
    silencing_env: Sequence[str]  # variables of a user's environment that keep it from saying which job it made
    refusals: Sequence[tuple[str, str, str]]  # (a pattern of a refusal, the word it is about, what to do)
    program_problem: Callable[[], str]  # why the program of that name here is not this scheduler's, "" where it is
    # (options by the words of ./rt submit, what the script asks for by the same words) -> arguments
    option_argv: Callable[[Mapping[str, str], Mapping[str, str]], list[str]]
    after_argv: Callable[[Sequence[str]], list[str]]  # ids of jobs -> arguments: start once all ended, in any way
    submit_argv: Callable[[str, Array, Sequence[str]], list[str]]  # script, array, options; run in the array's folder
    throttles_once: (
        bool  # how many tasks run at once may be said once only: it stands in the lines that a scan fills in
    )
    read_job_id: Callable[[str], str]  # what the program printed -> the job's id, "" where it tells none
    list_mail: ListMail | None = None  # None where the scheduler mails for a whole list by itself, or not at all


class Used(NamedTuple):
    """What one task used."""

    id: str  # the task's job
    state: str  # a word of Slurm's; other schedulers' words are translated into Slurm's
    seconds: int = 0
    memory_kib: int = 0  # the most memory that it held
    asked_kib: int = 0  # the memory that it asked for
    cpu_s: float = 0.0  # CPU time, seconds
    cpus: int = 1  # cores


class Card(NamedTuple):
    """A GPU at a moment."""

    busy: int  # percent
    held_mib: int  # memory in use
    there_mib: int  # memory in all


class LiveUse(NamedTuple):
    """What running tasks use now, and the GPUs that were looked at; or, in ``why_not``, why neither can be told."""

    used: Sequence[Used] = ()
    cards: Sequence[Card] = ()
    why_not: str = ""


class QueueSystem(NamedTuple):
    """What only a scheduler with a queue has: submission, limits, accounting."""

    submission: Submission
    over: str  # a regular expression: what the program that cancels says of a job which ended, or is just ending
    cancel_argv: Callable[[str, Sequence[int]], list[str]]  # job, tasks -> a command that cancels the tasks; none: all
    # How a name begins -> ids of this user's jobs; None where no executor of Snakemake's own sends jobs here.
    find_named: Callable[[str], Sequence[str]] | None
    # What a script asks for -> (the most tasks that its array may have, who says so); -1 where nobody tells.
    read_limit: Callable[[Mapping[str, str]], tuple[int, str]]
    find_partitions: Callable[[], Told]  # the partitions with their limits
    accounting_usage: Callable[[Sequence[str]], tuple[Sequence[Used], str]]  # what jobs' tasks used; why it is unknown
    live_usage: Callable[[Sequence[str]], LiveUse]  # ids of jobs -> what their running tasks use now


class Scheduler(NamedTuple):
    """A scheduler: what runs a batch's tasks, on other machines or here."""

    name: str  # its name in a cluster's file and in a batch's owner file
    executor: str  # the name of the Snakemake executor that sends it the jobs of rules
    script: ScriptSyntax
    read_queue: ReadQueue
    endings: Sequence[Ending]  # the lines that it writes into logs of tasks that it ends; the first that is found holds
    report: str  # a regular expression: the start of the report that it writes behind a log; "": it writes none
    queue: QueueSystem | None  # None where tasks run on this machine

    def __repr__(self) -> str:
        """Return the scheduler's name: its functions would show where they lie in memory."""
        return f"Scheduler({self.name})"

    @property
    def is_local(self) -> bool:
        """Return whether tasks run on this machine."""
        return self.queue is None

    @property
    def program(self) -> str:
        """Return the name of the program that takes job scripts."""
        return self.script.command.partition(" ")[0]
