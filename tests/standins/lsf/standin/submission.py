"""bsub: what stands in the script's #BSUB lines and on its own line; then the array's runner is started."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import subprocess
import sys
from typing import Any

from state import State

WITH_VALUE = ("-J", "-o", "-n", "-R", "-M", "-W", "-q", "-P", "-w", "-gpu", "-u")
FLAGS = ("-r", "-N", "-B")
UNITS = {"": 1, "K": 1, "M": 1024, "G": 1024**2, "T": 1024**3}
LONGEST_RUN = {"normal": 48 * 60, "short": 10}  # minutes


class Refused(Exception):
    """The submission is refused with this text."""


def bsub(state: State, words: list[str]) -> int:
    """Submit the script that stands in the input; returns the exit code."""
    if words == ["-V"]:
        print("IBM Spectrum LSF 10.1.0.0 (a stand-in for tests)", file=sys.stderr)
        return 0
    try:
        script = sys.stdin.read()
        told = _read(state, {**_options_in(script), **_options(words)})
        (state.folder / "spool").mkdir(exist_ok=True)
        with state.locked():
            told["id"] = max([int(job) for job in state.jobs()], default=100) + 1
            state.write(told)
    except Refused as refused:
        print(f"{refused}. Job not submitted.", file=sys.stderr)
        return 255
    spooled = state.folder / "spool" / str(told["id"])
    spooled.write_text(script)
    spooled.chmod(0o755)
    runner = [sys.executable, "-B", "-S", "-E", os.path.dirname(__file__), str(state.folder), "run", str(told["id"])]
    with open(state.folder / "log", "a") as log:
        subprocess.Popen(runner, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
    if "BSUB_QUIET" not in os.environ:
        default = "" if told["asked_queue"] else "default "
        print(f"Job <{told['id']}> is submitted to {default}queue <{told['queue']}>.")
    return 0


def _options_in(script: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in re.findall(r"^#BSUB\s(.*)$", script, re.MULTILINE):
        found |= _options(shlex.split(line))
    return found


def _options(words: list[str]) -> dict[str, str]:
    found, rest = {}, list(words)
    while rest:
        option = rest.pop(0)
        if option in WITH_VALUE and rest:
            found[option] = rest.pop(0)
        elif option in FLAGS:
            found[option] = "yes"
        else:
            raise Refused(f"{option}: Illegal option")
    return found


def _read(state: State, asked: dict[str, str]) -> dict[str, Any]:
    queue = asked.get("-q", "normal")
    if queue not in LONGEST_RUN:
        raise Refused(f"{queue}: No such queue")
    name, indices, throttle = _read_array(state, asked.get("-J", ""))
    minutes = _minutes(asked["-W"]) if "-W" in asked else 0
    if minutes > LONGEST_RUN[queue]:
        raise Refused("RUNLIMIT: Cannot exceed queue's hard limit(s)")
    waits = re.findall(r"numended\((\d+),\*\)", asked.get("-w", ""))
    if any(state.load(job) is None for job in waits):
        raise Refused(f"{asked['-w']}: No matching job found")
    return {
        "name": name,
        "throttle": throttle,
        "queue": queue,
        "asked_queue": "-q" in asked,
        "minutes": minutes,
        "user": getpass.getuser(),
        "cwd": os.getcwd(),
        "output": asked.get("-o", ""),
        "after": waits,
        "memory_kib": _kib(asked["-M"]) if "-M" in asked else 0,
        "slots": int(asked.get("-n", "1")),
        "elements": {str(index): {"stat": "PEND", "reason": "New job is waiting for scheduling;"} for index in indices},
    }


def _read_array(state: State, spec: str) -> tuple[str, list[int], int]:
    """Return name, indices and the most at once of "name[1-41:10]%4"; a plain job has the index 0."""
    found = re.fullmatch(r"([^\[\]]*)(?:\[([\d,:-]+)\])?(?:%(\d+))?", spec)
    if found is None:
        raise Refused(f"{spec}: Bad job array index list")
    if found[2] is None:
        return found[1], [0], 0
    indices: list[int] = []
    for part in found[2].split(","):
        first, last, step = re.fullmatch(r"(\d+)(?:-(\d+))?(?::(\d+))?", part).groups()  # type: ignore[union-attr]
        if int(last or first) < int(first) or int(first) < 1:
            raise Refused(f"{part}: Job array index invalid range")
        indices += range(int(first), int(last or first) + 1, int(step or 1))
    if max(indices) > state.settings["array"]:
        raise Refused("Job array index too large")
    return found[1], indices, int(found[3] or 0)


def _minutes(text: str) -> int:
    hours, _, minutes = text.rpartition(":")
    if not re.fullmatch(r"\d*:?\d+", text):
        raise Refused(f"{text}: Illegal run limit")
    return int(hours or 0) * 60 + int(minutes)


def _kib(text: str) -> int:
    found = re.fullmatch(r"(\d+)([KMGT]?)B?!?", text)
    if found is None:
        raise Refused(f"{text}: Illegal memory limit")
    return int(found[1]) * UNITS[found[2]]
