"""A new job: what the server refuses, and what it makes of the rest. A refused job has used up its number."""

from __future__ import annotations

import re
from typing import Any

from pbs.names import JobId, Range
from pbs.resources import ResourceError, Wanted, check_known, make_wanted, read_time
from pbs.server.depend import register
from pbs.server.jobs import Hall, Job, Task, now
from pbs.server.mail import send
from pbs.wire import SERVER

Request = dict[str, Any]


class RefusedError(Exception):
    """A refusal: PBS's exit code and text."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


def check_queue(hall: Hall, request: Request) -> str:
    """Return the queue's name. RefusedError where there is none, or none for this user."""
    name = (request["queue"] or hall.settings["default_queue"]).partition("@")[0]
    queue = hall.settings["queues"].get(name)
    if queue is None:
        raise RefusedError(170, "Unknown queue")
    if not queue.get("enabled", True):
        raise RefusedError(173, "Queue is not enabled")
    if "acl_users" in queue and request["user"] not in queue["acl_users"]:
        raise RefusedError(159, "Unauthorized Request ")
    return str(name)


def check_wanted(hall: Hall, request: Request, queue: str) -> Wanted:
    """Return what the job needs. RefusedError for what no PBS or not this queue gives."""
    asked = [(name, value) for name, value in request["resources"]]
    try:
        check_known(asked, hall.settings["resources"])
        wanted = make_wanted(asked, hall.settings["resources"])
    except ResourceError as error:
        raise RefusedError(error.code, error.text) from None
    limits = hall.settings["queues"][queue].get("resources_max", {})
    over = wanted.walltime is not None and "walltime" in limits and wanted.walltime > read_time(limits["walltime"])
    if over or int(wanted.listed["ncpus"]) > int(limits.get("ncpus", 1 << 30)):
        raise RefusedError(188, "Job violates queue and/or server resource limits")
    return wanted


def count_queued(hall: Hall, user: str, queue: str | None) -> int:
    """Return how many jobs and subjobs of a user are not over."""
    mine = [j for j in hall.jobs.values() if j.owner == user and j.state != "F" and queue in (None, j.queue)]
    return sum(len(j.waiting) + len(j.live) for j in mine)


def check_sizes(hall: Hall, request: Request, queue: str, size: int) -> None:
    """RefusedError where an array is too long, or the user's jobs too many."""
    limits = hall.settings["queues"][queue]
    longest = min(hall.settings["max_array_size"], limits.get("max_array_size") or hall.settings["max_array_size"])
    if request["array"] and size > longest:
        raise RefusedError(3, "Array job exceeds server or queue size limit")
    for limit, where in ((hall.settings["max_queued"], None), (limits.get("max_queued"), queue)):
        if limit is not None and count_queued(hall, request["user"], where) + size > limit:
            raise RefusedError(38, f"would exceed {'queue' if where else 'server'} generic's per-user limit")


def check_throttle(request: Request) -> None:
    """RefusedError where what may run at once is no number, or there is no array."""
    value = request["max_run"]
    if value is not None and not value.isdigit():
        raise RefusedError(166, "Error (15014) submitting job")
    if value is not None and not request["array"]:
        raise RefusedError(127, "Attribute has to be set on an array job")


def read_depend(text: str) -> list[tuple[str, str]]:
    """Return each dependency: its type and one id."""
    found = []
    for part in filter(None, text.split(",")):
        kind, *jobs = part.split(":")
        found += [(kind, job) for job in jobs]
    return found


def make_job(request: Request, number: int, queue: str, wanted: Wanted) -> Job:
    """Return the new job, its numbered paths filled in."""
    array = Range(*request["array"]) if request["array"] else None
    end = f"{number}.^array_index^" if array else str(number)
    for key, letter in (("output", "o"), ("error", "e")):
        request[key] = re.sub(rf"\.{letter}SEQ$", lambda _, x=letter: f".{x}{end}", request[key])  # type: ignore[misc]
    variables = {**request["variables"], "PBS_O_QUEUE": queue, "PBS_O_HOST": SERVER}
    job = Job(JobId(number, -1 if array else None), request["name"], request["user"], queue, array, None, wanted,
              request, variables)  # fmt: skip
    job.max_run, job.ctime = request["max_run"] and int(request["max_run"]), now()
    job.mtime = job.ctime
    job.waiting = dict.fromkeys(array.indices() if array else (None,))
    if array is None:
        job.tasks[None] = Task(job.id)
    if request["hold"]:
        job.holds.add("u")
    return job


def submit(hall: Hall, request: Request) -> dict[str, Any]:
    """Take a job in; returns its id."""
    number = hall.next
    hall.next += 1
    if request["root"] and hall.settings["root_refused"]:
        raise RefusedError(175, "Bad UID for job execution")
    queue = check_queue(hall, request)
    wanted = check_wanted(hall, request, queue)
    if request["project"] and re.search(r"[/\[\]\";:|<>+,?*\\]", request["project"]):
        raise RefusedError(166, "Illegal attribute or resource value project")
    check_sizes(hall, request, queue, len(Range(*request["array"]).indices()) if request["array"] else 1)
    check_throttle(request)
    job = make_job(request, number, queue, wanted)
    hall.jobs[number] = job
    register(hall, job, read_depend(request["depend"]))
    settle(job)
    if job.state == "F":
        send(hall, job, None, "a", "Aborted by PBS Server ")
    return {"id": str(job.id)}


def settle(job: Job) -> None:
    """Make a waiting job's state what its holds say."""
    begun = bool(job.array and job.stime)
    if job.state in "QHB":
        job.state, job.substate = ("H", 20) if job.holds else ("B", 70) if begun else ("Q", 10)
        if job.array is None and None in job.waiting:
            job.tasks[None].state, job.tasks[None].substate = job.state, job.substate
