"""What a scheduler is asked and what it answers, as frozen values: arrays, jobs, queues, and the scheduler itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from . import Resources

BATCHES = "batches"  # in a stage's folder: its batches, a folder each
OWNER = "owner"  # in a batch: who runs it, or the job that ran its first task
SUBMITTED = "submitted"  # in a batch: a line a job that ./rt submit made of it, as slurm.123
SETTLING_S = 90.0  # so long after its last word what left a queue may not be seen here: NFS keeps names for 60 s


@dataclass(frozen=True)
class Array:
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


@dataclass(frozen=True)
class BatchRef:
    """What is known of a batch that may be in a queue: its place, the jobs that said they have it, its job script."""

    folder: Path
    jobs: frozenset[str] = frozenset()
    per_job: int = 1
    script: str = ""


@dataclass(frozen=True)
class Job:
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


@dataclass(frozen=True)
class Queue:
    """What a scheduler holds: batch number -> its tasks that are queued or running; None means any of them.

    ``asked`` is false where the scheduler did not answer, with the reason in ``why_not``: then whatever has no
    end may run; so it is with the batches of other people that it does not show, named in ``hidden``.
    ``settling_s``: so long after its last word a task that left the queue may still be writing.
    """

    alive: Mapping[str, frozenset[int] | None] = field(default_factory=dict)
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
    return replace(queue, alive={**queue.alive, **dict.fromkeys(batches)}, hidden=tuple(batches))


class Scheduler(Protocol):
    """What every module of this package offers.

    ``SUBMIT`` is what people type before the script's name, ``STDIN`` is true where its program reads the script
    from its input; ``RUNS_HERE`` is true where that runs the tasks on this machine, and nothing below
    ``read_queue`` is then ever asked for. ``WORDS`` are those of ``./rt submit`` that it has an option for;
    ``DIRECTIVE`` begins a line of options in a script; ``OVERRIDES`` are the names in a user's environment that
    go before the lines which a scan fills in, ``HUSHES`` those that keep it from saying which job it made.
    ``EXECUTOR`` is the executor of Snakemake that brings rules to it.
    """

    EXTENSION: str
    SUBMIT: str
    STDIN: bool
    TEMPLATE: str
    RUNS_HERE: bool
    EXECUTOR: str
    DIRECTIVE: str
    WORDS: Collection[str]
    OVERRIDES: Sequence[str]
    REFUSALS: Sequence[tuple[str, str, str]]
    HUSHES: Sequence[str]

    def block(self, array: Array) -> list[str]:
        """Return the lines that a scan fills into the job script."""

    def refuse_folder(self, folder: str) -> str:
        """Return why no job can work in this folder, empty where one can."""

    def refuse_program(self) -> str:
        """Return why the program called ``SUBMIT`` here is not this scheduler's, empty where it is."""

    def name_job(self, project: str, stage: str, number: str) -> str:
        """Return a legal name for a batch's job, in which the number can be found again."""

    def spell(self, resources: Resources) -> Mapping[str, object]:
        """Return what a new job script asks for, in the scheduler's own units."""

    def works_from_anywhere(self, folder: str) -> bool:
        """Return whether a script in this folder may be submitted from another one."""

    def find_faults(self, script: str) -> list[tuple[int, str]]:
        """Return the numbers of the script's lines of options that would be ignored or refused, and why."""

    def read_queue(self, batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
        """Return what of these batches may still run; unless ``fresh``, as it was up to a moment ago."""

    def read_limit(self, asked: Mapping[str, str]) -> tuple[int, str]:
        """Return how many tasks an array that has ``asked`` for this may have (-1: none known), and who says so."""

    def option_argv(self, words: Mapping[str, str], asked: Mapping[str, str]) -> list[str]:
        """Return the options for these of ``WORDS``, which go before what the script has ``asked`` for."""

    def submit_argv(self, script: str, array: Array, options: Sequence[str]) -> list[str]:
        """Return the command that submits the script, in the array's folder."""

    def read_job_id(self, answer: str) -> str:
        """Return the job's id from what the submission printed, empty where there is none."""

    def cancel_argv(self, job: str, tasks: Sequence[int]) -> list[str]:
        """Return the command that cancels a job, or only these of its tasks."""

    def after_argv(self, jobs: Sequence[str]) -> list[str]:
        """Return the options that let a job wait until these have ended, however they ended."""

    def read_asked(self, script: str) -> Mapping[str, str]:
        """Return what a script asks for, by ``WORDS``, with each one's line as ``WORD line``."""

    def find_partitions(self) -> tuple[Sequence[Mapping[str, str]], str]:
        """Return the partitions with their limits, or the reason why they cannot be told."""

    def find_usage(self, jobs: Sequence[str]) -> tuple[Sequence[Mapping[str, str]], str]:
        """Return what tasks used (job, task, state, seconds, memory, cpu), or why that cannot be told."""

    def find_named(self, prefix: str) -> Sequence[str]:
        """Return this user's jobs whose names begin so; asked for only where EXECUTOR is the scheduler's own."""

    def find_live(self, jobs: Sequence[str]) -> tuple[Sequence[Mapping[str, str]], str]:
        """Return what tasks that run use just now (as above, and GPUs), or why that cannot be told."""
