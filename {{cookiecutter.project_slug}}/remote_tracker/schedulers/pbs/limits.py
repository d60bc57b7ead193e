"""PBS's limits: how long an array may be, how many jobs a user may have, and its queues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ... import shell
from ...model.quantities import is_count
from ..match import user_name
from ..snapshot import TIMEOUT_S, complaint_of


def read_limit(asked: Mapping[str, str]) -> tuple[int, str]:
    """Return how many tasks a new array may have, and the limit's name; -1 where PBS does not tell.

    The server and the queue that is ``asked`` for may each limit an array's length and how many jobs a user has queued.
    """
    server = read_objects(shell.ask(["qstat", "-B", "-f"], timeout=TIMEOUT_S).out)
    about = next(iter(server.values()), {})
    name = asked.get("partition") or about.get("default_queue", "")
    queue = read_objects(shell.ask(["qstat", "-Q", "-f", name], timeout=TIMEOUT_S).out) if name else {}
    limits = [*_limits_of(about, ""), *_limits_of(queue.get(name, {}), name)]
    return min(limits, default=(-1, ""))


def _limits_of(about: Mapping[str, str], queue: str) -> Iterator[tuple[int, str]]:
    where = f" of queue {queue}" if queue else ""
    if is_count(about.get("max_array_size", "")):
        yield int(about["max_array_size"]), f"max_array_size{where}"
    told = dict(re.findall(r"\[u:([^=\]]+)=(\d{1,9})\]", about.get("max_queued", "")))
    if own := told.get(user_name()) or told.get("PBS_GENERIC"):  # [u:PBS_GENERIC=5],[u:ann=9]: ann's own limit counts
        yield max(0, int(own) - _count_mine(queue)), f"your limit of queued jobs{where}"


def _count_mine(queue: str) -> int:
    """Return how many jobs this user has queued, in one queue or ("") in all; subjobs count, their arrays do not."""
    argv = ["qselect", "-T", "-u", user_name(), *(["-q", queue] if queue else [])]
    lines = shell.ask(argv, timeout=TIMEOUT_S).out.split()
    return sum("[]" not in line for line in lines)


def read_objects(text: str) -> Mapping[str, Mapping[str, str]]:
    """Return the objects that qstat -B -f or -Q -f prints, as name -> attribute -> value; wrapped lines are joined."""
    found: dict[str, dict[str, str]] = {}
    about: dict[str, str] = {}
    for line in text.replace("\n\t", "").splitlines():
        if title := re.match(r"(?:Server|Queue): (\S+)", line):
            about = found.setdefault(title[1], {})
        elif pair := re.match(r"\s+(\S+) = (.*)", line):
            about[pair[1]] = pair[2]
    return found


def hides_jobs() -> bool:
    """Return whether the server shows a user no other person's jobs."""
    server = read_objects(shell.ask(["qstat", "-B", "-f"], timeout=TIMEOUT_S).out)
    return any(about.get("query_other_jobs") == "False" for about in server.values())


def find_partitions() -> tuple[Sequence[Mapping[str, str]], str]:
    """Return the queues with their limits, and "" or why they cannot be told."""
    answer = shell.ask(["qstat", "-Q", "-f"], timeout=TIMEOUT_S)
    if answer.code:
        return [], complaint_of(answer)
    server = next(iter(read_objects(shell.ask(["qstat", "-B", "-f"], timeout=TIMEOUT_S).out).values()), {})
    return [_queue_told(name, about, server) for name, about in read_objects(answer.out).items()], ""


def _queue_told(name: str, about: Mapping[str, str], server: Mapping[str, str]) -> Mapping[str, str]:
    takes = {("True", "True"): "up", ("True", "False"): "stopped"}
    memory = re.sub(r"(?i)b$", "", about.get("resources_max.mem", "0"))
    return {
        "partition": name + ("*" if name == server.get("default_queue") else ""),
        "state": takes.get((about.get("enabled", ""), about.get("started", "")), "closed"),
        "walltime": about.get("resources_max.walltime", "infinite"),
        "cpus": about.get("resources_max.ncpus", "0"),
        "memory": memory.upper(),
        "gpus": about.get("resources_max.ngpus", ""),
        "nodes": about.get("resources_max.nodect", ""),
    }
