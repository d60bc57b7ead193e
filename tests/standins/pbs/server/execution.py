"""The execution hosts: start a task as mom does, watch it, end it (SIGTERM, a delay, SIGKILL), and take its end in."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time

from pbs.resources import write_time
from pbs.server.ends import finish, requeue
from pbs.server.jobs import Hall, Job, Task
from pbs.server.outputs import deliver, open_outputs, say, umask_of
from pbs.server.session import Process, find_sessions, kill_session

PATH = "/bin:/usr/bin"


def make_environment(hall: Hall, job: Job, task: Task, home: str, shell: str) -> dict[str, str]:
    """Return what a task sees; its login shell then reads the profile."""
    array = {"PBS_ARRAY_ID": str(job.id), "PBS_ARRAY_INDEX": str(task.id.subjob)} if job.array else {}
    name = str(task.id)
    return {
        "PATH": PATH,
        **job.variables,
        "ENVIRONMENT": "BATCH",
        "HOME": home,
        "LOGNAME": job.owner,
        "USER": job.owner,
        "SHELL": shell,
        "NCPUS": str(job.wanted.ncpus),
        "OMP_NUM_THREADS": str(job.wanted.ncpus),
        "PBS_ENVIRONMENT": "PBS_BATCH",
        "PBS_JOBCOOKIE": f"{job.id.number:032X}",
        "PBS_JOBDIR": home,
        "PBS_JOBID": name,
        "PBS_JOBNAME": job.name,
        "PBS_MOMPORT": "15003",
        "PBS_NODEFILE": os.path.join(hall.folder, "aux", name),
        "PBS_NODENUM": "0",
        "PBS_QUEUE": job.queue,
        "PBS_TASKNUM": "1",
        "TMPDIR": os.path.join(hall.folder, "tmp", f"pbs.{name}"),
        **array,
    }


def write_command(hall: Hall, job: Job, task: Task) -> bytes:
    """Return what the login shell reads: the path of the script's copy in the spool, or the command after --."""
    if job.request["command"]:
        words = [
            *job.request["command"][:1],
            *("'" + w.replace("'", "'\\''") + "'" for w in job.request["command"][1:]),
        ]
        return os.fsencode(" ".join(words) + "\n")
    path = os.path.join(hall.folder, "mom_priv", "jobs", f"{task.id}.SC")
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        file.write(job.request["script"])
    os.chmod(path, 0o700)
    return os.fsencode("".join(char if char.isalnum() or char in "/._-+" else f"\\{char}" for char in path) + "\n")


def start(hall: Hall, job: Job, task: Task) -> bool:
    """Start a task; returns False where mom could not (a missing log folder or home, a bad node)."""
    home = job.variables["PBS_O_HOME"]
    shell = job.request["shell"] or job.variables["PBS_O_SHELL"]
    if any(node in hall.settings["bad_nodes"] for node, _, _ in task.slots) or not os.path.isdir(home):
        return False
    try:
        out, err = open_outputs(hall, job, task, home)
    except OSError:
        return False
    environment = make_environment(hall, job, task, home, shell)
    os.makedirs(environment["TMPDIR"], 0o700, exist_ok=True)
    with open(environment["PBS_NODEFILE"], "w", encoding="utf-8") as file:
        file.write("".join(f"{node}\n" for node, _, _ in task.slots))
    words = [f"-{os.path.basename(shell)}"]
    try:
        task.process = subprocess.Popen(
            words, executable=shell, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=home, env=environment,
            start_new_session=True, umask=umask_of(job),
        )  # fmt: skip
    except OSError:
        return False
    finally:
        os.close(out)
        os.close(err)
    assert task.process.stdin
    with task.process.stdin as stdin:
        stdin.write(write_command(hall, job, task))
    task.session, task.begun = task.process.pid, time.monotonic()
    return True


def end(task: Task, why: str) -> None:
    """Ask a running task to end: SIGTERM to all of it."""
    if task.state == "R" and not task.termed:
        task.ending, task.termed = why, time.monotonic()
        kill_session(task.session, signal.SIGTERM)


