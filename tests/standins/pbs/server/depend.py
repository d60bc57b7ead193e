"""Dependencies, as the real server keeps them: by the parent's Exit_status, and silent where they cannot be met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbs.names import JobId, read_id
from pbs.wire import SERVER

if TYPE_CHECKING:
    from pbs.server.jobs import Hall, Job

BEFORE = {"after": "before", "afterok": "beforeok", "afternotok": "beforenotok", "afterany": "beforeany"}


def is_met(kind: str, parent: Job) -> bool | None:
    """Whether a dependency on a job is met, can no longer be (False), or is open (None)."""
    if kind == "after":
        return True if parent.state not in "QH" else None
    if parent.state != "F":
        return None
    fine = not parent.exit_status
    return {"afterok": fine, "afternotok": not fine}.get(kind, True)


def end_silently(job: Job) -> None:
    """End a job that will never run: state F, no Exit_status, no comment."""
    job.state, job.substate = "F", 92
    job.waiting.clear()
    for task in job.tasks.values():
        task.state, task.substate = "F", 92


def register(hall: Hall, job: Job, asked: list[tuple[str, str]]) -> None:
    """Note a new job's dependencies. An unknown id is accepted, and the job over at once."""
    for kind, text in asked:
        name = read_id(text) or JobId(-1, None)
        parent = hall.find(name)
        met = is_met(kind, parent) if parent and kind in BEFORE else False
        if met:
            continue
        job.depend.append((kind, name))
        if met is None and parent:
            parent.before.append((BEFORE[kind], job.id))
        else:
            end_silently(job)
    if job.depend and job.state != "F":
        job.holds.add("s")


def look(hall: Hall, parent: Job) -> list[Job]:
    """Release or end what depends on a job that has begun or is over; returns those that changed."""
    changed = []
    for other in [hall.find(name) for _, name in parent.before]:
        if other is None or other.state == "F":
            continue
        verdicts = {pair: is_met(pair[0], parent) for pair in other.depend if pair[1] == parent.id}
        if False in verdicts.values():
            end_silently(other)
        else:
            other.depend = [pair for pair in other.depend if not verdicts.get(pair)]
            if not other.depend:
                other.holds.discard("s")
        if any(met is not None for met in verdicts.values()):
            changed.append(other)
    # What has begun only is no longer told of; the rest of the list stays to be read in the history.
    parent.before = [pair for pair in parent.before if pair[0] != "before" or parent.state in "QH"]
    return changed


def write_depend(job: Job) -> str:
    """Return a job's depend attribute: what it waits for, what waits for it."""
    kinds: dict[str, list[str]] = {}
    for kind, name in [*job.depend, *job.before]:
        kinds.setdefault(kind, []).append(f"{name}@{SERVER}")
    return ",".join(f"{kind}:{':'.join(names)}" for kind, names in kinds.items())
