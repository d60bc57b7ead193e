"""Ends: of a task, and of the array that it was the last of. The array's Exit_status is that of its last task only."""

from __future__ import annotations

import time

from pbs.server.depend import look
from pbs.server.jobs import Hall, Job, Task, now, write_when
from pbs.server.mail import send, write_end
from pbs.server.submit import settle

TOO_MANY = 20


def requeue(job: Job, task: Task, wait: float = 0.0) -> None:
    """Put a task back among the waiting."""
    task.state, task.substate = "Q", 10
    job.live.pop(task.id.subjob, None)
    task.slots, task.ending, task.termed, task.gone, task.code = [], "", 0.0, 0.0, None
    task.exec_host = task.exec_vnode = ""
    task.not_before = time.monotonic() + wait
    job.waiting = dict.fromkeys(sorted([*job.waiting, task.id.subjob], key=lambda index: index or 0))
    if job.array is None:
        job.state, job.substate = "Q", 10
    settle(job)


def fail_start(hall: Hall, job: Job, task: Task) -> None:
    """A task could not be started: it is tried again, and held with its whole array after twenty times."""
    requeue(job, task, hall.settings["start_retry"])
    if task.run_count > TOO_MANY:
        task.comment = "job held, too many failed attempts to run"
        job.comment = f"Job Array Held, too many failed attempts to run subjob {task.id}" if job.array else task.comment
        job.holds.add("s")
        # Those that were started as often were started beside it, and failed beside it.
        for other in [task, *(found for found in job.tasks.values() if found.run_count >= TOO_MANY)]:
            if job.array and other.state in "QH":
                other.state, other.substate, other.run_count, other.exit_status = "H", 20, TOO_MANY + 1, -3
                other.comment = task.comment
                job.waiting.pop(other.id.subjob, None)
        settle(job)


def describe(task: Task) -> tuple[str, int]:
    """Return how a task ended, in its comment's words, and its substate."""
    if task.ending.startswith("deleted"):
        return f"terminated by {task.ending.partition(' ')[2]}", 91
    if task.ending in ("walltime", "mem"):
        return f"exceeded resource {task.ending}", 93
    return ("failed", 93) if task.exit_status else ("finished", 92)


def finish(hall: Hall, job: Job, task: Task) -> None:
    """End a task: X while its array goes on, F else."""
    words, task.substate = describe(task)
    task.comment += f" and {words}"
    task.state = "X" if job.array else "F"
    job.live.pop(task.id.subjob, None)
    task.slots = []
    task.obittime = task.history = now()
    job.mtime = now()
    status = task.exit_status or 0
    job.failed = job.failed or task.substate == 93
    job.exit_status = (1 if status > 0 else 2 if status < 0 else 0) if job.array else status
    if task.stageout and job.stageout != 0:
        job.stageout = task.stageout
    send(hall, job, task, "e", write_end(status, task.used))
    check_array(hall, job)


def check_array(hall: Hall, job: Job) -> None:
    """End a job of which nothing is left to do."""
    if not job.is_over() or job.state == "F":
        return
    single = job.tasks.get(None)
    job.substate = 91 if job.deleted else single.substate if single else 93 if job.failed else 92
    if job.comment and job.stime and job.array:
        job.comment += {91: " and terminated", 92: " and finished", 93: " and failed"}[job.substate]
        send(hall, job, None, "e", write_end(job.exit_status, {}))
    job.obittime = now() if job.stime else 0
    close_job(hall, job)


def close_job(hall: Hall, job: Job) -> None:
    """Move a job into the history, or out of all knowledge where there is none."""
    job.state, job.history, job.mtime = "F", now(), now()
    for task in job.tasks.values():
        task.state = "F"
        task.history = task.history or now()
    follow(hall, job)
    if not hall.settings["job_history_enable"]:
        hall.jobs.pop(job.id.number, None)


def follow(hall: Hall, job: Job) -> None:
    """Release or end what waits for a job."""
    for other in look(hall, job):
        settle(other)
        if other.state == "F":
            close_job(hall, other)


def begin(hall: Hall, job: Job, task: Task) -> None:
    """Note that a task runs; with its first task an array begins."""
    task.state, task.substate, task.stime = "R", 41, now()
    task.comment = f"Job run at {write_when(task.stime)} on {task.exec_vnode}"
    if job.array is None:
        job.state, job.stime, job.substate = "R", task.stime, 42
        send(hall, job, task, "b", "Begun execution")
    elif not job.stime:
        job.stime = task.stime
        job.comment = f"Job Array Began at {write_when(task.stime)}"
        settle(job)
        send(hall, job, None, "b", "Begun execution")
    if job.array:
        send(hall, job, task, "b", "Begun execution")
    follow(hall, job)
