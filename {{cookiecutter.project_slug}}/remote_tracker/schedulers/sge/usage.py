"""What tasks on GridEngine used (qacct), and what running tasks use now (qstat -j)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ... import shell
from ...errors import WrongUse
from ...model.quantities import read_memory
from ...model.scheduling import LiveUse, Used
from ..snapshot import TIMEOUT_S
from ..used import UsageRow, read_used

NEARLY = 0.98  # share of h_vmem that counts as full: memory is measured some time before the end


def accounting_usage(jobs: Sequence[str]) -> tuple[Sequence[Used], str]:
    """Return what the tasks of these jobs used, as qacct tells, and "" or why it does not tell."""
    rows: list[UsageRow] = []
    why_not = ""
    for job in jobs:
        answer = shell.ask(["qacct", "-j", job], timeout=TIMEOUT_S)
        rows += read_accounts(answer.out)
        if answer.code and not re.search(r"job id \S+ not found", answer.complaint):  # not yet: qacct lags
            why_not = answer.complaint
    return read_used(rows), "" if rows else why_not


def read_accounts(text: str) -> Iterator[UsageRow]:
    """Yield a row for each task in qacct's answer; for a task that ran twice, its last run."""
    found: dict[str, UsageRow] = {}
    for part in re.split(r"^=+$", text, flags=re.MULTILINE):
        told = dict(re.findall(r"^(\w+)\s+(.*?)\s*$", part, re.MULTILINE))
        if "jobnumber" in told:
            found[f"{told['jobnumber']}_{told.get('taskid', '')}"] = _row(told)
    yield from found.values()


def _row(told: Mapping[str, str]) -> UsageRow:
    asked = re.search(r"h_vmem=([\d.]+[KMGTkmgt]?)\b", told.get("category", ""))
    state = "COMPLETED" if told.get("exit_status", "").split(" ")[0] == "0" else "FAILED"
    if state == "FAILED" and asked and _is_full(_memory(told), asked[1]):
        state = "OUT_OF_MEMORY"  # GridEngine's SIGKILL leaves no word where several processes share the limit
    return {
        "id": f"{told['jobnumber']}_{told.get('taskid', '')}",
        "state": state,
        "seconds": re.sub(r"\D.*", "", told.get("ru_wallclock", "0")) or "0",
        "memory": _memory(told),
        "asked": asked[1] if asked else "",
        "cpu": re.sub(r"[^\d.]", "", told.get("cpu", "0")),
        "cpus": told.get("slots", "1"),
    }


def _is_full(held: str, asked: str) -> bool:
    try:
        return read_memory(held or "0") >= read_memory(asked) * NEARLY
    except WrongUse:  # a text that is no memory
        return False


def _memory(told: Mapping[str, str]) -> str:
    return told.get("maxvmem", "").removesuffix("B")


def live_usage(jobs: Sequence[str]) -> LiveUse:
    """Return what the running tasks of these jobs use now.

    qstat -j tells their use; when they began, and their cores, only qstat -xml tells.
    """
    answer = shell.ask(["qstat", "-j", ",".join(jobs)], timeout=TIMEOUT_S)
    live = list(read_live(answer.out))
    listed = shell.ask(["qstat", "-u", "*", "-s", "r", "-xml"], timeout=TIMEOUT_S) if live else answer
    began = read_starts(listed.out) if live else {}
    return LiveUse(read_used({**row, **began.get(row["id"], {})} for row in live))


def read_starts(text: str) -> Mapping[str, UsageRow]:
    """Return, for each running task in qstat's XML, the seconds since it began, and its cores."""
    found: dict[str, UsageRow] = {}
    for listed in re.findall(r"<job_list .*?</job_list>", text, re.DOTALL):
        told = dict(re.findall(r"<(\w+)>([^<]*)</", listed))
        if {"JAT_start_time", "tasks", "JB_job_number"} <= told.keys():
            seconds = _seconds_since(told["JAT_start_time"])
            found[f"{told['JB_job_number']}_{told['tasks']}"] = {"seconds": seconds, "cpus": told.get("slots", "1")}
    return found


def _seconds_since(began: str) -> str:
    try:
        since = datetime.now() - datetime.fromisoformat(began)
    except (ValueError, TypeError):  # no time at all, or a time with a zone
        return ""
    return str(max(0, round(since.total_seconds())))


def read_live(text: str) -> Iterator[UsageRow]:
    """Yield a row for each running task in the answer of qstat -j.

    Its line is "usage 3: cpu=00:00:09, mem=0.1 GB s, ..., vmem=3.1M, maxvmem=3.1M" for task 3.
    """
    job, asked = "", ""
    for name, value in re.findall(r"^([\w ]+):\s+(.*)$", text, re.MULTILINE):
        if name == "job_number":
            job, asked = value.strip(), ""
        elif name == "hard resource_list" and (found := re.search(r"h_vmem=(\w+)", value)):
            asked = found[1]
        elif task := re.match(r"usage\s+(\d+)", name):
            told = dict(re.findall(r"(\w+)=([^,]+)", value))
            memory = told.get("maxvmem", "").strip()
            yield {
                "id": f"{job}_{task[1]}",
                "state": "RUNNING",
                "memory": memory if memory != "N/A" else "",
                "asked": asked,
                "cpu": told.get("cpu", ""),
            }