def elapsed(hall: Hall, task: Task) -> float:
    """Return the walltime that a task has used."""
    return float((time.monotonic() - task.begun) * hall.settings["speed"])


def measure(hall: Hall, task: Task, ncpus: int, processes: list[Process]) -> int:
    """Note what a task uses; returns its memory in kB."""
    memory = sum(process.memory for process in processes)
    kept = int(task.used.get("mem", "0kb")[:-2])
    cpu = write_time(sum(process.cpu for process in processes))
    task.used = {
        "cpupercent": "0",
        "cput": max(cpu, task.used.get("cput", "00:00:00")),
        "mem": f"{max(memory, kept)}kb",
        "ncpus": str(ncpus),
        "vmem": f"{sum(process.virtual for process in processes)}kb",
        "walltime": write_time(elapsed(hall, task)),
    }
    task.substate = 42
    return memory


def watch(hall: Hall, sessions: dict[int, list[Process]]) -> None:
    """Hold every running task to its limits."""
    for job, task in hall.tasks("R"):
        seconds = int(elapsed(hall, task))
        processes = sessions.get(task.session, [])
        known = time.monotonic() > task.begun + hall.settings["sample"]  # mom tells nothing of what just started
        memory = measure(hall, task, job.wanted.ncpus, processes) if processes and known else 0
        limit = job.wanted.walltime
        if task.termed:
            continue
        if limit is not None and seconds > limit:
            say(task, f"=>> PBS: job killed: walltime {seconds} exceeded limit {limit}\n")
            end(task, "walltime")
        elif hall.settings["enforce_mem"] and 0 < job.wanted.memory < memory:
            say(task, f"=>> PBS: job killed: mem {memory}kb exceeded limit {job.wanted.memory}kb\n")
            end(task, "mem")


def reap(hall: Hall) -> None:
    """Take in what has ended: a task is over once its shell is, and what was asked to end is gone or killed."""
    clock = time.monotonic()
    sessions: dict[int, list[Process]] | None = None
    for job, task in hall.tasks("R"):
        if task.process and task.code is None and (code := task.process.poll()) is not None:
            task.code = code if code >= 0 else 256 - code
        late = task.termed and clock > task.termed + hall.settings["kill_delay"]
        if task.code is None:
            if late:
                kill_session(task.session, signal.SIGKILL)
            continue
        sessions = find_sessions() if sessions is None else sessions
        if sessions.get(task.session):
            if late or not task.termed:
                kill_session(task.session, signal.SIGKILL)
            continue
        task.gone = task.gone or clock
        if clock >= task.gone + hall.settings["dying" if task.termed else "epilogue"]:
            close(hall, job, task)
    for job, task in hall.tasks("E"):
        if clock >= task.exiting + hall.settings["exiting"]:
            finish(hall, job, task)


def close(hall: Hall, job: Job, task: Task) -> None:
    """A task's processes are gone: its output is delivered, and it is exiting or waits for another run."""
    seconds = write_time(elapsed(hall, task))
    task.used = {"cpupercent": "0", "cput": "00:00:00", "mem": "0kb", "ncpus": str(job.wanted.ncpus), "vmem": "0kb",
                 **task.used, "walltime": seconds}  # fmt: skip
    task.process = None
    name = str(task.id)
    shutil.rmtree(os.path.join(hall.folder, "tmp", f"pbs.{name}"), ignore_errors=True)
    for path in (("aux", name), ("mom_priv", "jobs", f"{name}.SC")):
        if os.path.exists(place := os.path.join(hall.folder, *path)):
            os.unlink(place)
    if task.ending == "rerun":
        requeue(job, task)
        return
    status = {"walltime": -29, "mem": -27}.get(task.ending, task.code or 0)
    task.exit_status, task.state, task.substate = status, "E", 51
    task.stageout = deliver(hall, job, task, status)
    task.exiting = time.monotonic()
    if job.array is None:
        job.state = "E"
