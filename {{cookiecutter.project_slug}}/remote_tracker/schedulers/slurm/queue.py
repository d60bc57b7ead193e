"""The jobs of a project's batches, as squeue shows them.

``squeue --json`` is not used: an older Slurm does not have it, and it cuts sparse arrays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from ... import shell
from ...errors import RemoteTrackerError
from ...model.scheduling import BatchRef, Job, Queue
from .. import match
from ..match import QueuedJob, find_batch
from ..snapshot import TIMEOUT_S, NotTold, ask, look
from .limits import hides_jobs
from .words import EXTENSION, REASONS

SEPARATOR = "\x1f"  # no name of a job or a folder that sbatch takes holds it
FIELDS = ("%F", "%K", "%t", "%u", "%r", "%j", "%o", "%Z")


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return the jobs of these batches that may still run, whoever submitted them.

    Where Slurm hides other people's jobs (PrivateData), a batch that another person listed or ran counts as queued.
    """
    return look(batches, lambda everybody: find_jobs(_ask(everybody, fresh), batches), hides_jobs)


def _ask(everybody: bool, fresh: bool) -> str:
    """Return what squeue prints; raises NotTold where squeue fails, or where its answer breaks off."""
    filters = [name for name in os.environ if name.startswith("SQUEUE_")]  # a user's own filters, which would hide jobs
    environment = {k: v for k, v in os.environ.items() if k not in filters} | {"SLURM_BITSTR_LEN": "0"}
    whose = [] if everybody else [f"--user={os.getuid()}"]
    argv = ["squeue", "--noheader", *whose, "--format", SEPARATOR.join(FIELDS)]
    answer = ask([argv], ["SLURM_CONF"], fresh, environment)[0]
    if answer.code:
        raise NotTold(answer.complaint)
    if not answer.out.endswith("\n") and answer.out:
        raise NotTold("what squeue prints breaks off")
    return answer.out


def find_jobs(queue: str, batches: Sequence[BatchRef]) -> Iterator[Job]:
    """Yield the jobs of these batches in squeue's answer; a job's name ends with a dot and the batch's number."""
    for line in queue.split("\n"):
        fields = line.split(SEPARATOR)
        if len(fields) != len(FIELDS):
            continue
        job, index, state, user, reason, name, command, folder = fields
        batch = find_batch(QueuedJob(job, name.rpartition(".")[2], command, folder), batches, EXTENSION)
        if batch is not None:
            words, never = REASONS.get(reason, (reason, False))
            tasks = read_indices(index, batch.per_job, batch.tasks)
            pending = state == "PD"
            yield Job(batch.folder.name, job, user, tasks, not pending, words if pending else "", never and pending)


def read_indices(text: str, per_job: int = 1, most: int = 0) -> frozenset[int] | None:
    """Return the tasks that squeue's %K names, as "3", "1-4,7%2" or "1-41:10"; None where the job is no array."""
    return match.read_indices(text.partition("%")[0], per_job, most)


def find_named(prefix: str) -> list[str]:
    """Return the ids of this user's jobs whose names begin with ``prefix``.

    Raises RemoteTrackerError where squeue does not tell.
    """
    argv = ["squeue", "--noheader", f"--user={os.getuid()}", "--format", f"%A{SEPARATOR}%j"]
    answer = shell.ask(argv, timeout=TIMEOUT_S)
    if answer.code:
        raise RemoteTrackerError(f"squeue does not tell which jobs there are: {answer.complaint}")
    pairs = (line.partition(SEPARATOR) for line in answer.out.splitlines())
    return list(dict.fromkeys(job for job, _, name in pairs if name.startswith(prefix)))
