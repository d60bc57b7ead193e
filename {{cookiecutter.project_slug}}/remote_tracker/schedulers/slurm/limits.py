"""Slurm's limits, its partitions, and whose jobs it shows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from ... import shell
from ..match import user_name
from ..snapshot import TIMEOUT_S


def read_limit(_asked: Mapping[str, str]) -> tuple[int, str]:
    """Return how many tasks a new array may have, and the limit's name; -1 where Slurm does not tell.

    An array's indices go up to MaxArraySize - 1.
    """
    answer = shell.ask(["scontrol", "show", "config"], timeout=TIMEOUT_S)
    found = re.search(r"^MaxArraySize\s*=\s*(\d{1,9})", answer.out, re.MULTILINE | re.ASCII)
    most = int(found[1]) - 1 if found else -1
    allowed = _read_user_limit()
    if allowed >= 0 and (most < 0 or allowed < most):
        return allowed, "your limit of submitted jobs"
    return most, f"MaxArraySize {most + 1}" if found else ""


def _read_user_limit() -> int:
    """Return how many more jobs this user may submit; -1 where there is no limit, or no accounting to ask."""
    who = f"user={user_name()}"  # a number finds nobody, and sacctmgr calls that fine
    asked = shell.ask(["sacctmgr", "-nP", "show", "assoc", who, "format=MaxSubmit"], timeout=TIMEOUT_S)
    limits = [int(line) for line in re.findall(r"^\d{1,9}$", asked.out, re.MULTILINE | re.ASCII)]
    if asked.code or not limits:
        return -1
    held = shell.ask(["squeue", "--noheader", "--array", f"--user={os.getuid()}", "--format=%F"], timeout=TIMEOUT_S)
    return max(0, min(limits) - len(held.out.split()))


def find_partitions() -> tuple[Sequence[Mapping[str, str]], str]:
    """Return the partitions as sinfo shows them, with their limits, and "" or why sinfo does not tell."""
    answer = shell.ask(["sinfo", "--noheader", "--format", "%P|%a|%l|%c|%m|%G|%D"], timeout=TIMEOUT_S)
    if answer.code:
        return [], answer.complaint
    names = ("partition", "state", "walltime", "cpus", "memory", "gpus", "nodes")
    lines = (line.split("|") for line in answer.out.splitlines())
    return [dict(zip(names, told, strict=True)) for told in lines if len(told) == len(names)], ""


def hides_jobs() -> bool:
    """Return whether Slurm shows this user no other person's jobs; root sees all jobs."""
    answer = shell.ask(["scontrol", "show", "config"], timeout=TIMEOUT_S)
    private = re.search(r"^PrivateData\s*=\s*(.*)$", answer.out, re.MULTILINE)
    return os.getuid() != 0 and private is not None and "jobs" in private[1].split(",")
