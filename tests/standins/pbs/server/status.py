"""What qstat and qselect ask for."""

from __future__ import annotations

from typing import Any

from pbs.names import JobId, read_id
from pbs.server.attributes import describe
from pbs.server.jobs import Hall, Job
from pbs.server.submit import RefusedError
from pbs.settings import Settings
from pbs.wire import SERVER

Request = dict[str, Any]
BRIEF = frozenset({"Job_Name", "Job_Owner", "job_state", "queue", "resources_used"})


class NotShownError(RefusedError):
    """A job that is not shown: the name is said with it; ``finished`` where the history has it."""

    def __init__(self, code: int, text: str, name: str, finished: bool = False) -> None:
        super().__init__(code, text)
        self.name, self.finished = name, finished


def find_named(hall: Hall, text: str, history: bool) -> tuple[Job, JobId]:
    """Return the job that a text names. NotShownError for one that is unknown, over or badly named."""
    name = read_id(text)
    job = hall.find(name)
    shown = str(name) if name else text if "." in text else f"{text}.{SERVER}"
    if history and not hall.settings["job_history_enable"]:
        raise NotShownError(171, "PBS is not configured to maintain job history", shown)
    wrong = name and job and name.subjob not in (None, -1) and not job.state_of(name.subjob or 0)
    if not name or not job or wrong:
        raise NotShownError(153, "Unknown Job Id", shown)
    if job.state == "F" and not history:
        raise NotShownError(35, "Job has finished", shown, finished=True)
    return job, name


def is_meant(job: Job, request: Request) -> bool:
    """Whether a job passes the filters that do not ask for its state."""
    users, queue = request.get("users"), request.get("queue")
    if (job.state == "F" and not request["history"]) or (request["arrays"] and job.array is None):
        return False
    name = request.get("name")
    return (not users or job.owner in users) and queue in (None, job.queue) and name in (None, job.name)


def expand(job: Job, request: Request) -> list[int | None]:
    """Return what is shown of a job: None for itself, the indices of its subjobs."""
    states = request.get("states")
    if not request["subjobs"] or job.array is None:
        return [None] if not states or job.state in states else []
    found: list[int | None] = [i for i in job.array.indices() if not states or job.state_of(i) in states]
    # The array itself comes with its subjobs, but for -Jt and where states are asked for.
    return found if states or request["arrays"] else [None, *found]


def write_name(job: Job, index: int | None) -> str:
    """Return the name of a job, array or subjob."""
    return str(job.id if index is None else job.id._replace(subjob=index))


def show(job: Job, index: int | None, request: Request) -> list[Any]:
    """Return a job's name and attributes, those of the short table only where no more are asked for."""
    found = describe(job, index)
    return [write_name(job, index), found if request["full"] else [a for a in found if a[0] in BRIEF]]


def status(hall: Hall, request: Request) -> Request:
    """Answer qstat."""
    if request["id"] is None:
        if request["history"] and not hall.settings["job_history_enable"]:
            raise NotShownError(171, "PBS is not configured to maintain job history", "")
        if request.get("queue") not in (None, *hall.settings["queues"]):
            raise NotShownError(170, "Unknown queue", request["queue"])
        jobs = [(job, index) for job in hall.jobs.values() if is_meant(job, request) for index in expand(job, request)]
    else:
        job, name = find_named(hall, request["id"], request["history"])
        index = None if name.subjob in (None, -1) else name.subjob
        jobs = [(job, index)] if index is not None else [(job, i) for i in expand(job, request)]
    return {"jobs": [show(job, index, request) for job, index in jobs]}


def select(hall: Hall, request: Request) -> Request:
    """Answer qselect: with -T the subjobs stand for their arrays."""
    if request["history"] and not hall.settings["job_history_enable"]:
        raise RefusedError(171, "PBS is not configured to maintain job history ")
    if (request.get("queue") or "").partition("@")[0] not in ("", *hall.settings["queues"]):
        raise RefusedError(170, "Unknown queue")
    ids: list[str] = []
    for job in hall.jobs.values():
        if is_meant(job, request) and (job.state == "F" or not request["only_history"]):
            ids += [
                write_name(job, i)
                for i in expand(job, request)
                if i is not None or not request["subjobs"] or not job.array
            ]
    return {"ids": ids}


def limits(known: Settings) -> list[tuple[str, str]]:
    """Return the limits of the server or of a queue, as attributes."""
    users = [(key, f"[u:PBS_GENERIC={known[key]}]") for key in ("max_queued", "max_run") if known.get(key)]
    return [*users, *([("max_array_size", str(known["max_array_size"]))] if known.get("max_array_size") else [])]


def server(hall: Hall, _: Request) -> Request:
    """Answer qstat -B -f."""
    jobs = str(sum(job.state != "F" for job in hall.jobs.values()))
    about = [("server_state", "Active"), ("server_host", SERVER), ("scheduling", "True"), ("total_jobs", jobs)]
    about += [("default_queue", str(hall.settings["default_queue"])), ("query_other_jobs", "True")]
    about += limits(hall.settings)
    return {"server": [*about, ("job_history_enable", str(hall.settings["job_history_enable"]))]}


def queues(hall: Hall, _: Request) -> Request:
    """Answer qstat -Q."""
    found = []
    for name, queue in hall.settings["queues"].items():
        states = [job.state for job in hall.jobs.values() if job.queue == name]
        letters = {
            "Transit": "T",
            "Queued": "Q",
            "Held": "H",
            "Waiting": "W",
            "Running": "R",
            "Exiting": "E",
            "Begun": "B",
        }
        counts = " ".join(f"{word}:{states.count(letter)}" for word, letter in letters.items())
        attributes = [
            ("queue_type", "Execution"),
            ("total_jobs", str(len(states))),
            ("state_count", counts),
            *limits(queue),
            *((f"resources_max.{key}", str(value)) for key, value in queue.get("resources_max", {}).items()),
            ("enabled", str(queue.get("enabled", True))),
            ("started", str(queue.get("started", True))),
        ]
        found.append((name, attributes))
    return {"queues": found}
