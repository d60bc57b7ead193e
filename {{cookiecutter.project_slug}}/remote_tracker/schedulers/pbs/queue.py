"""The jobs of a project's batches, as qstat and qselect show them.

Three calls ask, in this order, for the arrays, their pending subjobs and their running subjobs: a subjob that starts
in between is seen twice and never missed. The array's own attributes (Exit_status, array_indices_remaining) are not
believed: measured, they are wrong after a qdel or a qrerun.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ...model.scheduling import BatchRef, Job, Queue, is_batch_folder
from ..match import QueuedJob, find_batch, find_script_folder, tasks_from, user_name
from ..snapshot import NotTold, ask, complaint_of, look
from .limits import hides_jobs
from .words import EXTENSION, PENDING, REASONS, RUNNING

CALLS = (
    ["qstat", "-f", "-F", "json"],
    ["qselect", "-T", "-s", PENDING],
    ["qselect", "-T", "-s", RUNNING],
)


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return the jobs of these batches that may still run, whoever submitted them.

    Where the server hides other people's jobs (query_other_jobs), a batch that another person listed or ran counts as
    queued.
    """
    return look(batches, lambda everybody: _find_all(batches, everybody, fresh), hides_jobs)


def _find_all(batches: Sequence[BatchRef], everybody: bool, fresh: bool) -> Iterator[Job]:
    whose = [] if everybody else ["-u", user_name()]
    calls = [[*argv, *(whose if argv[0] == "qselect" else [])] for argv in CALLS]
    answers = ask(calls, ["PBS_CONF_FILE", "PBS_SERVER"], fresh)
    if bad := next((answer for answer in answers if answer.code), None):
        raise NotTold(complaint_of(bad))
    if any(answer.out and not answer.out.endswith("\n") for answer in answers[1:]):
        raise NotTold("what qselect prints breaks off")
    try:
        arrays = read_arrays(answers[0].out)
    except ValueError as error:
        raise NotTold(f"what qstat prints is no JSON: {error}") from error
    return find_jobs(arrays, read_subjobs(answers[1].out), read_subjobs(answers[2].out), batches)


def read_arrays(text: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the arrays in qstat's JSON by their ids; raises ValueError where the text is no such JSON.

    Control characters are allowed: qstat prints the values of a job's environment raw.
    """
    told = json.loads(text, strict=False) if text.strip() else {}
    jobs = told.get("Jobs", {}) if isinstance(told, dict) else None
    if not isinstance(jobs, dict) or not all(isinstance(about, dict) for about in jobs.values()):
        raise ValueError("it holds no jobs")
    return {job: about for job, about in jobs.items() if about.get("array") == "True"}


def read_subjobs(text: str) -> Mapping[str, list[int]]:
    """Return the indices that qselect -T lists, by their array's id: subjob 12[3].server is index 3 of 12[].server."""
    found: dict[str, list[int]] = {}
    for job, index, server in re.findall(r"^(\d+)\[(\d{1,9})\](\S*)$", text, re.MULTILINE | re.ASCII):
        found.setdefault(f"{job}[]{server}", []).append(int(index))
    return found


def find_jobs(
    arrays: Mapping[str, Mapping[str, Any]],
    pending: Mapping[str, list[int]],
    running: Mapping[str, list[int]],
    batches: Sequence[BatchRef],
) -> Iterator[Job]:
    """Yield the jobs of these batches: the running and the pending subjobs of each array."""
    for job, told in arrays.items():
        batch = next((b for f in _find_places(job, told, batches) if (b := find_batch(f, batches, EXTENSION))), None)
        if batch is None or told.get("job_state") == "F":
            continue
        user = str(told.get("Job_Owner", "")).partition("@")[0]
        words, never = read_reason(told)
        for indices, runs in ((running.get(job, []), True), (pending.get(job, []), False)):
            if indices:
                tasks = tasks_from(indices, batch.per_job, batch.tasks)
                yield Job(batch.folder.name, job, user, tasks, runs, "" if runs else words, never and not runs)


def _find_places(job: str, told: Mapping[str, Any], batches: Sequence[BatchRef]) -> Iterator[QueuedJob]:
    """Yield an array as it may be matched with a batch: by its logs' folder where that is a batch's, else by its name.

    Where the job script names its logs by no whole path, and was submitted from another folder, only qsub's command
    line tells whose it is: its logs go astray, and none of it will ever start.
    """
    logs = str(told.get("Output_Path", "")).partition(":")[2]
    variables = told.get("Variable_List")
    folder = str(variables.get("PBS_O_WORKDIR", "")) if isinstance(variables, dict) else ""
    command = str(told.get("Submit_arguments", ""))
    name = re.match(r"rt(\w+)\.", str(told.get("Job_Name", "")))
    number = name[1] if name else ""
    place = Path(logs).parent
    if is_batch_folder(place):
        yield QueuedJob(job, place.name, command, str(place.parents[1]))
        if str(place.parents[1]) != folder:
            return
    else:
        yield QueuedJob(job, number, command, folder)
    if number and (theirs := find_script_folder(command, folder, batches)):
        yield QueuedJob(job, number, command, theirs)


def read_reason(told: Mapping[str, Any]) -> tuple[str, bool]:
    """Return why an array's pending subjobs do not start, in words, and whether they never will."""
    comment = str(told.get("comment", ""))
    if "after" in str(told.get("depend", "")):
        return "waits for an earlier job", False
    for text, words, never in REASONS:
        if text in comment:
            return words, never
    held = told.get("job_state") == "H"
    return ("is held; qrls lets it go", True) if held else (comment or "just submitted", False)
