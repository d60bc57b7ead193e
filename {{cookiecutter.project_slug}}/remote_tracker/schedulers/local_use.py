"""What tasks that run on this machine use now: each task's process and all that it started, from /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..model.scheduling import Used
from ..named_tuple import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024


class Process(NamedTuple):
    """A process, as /proc tells of it."""

    parent: int
    cpu_s: float  # the CPU time of the process and its ended children, s
    began_s: float  # when it began, s since the boot
    memory_kib: int  # what it holds in memory now


def find_use(tasks: Iterable[tuple[int, int]], cpus: int, proc: Path = Path("/proc")) -> list[Used]:
    """Return what tasks use now, each given as (its number, its process); a process that is gone is left out.

    ``cpus`` is how many cores a task asks for. Memory that processes share counts for each of them.
    """
    known = dict(_look(proc))
    children: dict[int, list[int]] = {}
    for pid, process in known.items():
        children.setdefault(process.parent, []).append(pid)
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    return [_sum_up(task, pid, known, children, cpus, now) for task, pid in tasks if pid in known]


def _sum_up(
    task: int, pid: int, known: Mapping[int, Process], children: Mapping[int, list[int]], cpus: int, now: float
) -> Used:
    family = [pid]
    for one in family:
        family += children.get(one, [])
    memory = sum(known[one].memory_kib for one in family)
    cpu_s = sum(known[one].cpu_s for one in family)
    return Used(str(task), "RUNNING", max(1, round(now - known[pid].began_s)), memory, 0, cpu_s, cpus)


def _look(proc: Path) -> Iterator[tuple[int, Process]]:
    for name in filter(str.isdecimal, os.listdir(proc)):
        try:
            fields = (proc / name / "stat").read_bytes().rpartition(b") ")[2].split()
            own, ended = fields[11:13], fields[13:15]
            cpu_s = sum(map(int, (*own, *ended))) / TICKS
            yield int(name), Process(int(fields[1]), cpu_s, int(fields[19]) / TICKS, int(fields[21]) * PAGE_KIB)
        except (OSError, ValueError, IndexError):  # it ended just now
            continue
