"""The scheduler: in the order of submission, each job where it fits; who does not fit is passed over."""

from __future__ import annotations

import time

from pbs.resources import read_size
from pbs.server.ends import begin, fail_start
from pbs.server.execution import start
from pbs.server.jobs import Hall, Job, Task

Room = dict[str, tuple[int, int]]


def find_room(hall: Hall) -> Room:
    """Return each node's free CPUs and kB."""
    room = {name: (node["ncpus"], read_size(node["mem"])) for name, node in hall.settings["nodes"].items()}
    for _, task in hall.tasks("RE"):
        for name, cpus, memory in task.slots:
            if name in room:
                room[name] = room[name][0] - cpus, room[name][1] - memory
    return room


def place(job: Job, room: Room) -> list[tuple[str, int, int]] | None:
    """Return a node, CPUs and kB for each chunk; None where they do not fit now."""
    left, slots = dict(room), []
    for _ in range(job.wanted.chunks):
        fits = [n for n, (cpus, memory) in left.items() if cpus >= job.wanted.ncpus and memory >= job.wanted.memory]
        if not fits:
            return None
        cpus, memory = left[fits[0]]
        left[fits[0]] = cpus - job.wanted.ncpus, memory - job.wanted.memory
        slots.append((fits[0], job.wanted.ncpus, job.wanted.memory))
    return slots


def explain(hall: Hall, job: Job) -> str:
    """Return the comment of a job that does not fit: now, or (no node is large enough) ever."""
    nodes = hall.settings["nodes"].values()
    cpus = max(node["ncpus"] for node in nodes)
    memory, size = max((read_size(node["mem"]), node["mem"]) for node in nodes)
    never = "Can Never Run: Insufficient amount of resource: "
    if job.wanted.ncpus > cpus:
        return f"{never}ncpus (R: {job.wanted.ncpus} A: {cpus} T: {cpus})"
    if job.wanted.memory > memory:
        return f"{never}mem (R: {job.wanted.listed['mem']} A: {size} T: {size})"
    return "Not Running: Insufficient amount of resource: ncpus"


def may_start(hall: Hall, job: Job) -> bool:
    """Whether a job may start one more task now, room aside."""
    queue = hall.settings["queues"].get(job.queue, {})
    if job.holds or not job.waiting or job.state not in "QB" or not queue.get("started", True):
        return False
    if job.max_run is not None and len(job.live) >= job.max_run:
        return False
    for limit, where in ((hall.settings["max_run"], None), (queue.get("max_run"), job.queue)):
        mine = [other for other, _ in hall.tasks("RE") if other.owner == job.owner and where in (None, other.queue)]
        if limit is not None and len(mine) >= limit:
            job.comment = (
                job.comment or f"Not Running: User has reached {'queue' if where else 'server'} running limit."
            )
            return False
    return True


def next_task(job: Job) -> Task | None:
    """Return the waiting task that may be tried first."""
    clock = time.monotonic()
    for index in job.waiting:
        task = job.tasks.get(index)
        if task is None:
            return Task(job.id._replace(subjob=index))
        if task.not_before <= clock:
            return task
    return None


def launch(hall: Hall, job: Job, task: Task, slots: list[tuple[str, int, int]]) -> None:
    """Start a task on its nodes."""
    job.tasks[task.id.subjob] = job.live[task.id.subjob] = task
    job.waiting.pop(task.id.subjob)
    task.slots, task.run_count, task.exit_status, task.used = slots, task.run_count + 1, None, {}
    times = "" if job.wanted.ncpus == 1 else f"*{job.wanted.ncpus}"
    memory = f":mem={job.wanted.memory}kb" if job.wanted.memory else ""
    task.exec_host = "+".join(f"{node}/{slot}{times}" for slot, (node, _, _) in enumerate(slots, free_slot(hall, task)))
    task.exec_vnode = "+".join(f"({node}:ncpus={cpus}{memory})" for node, cpus, _ in slots)
    if start(hall, job, task):
        begin(hall, job, task)
    else:
        fail_start(hall, job, task)


def free_slot(hall: Hall, mine: Task) -> int:
    """Return the number that exec_host shows: the first that no other task on the node has."""
    first = f"{mine.slots[0][0]}/"
    hosts = [host for _, other in hall.tasks("RE") if other is not mine and (host := other.exec_host).startswith(first)]
    numbers = {int(host.rpartition("/")[2].partition("*")[0]) for host in hosts}
    return next(number for number in range(len(numbers) + 1) if number not in numbers)


def schedule(hall: Hall) -> None:
    """Start what can start."""
    room = find_room(hall)
    for job in list(hall.jobs.values()):
        while may_start(hall, job) and (task := next_task(job)):
            slots = place(job, room)
            if slots is None:
                job.comment = job.comment if job.stime else explain(hall, job)
                break
            launch(hall, job, task, slots)
            room = find_room(hall)
