"""A batch's folder: what the batch lists, whether it ran, what halted it, and which file tells each of these facts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

from ..content.entry import Entry
from ..model import Record
from ..model.scheduling import OWNER, SUBMITTED, BatchRef, Scheduler, log_name, task_of_log
from ..quick_dataclass import dataclass, field
from .contents import CONTENTS, Contents
from .kept_batches import MAKES, STAGE, KeptBatch, said_in
from .log import load_record
from .sealed import SEALED, Sealed, is_sealed, open_sealed

# Names of files in a batch's folder.
LISTED = "batch.yml"  # describes the batch; written once, as the last file of a new batch
COMMANDS = "files2process.txt"  # a command line for each task
SETTINGS = "settings.sh"  # bash that all tasks share, where the jobs of a workflow's rules read it, too
TASKS = "tasks.txt"  # a line of bash assignments for each task
NAMES_FILE = "names.txt"  # the name of each task's unit, a line each
PROFILE = "profile"  # a folder, for a workflow: Snakemake's profile, and what the jobs of its rules are made from
PARAMETERS = "parameters.json"  # what the files held that parameters name: path -> key -> value
RULES = "rules.json"  # in PROFILE: the scheduler of the rules' jobs, the project, the jobs' script
GONE = "gone"  # the user said that nothing of the batch runs any more
HALTED = "halted"  # the node that refused to start more of the batch's tasks, and why
SCRIPT_PREFIX = "process_"  # job scripts' names begin so, beside the batches and, as submitted, in a batch's folder


@dataclass(frozen=True)
class Batch:
    """A list of tasks, by its folder; this module alone names its files. Each property reads the disk."""

    place: str  # the path of its folder: to make a Path of each of thousands takes longer than all that scans ask
    kept: KeptBatch | None = field(default=None, compare=False, repr=False)  # what is kept of it, where it is sealed

    @cached_property
    def folder(self) -> Path:
        """Return the batch's folder."""
        return Path(self.place)

    @property
    def number(self) -> str:
        """Return the batch's number, as 0001."""
        return self.place.rpartition("/")[2]

    @cached_property
    def described(self) -> str:
        """Return the text of batch.yml, "" where there is none that can be read."""
        if self.kept:
            return self.kept.described
        try:
            return (self.folder / LISTED).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):  # a killed scan left none, a bad disk or a person spoilt it
            return ""

    def _said(self, line: str) -> str:
        return said_in(self.described, line)

    @cached_property
    def stage(self) -> str:
        """Return the stage that the batch lists, empty for a folder without a batch.yml that can be read."""
        return self.kept.stage if self.kept else self._said(STAGE)

    @property
    def listing(self) -> str:
        """Return the checksums of all that the batch was made from, "" where batch.yml tells none."""
        return self._said(r"listing: (.+)")

    @cached_property
    def is_note(self) -> bool:
        """Return whether the batch runs nothing: it notes what results held that lay there already."""
        return bool(self._said(r"noted: '?([\w-]+)'?"))

    @property
    def makes(self) -> frozenset[str]:
        """Return a digest of each result's name pattern; empty where an older version listed the batch."""
        return _digests_in(self.kept.makes if self.kept else self._said(MAKES))

    @property
    def is_listed(self) -> bool:
        """Return whether the batch was written to its end."""
        return (self.folder / LISTED).exists()

    @property
    def names(self) -> list[str]:
        """Return the names of the units that the batch lists, task 1 first."""
        return (self.folder / NAMES_FILE).read_bytes().decode("utf-8", "surrogateescape").split("\n")[:-1]

    @property
    def commands(self) -> bytes:
        """Return the batch's command lines, task 1 first."""
        return (self.folder / COMMANDS).read_bytes()

    def place_of(self, task: int) -> str:
        """Return a task's work folder, as a path below the project, "" where the task's line names none."""
        with open(self.folder / TASKS, encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            line = next((line for number, line in enumerate(file, 1) if number == task), "")
        _, found, rest = line.rstrip("\n").rpartition(" place=")
        return rest.split(" ", 1)[0] if found else ""

    def log(self, task: int) -> Path:
        """Return the log of a task."""
        return self.folder / log_name(task)

    def record(self, task: int, heard: dict[str, str] | None = None) -> Record | None:
        """Return what a task's log says about its last run, None where it never started; ``heard``: see load_record."""
        return load_record(self.log(task), self.number, task, heard)

    @cached_property
    def contents(self) -> Contents:
        """Return what the batch's tasks noted about their files."""
        return Contents(self.folder / CONTENTS, self.log)

    @property
    def started(self) -> list[int]:
        """Return the tasks that have a log, in order."""
        return sorted({task for name in os.listdir(self.folder) if (task := task_of_log(name)) is not None})

    def records(self) -> list[Record]:
        """Return the records in the batch's logs, in the order of tasks."""
        return [*filter(None, map(self.record, self.started))]

    @cached_property
    def sealed_path(self) -> Path:
        """Return the path of the sealed file, which holds the batch's records once the batch is over."""
        return self.folder / SEALED

    @property
    def is_sealed(self) -> bool:
        """Return whether all records of this ended batch lie in its sealed file, in a form that can be read."""
        return self.kept is not None or is_sealed(self.sealed_path)

    @property
    def has_sealed_file(self) -> bool:
        """Return whether the batch was sealed, in whatever form."""
        return self.kept is not None or self.sealed_path.exists()

    @property
    def sealed_s(self) -> float:
        """Return when the sealed file was written, in seconds since 1970; raises OSError where there is none."""
        return self.kept.stamp[1] / 1e9 if self.kept else self.sealed_path.stat().st_mtime

    def sealed(self) -> Sealed | None:
        """Return what open_sealed reads from the sealed file; None for no file, or one in another form."""
        path = f"{self.place}/{SEALED}"
        return self.kept.sealed(path) if self.kept else open_sealed(path)

    def entries_of(self, task: int) -> tuple[Entry, ...]:
        """Return what a task noted about its files, () where it noted nothing."""
        return self.contents.of(task)

    @property
    def gone_path(self) -> Path:
        """Return the file that says that nothing of the batch runs any more."""
        return self.folder / GONE

    @property
    def is_given_up(self) -> bool:
        """Return whether the user said that nothing of this batch runs any more."""
        return self.gone_path.exists()

    @property
    def has_run(self) -> bool:
        """Return whether the batch was submitted, or one of its tasks was run by hand; a note counts as run."""
        is_told = any((self.folder / name).exists() for name in (OWNER, SUBMITTED, GONE))
        return is_told or self.is_note or any(self.folder.glob(log_name("*")))

    @property
    def halt(self) -> tuple[str, str] | None:
        """Return the node on which the batch has halted itself, and why; None where the batch has not."""
        for line in _lines(self.folder / HALTED):
            node, _, why = line.removeprefix("node=").partition(" why=")
            return node, why
        return None

    @property
    def owner_path(self) -> Path:
        """Return the file that names who runs the batch."""
        return self.folder / OWNER

    @property
    def owner(self) -> str:
        """Return who runs the batch, empty where nobody does."""
        return _text(self.owner_path).partition("\n")[0]

    @property
    def stage_lock(self) -> Path:
        """Return the lock that whoever runs a batch of this stage holds: batches of a stage run one at a time."""
        return self.folder.with_name(f"running.{self.stage}")

    @property
    def submissions_path(self) -> Path:
        """Return the path of the file with a line for each job that the batch was submitted as."""
        return self.folder / SUBMITTED

    def jobs(self, scheduler: Scheduler) -> list[str]:
        """Return the ids of this scheduler's jobs that the batch was submitted as or ran in, oldest first."""
        lines = (*_lines(self.submissions_path), *_lines(self.owner_path))
        said = (line.split(" ")[0].partition(".") for line in lines)
        return list(dict.fromkeys(number for kind, _, number in said if kind == scheduler.name))

    @property
    def per_job(self) -> int:
        """Return how many of the batch's tasks one job takes."""
        return int(self._said(r"per_job: (\d+)") or 1)

    def ref(self, scheduler: Scheduler) -> BatchRef:
        """Return what a scheduler needs to find the batch in its queue."""
        script = next((path.name for path in self.folder.glob(f"{SCRIPT_PREFIX}*")), "")
        jobs, tasks = frozenset(self.jobs(scheduler)), int(self._said(r"tasks: (\d+)") or 0)
        return BatchRef(self.folder, jobs, self.per_job, script, tasks)


@lru_cache(maxsize=256)  # batches of a stage mostly say the same
def _digests_in(makes: str) -> frozenset[str]:
    return frozenset(filter(None, makes.split("-")))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _lines(path: Path) -> list[str]:
    return _text(path).split("\n")[:-1]


def find_halt(batches: Sequence[Batch]) -> tuple[str, str, str]:
    """Return (batch, node, reason) where the last batch that ran has halted itself, else empty texts."""
    last = next((batch for batch in reversed(batches) if batch.has_run and not batch.is_note), None)
    halt = last.halt if last else None
    return (last.number, *halt) if last and halt else ("", "", "")
