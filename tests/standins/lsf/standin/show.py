"""bjobs, bqueues, bparams, busers."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any

from state import State

QUEUES = """
QUEUE: normal
  -- For usual work.  This is the default queue.

PARAMETERS/STATISTICS
PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV PJOBS
 30    0  Open:Active       -    -    -    -     0     0     0     0     0    0     0

MAXIMUM LIMITS:
 RUNLIMIT
 2880.0 min

USERS: all
HOSTS:  all
------------------------------------------------------------------------------

QUEUE: short
  -- For what takes minutes.

PARAMETERS/STATISTICS
PRIO NICE STATUS          MAX JL/U JL/P JL/H NJOBS  PEND   RUN SSUSP USUSP  RSV PJOBS
 40    0  Open:Active       -    -    -    -     0     0     0     0     0    0     0

MAXIMUM LIMITS:
 RUNLIMIT
 10.0 min

 MEMLIMIT
      4 G

USERS: all
HOSTS:  all
"""


def bjobs(state: State, words: list[str]) -> int:
    """Print the jobs that are not over (-a, or an id: those too) with the fields of -o as JSON."""
    fields = words[words.index("-o") + 1].split() if "-o" in words else []
    if not fields or "-json" not in words:
        print("bjobs: the stand-in knows -o with -json alone", file=sys.stderr)
        return 255
    ids = [word for word in words if word.isdigit()]
    jobs = [state.load(job) for job in ids or state.jobs()]
    over = "-a" in words or bool(ids)
    records = [
        {field.upper(): _told(told, index, one).get(field, "") for field in fields}
        for told in jobs
        if told
        for index, one in told["elements"].items()
        if over or one["stat"] in ("PEND", "RUN")
    ]
    unknown = [{"JOBID": job, "ERROR": f"Job <{job}> is not found"} for job in ids if state.load(job) is None]
    text = json.dumps({"COMMAND": "bjobs", "JOBS": len(records), "RECORDS": [*records, *unknown]}, indent=2)
    print(text.replace("/", "\\/"))  # as LSF escapes it
    return 0


def _told(told: dict[str, Any], index: str, one: dict[str, Any]) -> dict[str, str]:
    pending = one["stat"] == "PEND"
    return {
        "jobid": str(told["id"]),
        "jobindex": index,
        "stat": one["stat"],
        "user": told["user"],
        "job_name": f"{told['name']}[{index}]" if index != "0" else told["name"],
        "output_file": told["output"],
        "sub_cwd": told["cwd"],
        "exec_cwd": "" if pending else told["cwd"],
        "pend_reason": one.get("reason", ""),
        "slots": "" if pending else str(told["slots"]),
        "run_time": f"{one.get('run_s', 0):.0f} second(s)",
        "cpu_used": "" if pending else f"{one.get('run_s', 0) / 2:.1f} second(s)",
        "max_mem": f"{one['kib'] / 1024:.0f} Mbytes" if one.get("kib") else "",
        "memlimit": f"{told['memory_kib'] // 1024} M" if told["memory_kib"] else "",
    }


def bqueues(_state: State, _words: list[str]) -> int:
    """Print the two queues, at length."""
    print(QUEUES)
    return 0


def bparams(state: State, _words: list[str]) -> int:
    """Print some of the settings, in the form of -a."""
    print("lsb.params configuration at Mon Jan  5 10:00:00 2026\n")
    print(f"       DEFAULT_QUEUE = normal\n       MAX_JOB_ARRAY_SIZE = {state.settings['array']}")
    print(f"       SECURE_JOB_INFO_LEVEL = {state.settings['secure']}")
    return 0


def busers(state: State, _words: list[str]) -> int:
    """Print the user's line, in the form of -w."""
    told = [one for job in state.jobs() for one in (state.load(job) or {"elements": {}})["elements"].values()]
    pending, running = (sum(one["stat"] == word for one in told) for word in ("PEND", "RUN"))
    print("USER/GROUP          JL/P    MAX  NJOBS   PEND    RUN  SSUSP  USUSP    RSV  MPEND  PJOBS MPJOBS")
    counts = (pending + running, pending, running, 0, 0, 0, "-", pending, state.settings["pending"])
    print(f"{getpass.getuser():<19}    -      - " + " ".join(f"{count:>6}" for count in counts))
    return 0
