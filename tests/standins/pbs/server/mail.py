"""Mail: what PBS would send is appended to the file ``mail`` in the stand-in's folder."""

from __future__ import annotations

import os

from pbs.server.jobs import Hall, Job, Task
from pbs.wire import SERVER


def send(hall: Hall, job: Job, task: Task | None, point: str, text: str) -> None:
    """Note a mail where -m asks for one; a subjob's only with j among the points."""
    points = job.request["mail_points"]
    if point not in points or (task and job.array and "j" not in points):
        return
    name = task.id if task else job.id
    to = job.request["mail_users"] or f"{job.owner}@{SERVER}"
    with open(os.path.join(hall.folder, "mail"), "a", encoding="utf-8") as file:
        file.write(f"To: {to} \nSubject: PBS JOB {name}\n\nPBS Job Id: {name}\nJob Name:   {job.name}\n{text}\n\n")


def write_end(status: int | None, used: dict[str, str]) -> str:
    """Return the text of a mail at a job's end."""
    lines = [f"resources_used.{name}={value}" for name, value in sorted(used.items())]
    return "\n".join(["Execution terminated", f"Exit_status={status or 0}", *lines])
