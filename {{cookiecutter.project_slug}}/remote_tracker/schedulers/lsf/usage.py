"""What tasks on LSF used, and what running tasks use now: bjobs tells both, until an hour after a task's end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ... import shell
from ...model.scheduling import LiveUse, Used
from ..snapshot import TIMEOUT_S
from ..used import UsageRow, read_used
from .queue import read_records

FIELDS = "jobid jobindex stat run_time max_mem memlimit cpu_used slots"
STATES = {"DONE": "COMPLETED", "EXIT": "FAILED", "RUN": "RUNNING", "PEND": "PENDING"}
FORGOTTEN = "LSF tells no more of them (it forgets what ended an hour ago; bacct -l does not)"


def accounting_usage(jobs: Sequence[str]) -> tuple[Sequence[Used], str]:
    """Return what the ended tasks of these jobs used, while bjobs remembers them, and "" or why it does not tell."""
    used, why_not = _find(jobs)
    is_forgotten = not used and not why_not
    return [task for task in used if task.state in ("COMPLETED", "FAILED")], FORGOTTEN if is_forgotten else why_not


def live_usage(jobs: Sequence[str]) -> LiveUse:
    """Return what the running tasks of these jobs use now, without GPUs: LSF is not asked about them."""
    used, why_not = _find(jobs)
    live = [task for task in used if task.state == "RUNNING"]
    return LiveUse(live, why_not=why_not)


def _find(jobs: Sequence[str]) -> tuple[Sequence[Used], str]:
    """Return what bjobs tells of the jobs' tasks, none where it forgot the jobs, and "" or why it does not answer."""
    answer = shell.ask(["bjobs", "-a", "-o", FIELDS, "-json", *jobs], timeout=TIMEOUT_S)
    try:
        records = read_records(answer)
    except ValueError as error:
        return [], "" if "is not found" in str(error) else str(error)
    return read_used(_row(record) for record in records if record.get("STAT")), ""


def _row(record: Mapping[str, Any]) -> UsageRow:
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


def _time(told: str) -> UsageRow:
    """Return a run time as a row's field: "57 second(s)" as seconds, "00:00:57" (on some clusters) as a clock."""
    return {"clock": told} if ":" in told else {"seconds": _number(told).partition(".")[0]}


def _number(told: str) -> str:
    found = re.match(r"[\d:.]*\d", told.strip())
    return found[0] if found else ""


def _memory(told: str) -> str:
    """Return a memory without space and unit's name: 5.2 Gbytes as 5.2G, 37.1 G as 37.1G."""
    found = re.match(r"([\d.]+)\s*([KMGT])", told.strip())
    return f"{found[1]}{found[2]}" if found else ""
