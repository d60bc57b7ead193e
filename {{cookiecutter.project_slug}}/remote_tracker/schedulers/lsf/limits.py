"""LSF's limits: how long an array may be, how many jobs a user may have waiting, and its queues."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ... import shell
from ...model.quantities import is_count
from ..snapshot import TIMEOUT_S

USUAL_ARRAY = 1000  # tasks an array may have where bparams does not tell


def read_limit(_asked: Mapping[str, str]) -> tuple[int, str]:
    """Return how many tasks a new array may have, and the limit's name; -1 where LSF does not tell."""
    params = _read_params()
    if not params:
        return -1, ""
    most = int(params["MAX_JOB_ARRAY_SIZE"]) if is_count(params.get("MAX_JOB_ARRAY_SIZE", "")) else USUAL_ARRAY
    return min([(most, "MAX_JOB_ARRAY_SIZE"), *_read_user_limit()])


def _read_params() -> Mapping[str, str]:
    """Return the cluster's settings by name: bparams -a prints NAME = value for each, with words behind it."""
    told = shell.ask(["bparams", "-a"], timeout=TIMEOUT_S).out
    return dict(re.findall(r"^\s*([A-Z_]{4,})\s*=\s*(\S+)", told, re.MULTILINE))


def _read_user_limit() -> Iterator[tuple[int, str]]:
    """Yield how many more jobs this user may have waiting, and the limit's name; nothing where there is no limit."""
    told = shell.ask(["busers", "-w"], timeout=TIMEOUT_S).out.splitlines()
    rows = [dict(zip(told[0].split(), line.split(), strict=False)) for line in told[1:]]
    for row in rows:
        if is_count(row.get("MPJOBS", "")) and is_count(row.get("PJOBS", "")):
            yield max(0, int(row["MPJOBS"]) - int(row["PJOBS"])), "your limit of pending jobs"


def hides_jobs() -> bool:
    """Return whether LSF shows this user no other person's jobs; root sees all jobs."""
    return os.getuid() != 0 and _read_params().get("SECURE_JOB_INFO_LEVEL", "0") != "0"


def find_partitions() -> tuple[Sequence[Mapping[str, str]], str]:
    """Return the queues with their limits, and "" or why they cannot be told."""
    answer = shell.ask(["bqueues", "-l"], timeout=TIMEOUT_S)
    queues = re.split(r"^QUEUE: ", answer.out, flags=re.MULTILINE)[1:]
    return [_queue_told(queue) for queue in queues if queue.strip()], "" if queues else answer.complaint


def _queue_told(text: str) -> Mapping[str, str]:
    """Return one queue's row for the screen, from the queue's part of bqueues -l."""
    name = text.split(None, 1)[0]
    status = re.search(r"\b(Open|Closed):(\w+)", text)
    limits = _read_limits(text)
    hosts = re.search(r"^HOSTS:\s+(.*)$", text, re.MULTILINE)
    return {
        "partition": name + ("*" if "This is the default queue" in text else ""),
        "state": _state(status[1], status[2]) if status else "",
        "walltime": _clock(limits["RUNLIMIT"]) if "RUNLIMIT" in limits else "infinite",
        "cpus": "0",
        "memory": limits.get("MEMLIMIT", "0").replace(" ", ""),
        "gpus": "",
        "nodes": hosts[1].strip() if hosts else "",
    }


def _state(opened: str, active: str) -> str:
    if opened == "Closed":
        return "closed"
    return "up" if active.startswith("Act") else "stopped"


def _read_limits(text: str) -> Mapping[str, str]:
    """Return the maximum limits of a queue by name: bqueues -l prints a line of names, then a line of values."""
    lines = text.partition("MAXIMUM LIMITS:")[2].splitlines() or text.splitlines()
    found: dict[str, str] = {}
    for names, values in pairwise(lines):
        if re.fullmatch(r"\s*\w+LIMIT(\s+\w+LIMIT)*\s*", names):
            told = re.findall(r"[\d.]+(?: min(?: of \S+)?| [KMGT]\b)?", values)
            found |= dict(zip(names.split(), told, strict=False))
    return found


def _clock(told: str) -> str:
    found = re.match(r"\d{1,9}", told, re.ASCII)
    minutes = int(found[0]) if found else 0
    return f"{minutes // 60}:{minutes % 60:02d}:00" if minutes else "infinite"
