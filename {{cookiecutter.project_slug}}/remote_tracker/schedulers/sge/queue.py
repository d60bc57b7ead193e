"""The jobs of a project's batches, as qstat shows them.

Two calls: qstat -xml lists all tasks; then qstat -j, which alone tells working folders, is asked for the jobs whose ids
no batch knows. Of each job that waits for slots and has no task that runs, qalter -w v tells whether it ever could.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping, Sequence

from ... import shell
from ...model.scheduling import BatchRef, Job, Queue
from ..match import QueuedJob, find_batch, find_script_folder, read_indices, user_name
from ..snapshot import TIMEOUT_S, NotTold, ask, complaint_of, look
from .never import fits_nowhere
from .words import EXTENSION, FREE_SLOTS, NEVER_RUNS, WAITING


def read_queue(batches: Sequence[BatchRef], fresh: bool = True) -> Queue:
    """Return the jobs of these batches that may still run, whoever submitted them: GridEngine hides no job."""
    return look(batches, lambda everybody: _find_all(batches, everybody, fresh), lambda: False)


def _find_all(batches: Sequence[BatchRef], everybody: bool, fresh: bool) -> Iterator[Job]:
    user = "*" if everybody else user_name()
    answer = ask([["qstat", "-u", user, "-s", "prs", "-r", "-xml"]], ["SGE_ROOT", "SGE_CELL"], fresh)[0]
    if answer.code:
        raise NotTold(complaint_of(answer))
    try:
        listed = list(read_tasks(answer.out))
    except (ElementTree.ParseError, ValueError) as error:
        raise NotTold(f"what qstat prints is no XML of jobs: {error}") from error
    known = {job for batch in batches for job in batch.jobs}
    places = find_places({task["job"] for task in listed} - known)
    if places is None:
        raise NotTold("qstat -j does not answer")
    return tell_never(list(find_jobs(listed, places, batches)), listed)


def read_tasks(text: str) -> Iterator[Mapping[str, str]]:
    """Yield each line of qstat's XML as its fields: job, name, user, state, tasks ("7", "13-20:1", "1,3") and more.

    ``after`` names the jobs that the job waits for, ``requests`` what each of its slots must have ("h_rt=60,gpu=1"),
    ``pe`` the number of its slots where it asks for a parallel environment.
    Raises ParseError where ``text`` is no XML, ValueError for a job without a number.
    """
    names = {"JB_job_number": "job", "JB_name": "name", "JB_owner": "user", "state": "state", "tasks": "tasks"}
    names |= {"predecessor_jobs": "after", "requested_pe": "pe"}
    for listed in ElementTree.fromstring(text).iter("job_list"):
        found = {names[field.tag]: field.text or "" for field in listed if field.tag in names}
        if not found.get("job", "").isdecimal():
            raise ValueError("one of them has no number")
        asked = [f"{field.get('name')}={field.text}" for field in listed if field.tag == "hard_request"]
        found["requests"] = ",".join(asked)
        if found.get("tasks"):  # jobs that are no arrays have none
            yield found


def find_places(jobs: set[str]) -> Mapping[str, Mapping[str, str]] | None:
    """Return what qstat -j tells of each job, as its working folder and its script; jobs that ended are left out.

    Returns None where qstat fails, or leaves a job out without saying that the job does not exist.
    """
    if not jobs:
        return {}
    answer = shell.ask(["qstat", "-j", ",".join(sorted(jobs, key=int))], timeout=TIMEOUT_S)
    gone = "do not exist" in answer.out + answer.err
    if (answer.code and not gone) or (answer.out and not answer.out.endswith("\n")):
        return None
    found: dict[str, dict[str, str]] = {}
    about: dict[str, str] = {}
    for name, value in re.findall(r"^(\w+):\s+(.*)$", answer.out, re.MULTILINE):
        if name == "job_number":
            about = found.setdefault(value.strip(), {})
        about[name] = value.strip()
    return found if gone or found.keys() >= jobs else None


def find_jobs(
    listed: Sequence[Mapping[str, str]], places: Mapping[str, Mapping[str, str]], batches: Sequence[BatchRef]
) -> Iterator[Job]:
    """Yield the jobs of these batches: the tasks of a job that are in the same state are one Job."""
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for task in listed:
        groups.setdefault((task["job"], task.get("state", "")), []).append(task)
    for (job, state), tasks in groups.items():
        about = places.get(job, {})
        number = re.match(r"rt(\w+)\.", tasks[0].get("name", ""))
        script, folder = about.get("script_file", ""), about.get("cwd", "")
        found = QueuedJob(job, number[1] if number else "", script, folder)
        batch = find_batch(found, batches, EXTENSION)
        if batch is None and number and (theirs := find_script_folder(script, folder, batches)):
            batch = find_batch(found._replace(folder=theirs), batches, EXTENSION)  # typed elsewhere: its logs go astray
        if batch is None:
            continue
        each = [read_indices(task["tasks"], batch.per_job, batch.tasks) for task in tasks]
        any_of_them = None in each
        words, never = read_reason(state, tasks[0].get("after", ""))
        runs = not words
        told = None if any_of_them else frozenset[int]().union(*filter(None, each))
        yield Job(batch.folder.name, job, tasks[0].get("user", ""), told, runs, words, never)


def tell_never(jobs: Sequence[Job], listed: Sequence[Mapping[str, str]]) -> Iterator[Job]:
    """Yield the jobs; a job that waits for slots and would run on no node says that it will never run."""
    asked = {task["job"]: (task["requests"], task.get("pe", "")) for task in listed}
    begun = {job.id for job in jobs if job.running}
    for job in jobs:
        waits = job.reason == FREE_SLOTS and job.id not in begun
        if waits and fits_nowhere(job.id, *asked[job.id]):
            yield job._replace(reason=NEVER_RUNS.format(job.id), never=True)
        else:
            yield job


def read_reason(state: str, after: str = "") -> tuple[str, bool]:
    """Return why tasks in this state wait, in words ("" for running tasks), and whether they will never run.

    A job that waits for other jobs (``after``) is in the state of held jobs, too, until these jobs have ended.
    """
    if after and "h" in state:
        return "waits for an earlier job", False
    return next(((words, never) for letters, words, never in WAITING if letters in state), ("", False))
