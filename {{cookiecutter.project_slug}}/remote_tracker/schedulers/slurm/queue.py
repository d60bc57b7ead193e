"""What squeue shows of a project's batches. ``--json`` is not used: older Slurm has none, and it cuts sparse arrays."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ... import shell
from .. import Job, Known, Queue, hide, queue_of
from .limits import first_line, hides_jobs
from .words import EXTENSION, REASONS

SETTLING_S = 90.0
TIMEOUT_S = 60.0
SNAPSHOT_S = 2.0
SEPARATOR = "\x1f"  # stands in no job's name that sbatch takes, nor in a folder's
FIELDS = ("%F", "%K", "%t", "%u", "%r", "%j", "%o", "%Z")
_answers: dict[tuple[str, ...], tuple[float, shell.Result | None]] = {}


def read_queue(batches: Sequence[Known], fresh: bool = True) -> Queue:
    """Return what of these batches may still run: one call, for the jobs of everybody where others may submit too.

    Where Slurm hides other people's jobs (PrivateData), what another person made or ran counts as queued.
    """
    if not batches:
        return Queue()
    others = [batch for batch in batches if _is_of_another(batch.folder)]
    shared = bool(others) or any(map(_may_be_written, {batch.folder.parents[1] for batch in batches}))
    answer = _ask_queue([] if shared else [f"--user={os.getuid()}"], fresh)
    if answer.code:
        return Queue(asked=False, why_not=first_line(answer.err) or f"squeue ended with {answer.code}")
    queue = queue_of(list(find_jobs(answer.out, batches)), SETTLING_S)
    return hide(queue, [batch.folder.name for batch in others]) if others and hides_jobs() else queue


def _ask_queue(whose: Sequence[str], fresh: bool) -> shell.Result:
    """Return squeue's answer; unless a ``fresh`` one is wanted, that of a moment ago will do for another stage."""
    filters = [name for name in os.environ if name.startswith("SQUEUE_")]  # a user's own, which would hide jobs
    environment = {k: v for k, v in os.environ.items() if k not in filters} | {"SLURM_BITSTR_LEN": "0"}
    asked = (*whose, environment.get("SLURM_CONF", ""), environment.get("PATH", ""))
    when, answer = _answers.get(asked, (-SNAPSHOT_S, None))
    if fresh or answer is None or time.monotonic() - when > SNAPSHOT_S:
        argv = ["squeue", "--noheader", *whose, "--format", SEPARATOR.join(FIELDS)]
        when, answer = time.monotonic(), shell.run(argv, env=environment, timeout=TIMEOUT_S)
        _answers[asked] = (when, answer)
    return answer


def _is_of_another(batch: Path) -> bool:
    """Return whether another person listed the batch, submitted it, or ran the first of its tasks."""
    return any(_owner(path) != os.getuid() for path in (batch, batch / "submitted", batch / "owner"))


def _owner(path: Path) -> int:
    try:
        return path.stat().st_uid
    except OSError:
        return os.getuid()


def _may_be_written(folder: Path) -> bool:
    """Return whether others may write here, and so may submit what we listed."""
    try:
        return bool(folder.stat().st_mode & 0o022)
    except OSError:
        return False


def find_jobs(queue: str, batches: Sequence[Known]) -> Iterator[Job]:
    """Yield the jobs of these batches that squeue's answer holds.

    A job belongs to a batch by its id, where the batch knows it; else by the number behind its name's last
    dot and its working folder; else, run in that folder with another name, to the newest not yet started.
    """
    for line in queue.split("\n"):
        fields = line.split(SEPARATOR)
        if len(fields) != len(FIELDS):
            continue
        job, index, state, user, reason, name, command, folder = fields
        batch = _batch_of(job, name, command, folder, batches)
        if batch is not None:
            words, never = REASONS.get(reason, (reason, False))
            tasks = read_indices(index, batch.per_job)
            pending = state == "PD"
            yield Job(batch.folder.name, job, user, tasks, not pending, words if pending else "", never and pending)


def _batch_of(job: str, name: str, command: str, folder: str, batches: Sequence[Known]) -> Known | None:
    place = os.path.realpath(folder)
    here = [b for b in batches if os.path.realpath(b.folder.parents[1]) == place]
    number = name.rpartition(".")[2]
    ours = [b for b in batches if job in b.jobs] or [b for b in here if b.folder.name == number]
    if not ours and here and not (here[0].folder.parent / number).is_dir():
        ours = [b for b in here if not b.jobs and (b.script or f".{EXTENSION}") in command][-1:]
    return ours[0] if ours else None


def read_indices(text: str, per_job: int = 1) -> frozenset[int] | None:
    """Return the tasks of squeue's %K, as "3", "1-4,7%2" or "1-41:10"; None where it is no array."""
    tasks: set[int] = set()
    for part in text.partition("%")[0].split(","):
        found = re.fullmatch(r"(\d+)(?:-(\d+)(?::(\d+))?)?", part)
        if found is None:
            return None
        first, last, step = int(found[1]), int(found[2] or found[1]), int(found[3] or 1)
        for index in range(first, last + 1, step):
            tasks.update(range(index, index + per_job))
    return frozenset(tasks)
