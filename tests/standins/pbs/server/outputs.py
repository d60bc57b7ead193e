"""Where a task's output goes: spooled and copied at its end, or (-k with d) written where it belongs."""

from __future__ import annotations

import os
import shutil

from pbs.server.jobs import Hall, Job, Task


def umask_of(job: Job) -> int:
    """Return the umask of a job's files."""
    return int(job.request["umask"] or "077", 8)


def find_target(job: Job, task: Task, stream: str) -> str:
    """Return the file that output ("o") or errors ("e") are meant for."""
    path = job.request["output" if stream == "o" else "error"].partition(":")[2]
    if task.id.subjob is not None:
        path = path.replace("^array_index^", str(task.id.subjob))
    if path.endswith("/") or os.path.isdir(path):
        path = os.path.join(path, f"{task.id}.{'OU' if stream == 'o' else 'ER'}")
    return str(path)


def find_home_file(job: Job, task: Task, stream: str, home: str) -> str:
    """Return where -k (without d) keeps a stream: in the home folder, under the default name."""
    end = f".{task.id.subjob}" if task.id.subjob is not None else ""
    return os.path.join(home, f"{job.name}.{stream}{job.id.number}{end}")


def find_file(hall: Hall, job: Job, task: Task, stream: str, home: str) -> str:
    """Return the file that a stream is written to while the task runs."""
    keep = job.request["keep"]
    if stream not in keep:
        return os.path.join(hall.folder, "spool", f"{task.id}.{'OU' if stream == 'o' else 'ER'}")
    return find_target(job, task, stream) if "d" in keep else find_home_file(job, task, stream, home)


def streams_of(job: Job) -> tuple[str, str]:
    """Return the streams that stdout and stderr are part of: -j oe joins them in the output."""
    return {"oe": ("o", "o"), "eo": ("e", "e")}.get(job.request["join"], ("o", "e"))


def open_outputs(hall: Hall, job: Job, task: Task, home: str) -> tuple[int, int]:
    """Return the descriptors of stdout and stderr, both appending. OSError where a folder is missing."""
    first, second = (find_file(hall, job, task, stream, home) for stream in streams_of(job))
    task.files = first, second
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    out = os.open(first, flags, 0o666 & ~umask_of(job))
    try:
        return out, os.dup(out) if first == second else os.open(second, flags, 0o666 & ~umask_of(job))
    except OSError:
        os.close(out)
        raise


def say(task: Task, text: str) -> None:
    """Add a line of the execution host's own to a task's errors."""
    with open(task.files[1], "a", encoding="utf-8") as file:
        file.write(text)


def write_target(source: str, target: str, mask: int) -> None:
    """Copy a spooled file over what may be there."""
    with open(source, "rb") as there:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666 & ~mask)
        with open(descriptor, "wb") as here:
            shutil.copyfileobj(there, here)


def deliver(hall: Hall, job: Job, task: Task, status: int) -> int:
    """Bring a task's spooled output where it belongs; returns Stageout_status: 0 where a file is undelivered."""
    stageout = 1
    for stream, source in dict(zip(streams_of(job), task.files, strict=True)).items():
        target = find_target(job, task, stream)
        spooled = os.path.dirname(source) == os.path.join(hall.folder, "spool")
        if stream in job.request["remove"] and status == 0:
            os.unlink(source)
        elif spooled:
            try:
                write_target(source, target, umask_of(job))
                os.unlink(source)
            except OSError:
                os.replace(source, os.path.join(hall.folder, "undelivered", os.path.basename(source)))
                stageout = 0
    return stageout
