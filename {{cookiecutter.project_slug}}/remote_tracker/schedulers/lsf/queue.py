"""The jobs of a project's batches, as bjobs shows them.

One call asks for JSON: whatever stands in a name or a path arrives whole, and an empty queue differs from no answer.
The job's command is not asked for: for a script read from the input, the command is the script's whole text.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import shell
from ...model.scheduling import BatchRef, Job, Queue, is_batch_folder
from ..match import QueuedJob, find_batch, read_indices
from ..snapshot import NotTold, ask, look
from .limits import hides_jobs
from .words import EXTENSION, OVER, PENDING, REASONS

FIELDS = "jobid jobindex stat user job_name output_file exec_cwd sub_cwd pend_reason"
NOTHING = "No unfinished job found|No job found"
JobFields = Mapping[str, Any]


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return the jobs of these batches that may still run, whoever submitted them.

    Where LSF hides other people's jobs (SECURE_JOB_INFO_LEVEL), a batch that another person listed or ran counts as
    queued.
    """
    return look(batches, lambda everybody: find_jobs(_ask(everybody, fresh), batches), hides_jobs)


def _ask(everybody: bool, fresh: bool) -> Sequence[JobFields]:
    """Return the records that bjobs prints; raises NotTold where it prints none that can be read."""
    argv = ["bjobs", *(["-u", "all"] if everybody else []), "-o", FIELDS, "-json"]
    try:
        return read_records(ask([argv], ["LSF_ENVDIR"], fresh)[0])
    except ValueError as error:
        raise NotTold(str(error)) from error


def read_records(answer: shell.Result) -> Sequence[JobFields]:
    """Return the records in an answer of ``bjobs -json``; raises ValueError with the reason where there is no JSON.

    The JSON may stand behind lines that say that bjobs waited for LSF.
    """
    text = answer.out[answer.out.find("{") :] if "{" in answer.out else ""
    if not text:
        if re.search(NOTHING, answer.out + answer.err):
            return []
        raise ValueError(answer.complaint)
    try:
        records = json.loads(text, strict=False).get("RECORDS")
    except (ValueError, AttributeError) as error:
        raise ValueError(f"what bjobs prints is no JSON: {error}") from error
    if not isinstance(records, list):
        raise ValueError("what bjobs prints holds no RECORDS")
    return [record for record in records if isinstance(record, dict)]


def find_jobs(records: Sequence[JobFields], batches: Sequence[BatchRef]) -> Iterator[Job]:
    """Yield the jobs of these batches: elements of a job that all run, or wait for the same reason, are one Job."""
    groups: dict[tuple[str, bool, str, bool], list[JobFields]] = {}
    for record in records:
        state = str(record.get("STAT", ""))
        if state not in OVER and "ERROR" not in record:
            words, never = read_reason(record) if state in PENDING else ("", False)
            groups.setdefault((str(record.get("JOBID", "")), state not in PENDING, words, never), []).append(record)
    for (job, runs, words, never), elements in groups.items():
        batch = find_batch(_found(job, elements[0]), batches, EXTENSION)
        if batch is not None:
            indices = ",".join(str(element.get("JOBINDEX", "")) for element in elements)
            tasks = read_indices(indices, batch.per_job, batch.tasks)
            yield Job(batch.folder.name, job, str(elements[0].get("USER", "")), tasks, runs, words, never)


def _found(job: str, record: JobFields) -> QueuedJob:
    """Return a job to be matched with a batch: by its logs' folder where that is a batch's, else by its name."""
    name = re.match(r"rt(\w+)\.", str(record.get("JOB_NAME", "")))
    number, folder = name[1] if name else "", str(record.get("EXEC_CWD") or record.get("SUB_CWD") or "")
    place = Path(str(record.get("OUTPUT_FILE", ""))).parent
    if place.is_absolute() and is_batch_folder(place):
        number, folder = place.name, str(place.parents[1])
    return QueuedJob(job, number, "", re.sub(r"^\$HOME(?=/|$)", os.path.expanduser("~"), folder))


def read_reason(record: JobFields) -> tuple[str, bool]:
    """Return why an element of an array waits, in words, and whether it will never run."""
    told = str(record.get("PEND_REASON", "")).strip().rstrip(";")
    if record.get("STAT") == "PSUSP":
        told = "suspended"
    found = next(((words, never) for text, words, never in REASONS if text in told), None)
    return found or (" ".join(told.split()) or "just submitted", False)
