"""GridEngine's limits: how many tasks an array may have, how many jobs a user may have, and its queues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ... import shell
from ..match import user_name
from ..snapshot import TIMEOUT_S, complaint_of


def read_limit(_asked: Mapping[str, str]) -> tuple[int, str]:
    """Return how many tasks a new array may have, and the limit's name.

    -1 means that no limit is told, 0 that the user may submit no further job. An array is one job, however many tasks
    it has. (In sge_conf(5) 0 means no limit.)
    """
    told = shell.ask(["qconf", "-sconf"], timeout=TIMEOUT_S).out
    limits = {name: int(value) for name, value in re.findall(r"^(max_\w+)\s+(\d{1,9})$", told, re.MULTILINE | re.ASCII)}
    if (most := limits.get("max_u_jobs", 0)) and _count_mine() >= most:
        return 0, f"max_u_jobs {most}"
    tasks = limits.get("max_aj_tasks", 0)
    return (tasks, f"max_aj_tasks {tasks}") if tasks else (-1, "")


def _count_mine() -> int:
    listed = shell.ask(["qstat", "-u", user_name()], timeout=TIMEOUT_S).out.splitlines()
    return len({line.split()[0] for line in listed if line.split()[:1] and line.split()[0].isdecimal()})


def find_partitions() -> tuple[Sequence[Mapping[str, str]], str]:
    """Return the queues with their limits, and "" or why they cannot be told."""
    answer = shell.ask(["qconf", "-sq", "*"], timeout=TIMEOUT_S)
    if answer.code:
        return [], complaint_of(answer)
    return [_queue_told(about) for about in read_queues(answer.out)], ""


def read_queues(text: str) -> Iterator[Mapping[str, str]]:
    """Yield each queue that qconf -sq prints, as its attributes by name; continued lines are joined."""
    about: dict[str, str] = {}
    for name, value in re.findall(r"^(\w+)\s+(.*)$", re.sub(r"\\\n\s*", "", text), re.MULTILINE):
        if name == "qname":
            if "qname" in about:
                yield about
            about = {}
        about[name] = value.strip()
    if "qname" in about:
        yield about


def _queue_told(about: Mapping[str, str]) -> Mapping[str, str]:
    """Return a queue's row for the screen; INFINITY is no limit.

    The memory is 0: h_vmem is a limit for each core, so no task's memory is compared with it.
    """
    walltime = about.get("h_rt", "INFINITY").partition(",")[0]  # behind a comma stand hosts with other limits
    return {
        "partition": about["qname"],
        "state": "up",
        "walltime": walltime.lower().replace("infinity", "infinite"),
        "cpus": "0",
        "memory": "0",
        "gpus": "",
        "nodes": about.get("hostlist", ""),
    }
