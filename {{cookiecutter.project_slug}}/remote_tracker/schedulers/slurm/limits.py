"""Slurm's limits, its partitions, and whose jobs it shows."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from ... import shell
from ..match import user_name
from ..snapshot import TIMEOUT_S


def read_limit(asked: Mapping[str, str]) -> tuple[int, str]:
    """Return how many tasks a new array may have, and the limit's name; -1 where Slurm does not tell.

    An array's indices go up to MaxArraySize - 1. The QOS that is ``asked`` for may limit how many jobs a user has.
    """
    answer = shell.ask(["scontrol", "show", "config"], timeout=TIMEOUT_S)
    found = re.search(r"^MaxArraySize\s*=\s*(\d{1,9})", answer.out, re.MULTILINE | re.ASCII)
    most = int(found[1]) - 1 if found else -1
    who = f"user={user_name()}"  # a number finds nobody, and sacctmgr calls that fine
    limits = [(most, f"MaxArraySize {most + 1}")] if found else []
    limits += _read_user_limit(["assoc", who, "format=MaxSubmit"], [], "your limit of submitted jobs")
    if qos := asked.get("qos", ""):
        name = f"your limit of submitted jobs of QOS {qos}"
        limits += _read_user_limit(["qos", qos, "format=MaxSubmitPU"], [f"--qos={qos}"], name)
    return min(limits, key=lambda limit: limit[0], default=(-1, ""))


def _read_user_limit(asked: Sequence[str], among: Sequence[str], name: str) -> list[tuple[int, str]]:
    """Return how many more jobs this user may submit, with the limit's name; nothing where there is no such limit.

    ``asked`` is what sacctmgr is to show, ``among`` squeue's option for the jobs that count.
    """
    told = shell.ask(["sacctmgr", "-nP", "show", *asked], timeout=TIMEOUT_S)
    limits = [int(line) for line in re.findall(r"^\d{1,9}$", told.out, re.MULTILINE | re.ASCII)]
    if told.code or not limits:
        return []
    mine = ["squeue", "--noheader", "--array", f"--user={os.getuid()}", *among, "--format=%F"]
    held = shell.ask(mine, timeout=TIMEOUT_S)
    return [(max(0, min(limits) - len(held.out.split())), name)]


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
