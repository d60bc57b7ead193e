"""Processes as the execution host sees them: by their session, in /proc."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE") // 1024


class Process(NamedTuple):
    """One process: kB of memory, seconds of CPU time."""

    pid: int
    session: int
    memory: int
    virtual: int
    cpu: float


def read_stat(text: str) -> Process | None:
    """Return the process of a /proc/N/stat; None for a zombie."""
    pid, _, rest = text.partition(" ")
    fields = rest[rest.rindex(")") + 2 :].split()
    if fields[0] in "ZX":
        return None
    cpu = sum(map(int, fields[11:15])) / TICKS
    return Process(int(pid), int(fields[3]), int(fields[21]) * PAGE, int(fields[20]) // 1024, cpu)


def find_sessions() -> dict[int, list[Process]]:
    """Return every living process, by session."""
    found: dict[int, list[Process]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with suppress(OSError), open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                if process := read_stat(file.read()):
                    found.setdefault(process.session, []).append(process)
    return found


def kill_session(session: int, number: int, leader: bool = True) -> None:
    """Send a signal to each process of a session: its leader first, so that it ends by it (271), or not at all."""
    for process in sorted(find_sessions().get(session, []), key=lambda p: p.pid != session):
        if leader or process.pid != session:
            with suppress(ProcessLookupError):
                os.kill(process.pid, number)


def find_strays(folder: str) -> list[int]:
    """Return the processes of jobs of the stand-in in a folder, whatever session they went to."""
    mark = b"PBS_NODEFILE=" + os.fsencode(folder) + b"/aux/"
    strays = []
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != os.getpid():
            with suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                if any(part.startswith(mark) for part in file.read().split(b"\0")):
                    strays.append(int(name))
    return strays


def end_strays(folder: str) -> None:
    """Kill what jobs left behind."""
    while strays := find_strays(folder):
        for pid in strays:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
