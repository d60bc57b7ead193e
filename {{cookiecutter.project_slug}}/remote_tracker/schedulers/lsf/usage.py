"""What tasks on LSF used, and what those that run use just now: bjobs tells both, for an hour after their end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ... import shell
from .limits import TIMEOUT_S
from .queue import read_records

FIELDS = "jobid jobindex stat run_time max_mem memlimit cpu_used slots"
STATES = {"DONE": "COMPLETED", "EXIT": "FAILED", "RUN": "RUNNING", "PEND": "PENDING"}
FORGOTTEN = "LSF tells no more of them (it forgets what ended an hour ago; bacct -l does not)"
Row = Mapping[str, str]


def find_usage(jobs: Sequence[str]) -> tuple[Sequence[Row], str]:
    """Return what the tasks of these jobs used, while bjobs remembers them; or why that cannot be told."""
    rows, why_not = _find(jobs)
    ended = [row for row in rows if row["state"] in ("COMPLETED", "FAILED")]
    return ended, why_not


def find_live(jobs: Sequence[str]) -> tuple[Sequence[Row], str]:
    """Return what the tasks of these jobs that run use just now. What a GPU does is not asked for."""
    rows, why_not = _find(jobs)
    live = [row for row in rows if row["state"] == "RUNNING"]
    return live, "" if why_not == FORGOTTEN else why_not


def _find(jobs: Sequence[str]) -> tuple[Sequence[Row], str]:
    answer = shell.ask(["bjobs", "-a", "-o", FIELDS, "-json", *jobs], timeout=TIMEOUT_S)
    try:
        records = read_records(answer)
    except ValueError as error:
        return [], FORGOTTEN if "is not found" in str(error) else str(error)
    rows = [_row(record) for record in records if record.get("STAT")]
    return rows, "" if rows else FORGOTTEN


def _row(record: Mapping[str, Any]) -> Row:
    told = {name: str(value) for name, value in record.items()}
    return {
        "id": f"{told.get('JOBID', '')}_{told.get('JOBINDEX', '')}",
        "state": STATES.get(told["STAT"], told["STAT"]),
        **_time(told.get("RUN_TIME", "")),
        "memory": _memory(told.get("MAX_MEM", "")),
        "asked": _memory(told.get("MEMLIMIT", "")),
        "cpu": _number(told.get("CPU_USED", "")),
        "cpus": _number(told.get("SLOTS", "")) or "1",
    }


def _time(told: str) -> Row:
    """Return "57 second(s)" as seconds, "00:00:57" (as some clusters have it) as a clock."""
    return {"clock": told} if ":" in told else {"seconds": _number(told).partition(".")[0]}


def _number(told: str) -> str:
    found = re.match(r"[\d:.]*\d", told.strip())
    return found[0] if found else ""


def _memory(told: str) -> str:
    """Return 5.2 Gbytes, and 37.1 G, as 5.2G and 37.1G."""
    found = re.match(r"([\d.]+)\s*([KMGT])", told.strip())
    return f"{found[1]}{found[2]}" if found else ""
