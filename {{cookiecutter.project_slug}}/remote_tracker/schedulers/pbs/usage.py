"""What tasks on PBS used, and what running tasks use now: both stand in qstat's records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ... import shell
from ...model.scheduling import LiveUse, Used
from ..snapshot import TIMEOUT_S, complaint_of
from ..used import UsageRow, read_used


def accounting_usage(jobs: Sequence[str]) -> tuple[Sequence[Used], str]:
    """Return what the ended tasks of these jobs used, from the job history, and "" or why it cannot be told."""
    return _find(jobs, ["-x"], lambda state: state in ("X", "F"))


def live_usage(jobs: Sequence[str]) -> LiveUse:
    """Return what the running tasks of these jobs use now, without GPUs: PBS does not tell about them."""
    used, why_not = _find(jobs, [], lambda state: state in ("R", "E", "S", "U"))
    return LiveUse(used, why_not="" if re.search("has finished|Unknown Job Id", why_not) else why_not)


def _find(jobs: Sequence[str], options: Sequence[str], wanted: Any) -> tuple[Sequence[Used], str]:
    rows: list[UsageRow] = []
    why_not = ""
    for job in jobs:  # given several ids, qstat -F json prints the first job alone
        answer = shell.ask(["qstat", *options, "-t", "-f", "-F", "json", job], timeout=TIMEOUT_S)
        try:
            told = json.loads(answer.out, strict=False)["Jobs"]
        except (ValueError, LookupError, TypeError):
            told = {}
        told = told if isinstance(told, dict) else {}
        rows += _read_rows(told, wanted)
        if not told:
            why_not = complaint_of(answer)
    return read_used(rows), "" if rows else why_not


def _read_rows(told: Mapping[str, Any], wanted: Any) -> Iterator[UsageRow]:
    """Yield a row for each subjob in a wanted state; the array's own record is skipped.

    An array's Exit_status is only the exit code of its last subjob.
    """
    for job, about in told.items():
        if "[]" in job or not isinstance(about, dict) or not wanted(about.get("job_state")):
            continue
        used, asked = (
            found if isinstance(found := about.get(k), dict) else {} for k in ("resources_used", "Resource_List")
        )
        yield {
            "id": job.partition(".")[0],
            "state": _state(about),
            "clock": str(used.get("walltime", "")),
            "memory": _memory(used.get("mem", "")),
            "asked": _memory(asked.get("mem", "")),
            "cpu": str(used.get("cput", "")),
            "cpus": str(asked.get("ncpus", 1)),
        }


def _state(about: Mapping[str, Any]) -> str:
    if about.get("job_state") not in ("X", "F"):
        return "RUNNING"
    return "COMPLETED" if about.get("Exit_status") == 0 else "FAILED"


def _memory(text: object) -> str:
    return re.sub(r"(?i)b$", "", str(text)).upper()
