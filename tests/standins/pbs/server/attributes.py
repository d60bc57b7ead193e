"""The attributes of a job as qstat -f shows them: their names, their order, and what is left out when."""

from __future__ import annotations

import time

from pbs.names import write_indices
from pbs.server.depend import write_depend
from pbs.server.jobs import Job, Task
from pbs.wire import SERVER

Attribute = tuple[str, "str | None", object]


def when(seconds: int) -> str | None:
    """Return a time as qstat shows it; None where there is none."""
    return time.ctime(seconds) if seconds else None


def write_variables(job: Job) -> str:
    """Return the Variable_List, with commas of values escaped."""
    return ",".join(f"{name}={value}".replace(",", "\\,") for name, value in job.variables.items())


def path_of(job: Job, key: str, index: int | None) -> str:
    """Return an output path; a subjob's own has its index."""
    path = str(job.request[key])
    return path if index is None or index < 0 else path.replace("^array_index^", str(index))


def head(job: Job, task: Task | None, state: str, whole: bool) -> list[Attribute]:
    """Return the attributes before Resource_List; ``whole`` for those that a subjob's own record lacks."""
    index = task.id.subjob if task else None
    used = sorted(task.used.items()) if task else []
    request = job.request
    return [
        ("Job_Name", None, job.name),
        ("Job_Owner", None, f"{job.owner}@{SERVER}"),
        *(("resources_used", name, value) for name, value in used),
        ("job_state", None, state),
        ("queue", None, job.queue),
        ("server", None, SERVER),
        ("Account_Name", None, request["account"]),
        ("Checkpoint", None, "u" if whole else None),
        ("ctime", None, when(job.ctime)),
        ("depend", None, (write_depend(job) if whole else "") or None),
        ("Error_Path", None, path_of(job, "error", index)),
        ("exec_host", None, (task.exec_host if task else "") or None),
        ("exec_vnode", None, (task.exec_vnode if task else "") or None),
        ("Hold_Types", None, ("".join(sorted(job.holds, key="uos".index)) or "n") if whole else None),
        ("Join_Path", None, request["join"]),
        ("Keep_Files", None, request["keep"]),
        ("Mail_Points", None, request["mail_points"]),
        ("Mail_Users", None, request["mail_users"]),
        ("mtime", None, when(job.mtime)),
        ("Output_Path", None, path_of(job, "output", index)),
        ("Priority", None, request["priority"]),
        ("qtime", None, when(job.ctime)),
        ("Rerunable", None, str(bool(request["rerunable"]))),
        *(("Resource_List", name, value) for name, value in job.wanted.listed.items()),
    ]


def middle(job: Job, task: Task | None, substate: int, comment: str, whole: bool) -> list[Attribute]:
    """Return the attributes from stime to Submit_arguments."""
    own = task or job
    return [
        ("stime", None, when(own.stime)),
        ("obittime", None, when(own.obittime)),
        ("session_id", None, task.session if task and task.used else None),
        ("jobdir", None, job.variables["PBS_O_HOME"] if task and task.used else None),
        ("substate", None, substate),
        ("Variable_List", None, write_variables(job)),
        ("comment", None, comment or None),
        ("etime", None, when(job.ctime) if not job.holds or job.stime else None),
        ("umask", None, int(job.request["umask"]) if job.request["umask"] else None),
        ("run_count", None, task.run_count or None if task else None),
        ("Stageout_status", None, own.stageout),
        ("Exit_status", None, own.exit_status),
        ("Submit_arguments", None, job.request["arguments"] if whole else None),
    ]


def tail(job: Job, task: Task | None) -> list[Attribute]:
    """Return the attributes of arrays and subjobs, and the last ones."""
    found: list[Attribute] = []
    if job.array and task is None:
        counts = " ".join(f"{name}:{count}" for name, count in job.counts().items())
        left = [index for index in job.waiting if index is not None]
        found = [
            ("array", None, "True"),
            ("array_state_count", None, counts),
            ("array_indices_submitted", None, str(job.array)),
            ("array_indices_remaining", None, write_indices(left, job.array)),
            ("max_run_subjobs", None, job.max_run),
        ]
    elif job.array and task:
        found = [("array_id", None, str(job.id)), ("array_index", None, task.id.subjob)]
    history = task.history if task else job.history
    project = job.request["project"] or "_pbs_project_default"
    rest: list[Attribute] = [("history_timestamp", None, history or None), ("project", None, project)]
    return [*found, *rest, ("Submit_Host", None, SERVER)]


def fade(job: Job, index: int) -> list[Attribute]:
    """Return a subjob without a record of its own: its array's attributes, Exit_status and paths included."""
    state = job.state_of(index)
    comment = "Subjob finished" if state in "XF" else job.comment
    substate = 10 if state == "Q" else job.substate
    return [*head(job, None, state, True), *middle(job, None, substate, comment, True)]


def describe(job: Job, index: int | None) -> list[tuple[str, str | None, str]]:
    """Return a job's, an array's (index None) or a subjob's attributes, those that are set."""
    single = job.array is None
    task = job.tasks.get(None) if single else job.tasks.get(index) if index is not None else None
    if index is not None and task is None:
        found = fade(job, index)
    else:
        whole = index is None
        state, substate = (task.state, task.substate) if task else (job.state, job.substate)
        comment = (task.comment if task else "") or (job.comment if whole else "")
        found = [*head(job, task, state, whole), *middle(job, task, substate, comment, whole), *tail(job, task)]
    return [(name, resource, str(value)) for name, resource, value in found if value is not None]
