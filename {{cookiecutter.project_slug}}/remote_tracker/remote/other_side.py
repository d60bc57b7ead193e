"""What the other side of a project is made from, and what ~/.ssh/config needs. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import RemoteTrackerError

LEFT_OUT = ("remote", "videos")  # keys of project.yml that are about home alone
_KEY = re.compile(r"([A-Za-z_]\w*):")
ACTIVATE = """\
# shellcheck shell=bash
# YOURS. Every task reads this file on the machine where it runs, before its program starts: say here how the
# tracker's programs are found (module load, conda activate, PATH). A failing line does not end a task.
"""


def adapt_settings(text: str, cluster: str) -> str:
    """Return project.yml for the other side: without what is about home, and with the cluster there ("": the same)."""
    kept, skips = [], False
    for line in text.splitlines(keepends=True):
        if found := _KEY.match(line):
            skips = found[1] in LEFT_OUT
            if found[1] == "cluster" and cluster:
                line, skips = f"cluster: {cluster}\n", False
        elif line.startswith("#") or not line.strip():
            skips = False
        if not skips:
            kept.append(line)
    return "".join(kept)


def ssh_block(login: str, host: str, user: str, jump: str) -> str:
    """Return what to write into ~/.ssh/config: a connection for all commands, through a ``jump`` host ("": none)."""
    lines = [f"Host {login}", f"  HostName {host or login}"]
    lines += [f"  User {user}"] if user else []
    lines += [f"  ProxyJump {jump}"] if jump else []
    lines += ["  ControlMaster auto", "  ControlPath ~/.ssh/%C", "  ControlPersist 8h"]
    return "\n".join([*lines, "  ServerAliveInterval 15", "  ServerAliveCountMax 4"])


def read_looks(text: str) -> dict[str, str]:
    """Return what look_around.sh found, by its keys; raises RemoteTrackerError where it did not come to its end."""
    found = dict(line.partition("\t")[::2] for line in text.splitlines() if "\t" in line)
    if "end" not in found:
        raise RemoteTrackerError(f"The look around there did not come to its end: {text.strip()[-200:]!r}")
    return found


def find_trouble(looks: Mapping[str, str], folder: str, version: str, needs_rsync: bool = True) -> str:
    """Return why no project can be made or updated there, "" where nothing stands against it.

    ``needs_rsync`` says whether files come through the host that was looked at.
    """
    if looks.get("project") != "yes" and looks.get("empty") != "yes":
        return f"{folder} holds other things and no project. Name an empty folder, or one that is not there yet."
    if looks.get("writable") != "yes":
        return f"{folder} cannot be written there. Name another folder in project.yml (remote: folder)."
    if not looks.get("python"):
        return (
            "no Python 3.10 or newer with click, rich, PyYAML and Jinja2 was found there. Install one there "
            "(conda create -n remote-tracker -c conda-forge python=3.12 cookiecutter h5py opencv scipy), or: "
            "./rt remote setup --python PATH"
        )
    there = looks.get("version", "")
    if there and not _numbers(there):
        return f'the project there says that its version is "{there}": mend remote_tracker/__init__.py there.'
    if _numbers(there) > _numbers(version):
        return f"the project there has remote-tracker {there}, newer than {version} here. Type here: ./rt update"
    if needs_rsync and not re.match(r"rsync +version v?(3\.[1-9]|[4-9])", looks.get("rsync", "")):
        return f"rsync 3.1 or newer is needed there; found: {looks.get('rsync') or 'none'}."
    return ""


def _numbers(version: str) -> list[int]:
    """Return the numbers at the beginning of a version, as [0, 2, 0] of 0.2.0.dev1; none of another word."""
    found = re.match(r"\d+(\.\d+)*", version)
    return [*map(int, found[0].split("."))] if found else []


def looks_lines(looks: Mapping[str, str], now: float) -> list[str]:
    """Return what was found there, for people; ``now`` is the time here."""
    clock = float(looks.get("clock") or now) - now
    names = {"sbatch": "Slurm", "qsub": "PBS or GridEngine", "bsub": "LSF"}
    space, files = looks.get("space", ""), looks.get("files", "")
    free = f"{int(space) / 1e6:,.1f} GB" if space.isdecimal() else "not told"
    inodes = f"{int(files):,}" if files.isdecimal() else "not told"
    return [
        f"  host       {looks.get('host', '')} (login shell {looks.get('shell') or 'not told'})",
        f"  python     {looks.get('python') or 'none that fits'}",
        f"  scheduler  {names.get(looks.get('scheduler', ''), 'none')}",
        f"  free       {free}, {inodes} files",
        f"  rsync      {looks.get('rsync') or 'none'}",
        f"  clock      {abs(clock):.0f} s {'behind' if clock < 0 else 'ahead'}"
        + (" (it proves nothing here)" * (abs(clock) > 60)),
        *(["  names      the disk does not tell upper from lower case"] if looks.get("case") else []),
    ]
