"""Which batch a job in the queue belongs to, and whether other people may have submitted a batch."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from pwd import getpwuid

from ..model.scheduling import OWNER, SUBMITTED, BatchRef
from ..named_tuple import NamedTuple

LONGEST = 4_000_001  # tasks in an array: Slurm takes no more however it is set up, other schedulers take fewer


class QueuedJob(NamedTuple):
    """A job as a queue shows it."""

    job: str  # its id
    number: str  # the batch's number that the job's name tells, "" where it tells none
    command: str  # its command line
    folder: str  # its working folder


def find_batch(found: QueuedJob, batches: Sequence[BatchRef], extension: str) -> BatchRef | None:
    """Return the batch that a job belongs to, None where the job belongs to none of ``batches``.

    A batch that knows the job's id is taken; else the batch whose number stands in the job's name and whose stage's
    folder is the job's. Else, for a job of that folder whose command line names the job script, the newest batch that
    has no job yet.
    """
    place = _real(found.folder)
    here = [b for b in batches if _real(b.folder.parents[1]) == place]
    ours = [b for b in batches if found.job in b.jobs] or [b for b in here if b.folder.name == found.number]
    if not ours and here and not (found.number and os.path.isdir(here[0].folder.parent / found.number)):
        ours = [b for b in here if not b.jobs and (b.script or f".{extension}") in found.command][-1:]
    return ours[0] if ours else None


def find_script_folder(command: str, typed_in: str, batches: Sequence[BatchRef]) -> str:
    """Return the folder of the batches whose job script a command line ends with, "" where it is none of theirs.

    The script's path may hold blanks, and be one from the folder in which the command was typed.
    """
    for folder, script in {(batch.folder.parents[1], batch.script) for batch in batches}:
        if script and command.endswith(script):
            starts = [0, *(blank.end() for blank in re.finditer(" ", command))]
            if any(_real(os.path.join(typed_in, command[start:])) == _real(folder / script) for start in starts):
                return str(folder)
    return ""


def _real(folder: str | os.PathLike[str]) -> str:
    try:
        return os.path.realpath(folder)
    except ValueError:  # the queue tells a name that no folder can have
        return ""


def is_of_another(batch: Path) -> bool:
    """Return whether another person listed the batch, submitted it, or ran the first of its tasks."""
    return any(owner_of(path) != os.getuid() for path in (batch, batch / SUBMITTED, batch / OWNER))


def user_name() -> str:
    """Return this user's name by the system's user id: LOGNAME may name another user."""
    try:
        return getpwuid(os.getuid()).pw_name
    except KeyError:  # no such user on this machine
        return str(os.getuid())


def owner_of(path: Path) -> int:
    """Return the user id of a file's owner; this user's where the file is not there."""
    try:
        return path.stat().st_uid
    except OSError:
        return os.getuid()


def may_others_submit(batches: Sequence[BatchRef]) -> bool:
    """Return whether other people may write into these batches' folders, and so may submit what this user listed."""
    for folder in {batch.folder.parents[1] for batch in batches}:
        try:
            if folder.stat().st_mode & 0o022:
                return True
        except OSError:
            continue
    return False


def read_indices(text: str, per_job: int = 1, most: int = 0) -> frozenset[int] | None:
    """Return the tasks that "3", "1-4,7" or "1-41:10" stands for; None (any task) where ``text`` lists no indices.

    ``per_job`` and ``most`` are as in ``tasks_from``.
    """
    tasks: set[int] = set()
    for part in text.split(","):
        found = re.fullmatch(r"(\d{1,9})(?:-(\d{1,9})(?::(\d{1,9}))?)?", part, re.ASCII)
        if found is None:
            return None
        first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
        if not (first and step and 0 <= last - first < LONGEST):
            return None
        tasks |= tasks_from(range(first, last + 1, step), per_job, most)
    return frozenset(tasks)


def tasks_from(indices: Sequence[int], per_job: int, most: int = 0) -> frozenset[int]:
    """Return the tasks that an array's indices stand for: an index is the first of the ``per_job`` tasks of its job.

    The last job of a batch of ``most`` tasks takes what is left of them (0: it is not told how many there are).
    """
    found = (task for index in indices for task in range(index, index + per_job))
    return frozenset(task for task in found if not most or task <= most)
