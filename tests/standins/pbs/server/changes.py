"""What qdel, qhold, qrls, qrerun, qsig and qalter change."""

from __future__ import annotations

import signal
from typing import Any

from pbs.names import JobId, read_id
from pbs.resources import make_wanted
from pbs.server.ends import check_array, close_job
from pbs.server.execution import end
from pbs.server.jobs import Hall, Job, Task
from pbs.server.mail import send
from pbs.server.session import kill_session
from pbs.server.status import NotShownError, find_named
from pbs.server.submit import settle
from pbs.wire import SERVER

Request = dict[str, Any]
BAD_STATE = 168  # PBSE_BADSTATE, 15016


def find_own(hall: Hall, request: Request, managers_only: bool = False) -> tuple[Job, JobId]:
    """Return the job that a request may change."""
    name = read_id(request["id"])
    job = hall.find(name)
    shown = str(name) if name else f"{request['id']}.{SERVER}"
    if job and name and name.subjob not in (None, -1) and not job.state_of(name.subjob or 0):
        over = job.state == "F"
        raise NotShownError(*((35, "Job has finished") if over else (156, "Invalid request")), shown)
    found = find_named(hall, request["id"], history=hall.settings["job_history_enable"])
    mine = request["user"] == found[0].owner and not managers_only
    if not mine and request["user"] not in hall.settings["managers"]:
        raise NotShownError(159, "Unauthorized Request ", str(found[1]))
    return found


def find_going(hall: Hall, request: Request, managers_only: bool = False) -> tuple[Job, JobId]:
    """Return the job that a request may change, not over yet."""
    job, name = find_own(hall, request, managers_only)
    if job.state == "F":
        raise NotShownError(35, "Job has finished", str(name))
    return job, name


def find_tasks(job: Job, name: JobId) -> list[Task]:
    """Return what runs of what is named."""
    running = [task for task in job.live.values() if task.state == "R"]
    return [task for task in running if name.subjob in (None, -1, task.id.subjob)]


def delete_subjob(job: Job, name: JobId, who: str) -> None:
    """Delete one subjob: a running one ends, a waiting one is X at once."""
    task, state = job.tasks.get(name.subjob), job.state_of(name.subjob or 0)
    if state == "X":
        raise NotShownError(55, "Request invalid for finished array subjob", str(name))
    if task and (state == "E" or task.in_epilogue):
        raise NotShownError(BAD_STATE, "Request invalid for state of job", f"{name.number}[{name.subjob}]")
    if task and state == "R":
        end(task, who)
    elif state in "QH":
        job.waiting.pop(name.subjob, None)
        job.tasks.pop(name.subjob, None)


def delete_whole(hall: Hall, job: Job, who: str) -> None:
    """Delete a job or array: what was over loses its record, and shows the array's Exit_status from now on."""
    job.deleted = True
    job.waiting.clear()
    if job.array:
        job.tasks = {index: task for index, task in job.tasks.items() if task.state in "RE"}
        job.exit_status = 1 if job.stime else None
    refused = [task for task in job.live.values() if task.state == "R" and task.in_epilogue]
    for task in list(job.live.values()):
        if task not in refused:
            end(task, who)
    if not job.live:
        for task in job.tasks.values():
            task.state, task.substate = "F", 91
        job.substate = 91
    send(hall, job, None, "a", f"Job {who}")
    for task in refused:  # the others are deleted all the same
        name = str(task.id).partition(".")[0]
        raise NotShownError(BAD_STATE, "Request invalid for state of job", name)


def delete(hall: Hall, request: Request) -> Request:
    """Answer qdel."""
    job, name = find_own(hall, request)
    if request["history"] and job.state == "F":
        if name.subjob not in (None, -1):
            raise NotShownError(55, "Request invalid for finished array subjob", str(name))
        del hall.jobs[name.number]
        return {}
    if job.state == "F":
        raise NotShownError(35, "Job has finished", str(name))
    who = f"deleted {request['user']}@{SERVER}"
    if name.subjob in (None, -1):
        delete_whole(hall, job, who)
    else:
        delete_subjob(job, name, who)
    if request["force"]:
        for task in find_tasks(job, name):
            kill_session(task.session, signal.SIGKILL)
    if not job.live and not job.stime:
        job.substate = 91
        if job.is_over():
            close_job(hall, job)
    else:
        check_array(hall, job)
    return {}


def hold(hall: Hall, request: Request) -> Request:
    """Answer qhold: what runs goes on; a subjob cannot be held."""
    job, name = find_going(hall, request)
    if name.subjob not in (None, -1):
        raise NotShownError(156, "Invalid request", str(name))
    job.holds.update(request["kinds"])
    settle(job)
    return {}


def release(hall: Hall, request: Request) -> Request:
    """Answer qrls; a user's own release does not lift what the system holds."""
    job, name = find_going(hall, request)
    if name.subjob not in (None, -1):
        raise NotShownError(156, "Invalid request", str(name))
    job.holds.difference_update(request["kinds"])
    settle(job)
    return {}


def rerun(hall: Hall, request: Request) -> Request:
    """Answer qrerun, which managers alone may: what runs ends and waits again."""
    job, name = find_going(hall, request, managers_only=True)
    if not (tasks := find_tasks(job, name)):
        raise NotShownError(BAD_STATE, "Request invalid for state of job", str(name))
    for task in tasks:
        end(task, "rerun")
    return {}


def send_signal(hall: Hall, request: Request) -> Request:
    """Answer qsig: all but the login shell of what runs get the signal."""
    job, name = find_going(hall, request)
    if not (tasks := find_tasks(job, name)):
        raise NotShownError(BAD_STATE, "Request invalid for state of job", str(name))
    word = str(request["signal"])
    number = int(word) if word.isdigit() else signal.Signals[f"SIG{word.removeprefix('SIG')}"]
    for task in tasks:
        kill_session(task.session, number, leader=False)
    return {}


def alter(hall: Hall, request: Request) -> Request:
    """Answer qalter: -l, -W max_run_subjobs=, -N, -p."""
    job, name = find_going(hall, request)
    if name.subjob not in (None, -1):
        raise NotShownError(156, "Invalid request", str(name))
    changes = request["changes"]
    job.max_run = changes.get("max_run", job.max_run)
    job.name = changes.get("name", job.name)
    job.request["priority"] = changes.get("priority", job.request["priority"])
    if asked := changes.get("resources"):
        new = {name for name, _ in asked}
        job.request["resources"] = [p for p in job.request["resources"] if p[0] not in new] + asked
        job.wanted = make_wanted([(n, v) for n, v in job.request["resources"]], hall.settings["resources"])
    return {}
