"""What to type next, as it works in the folder where the user stands."""

from __future__ import annotations

import os
from shlex import quote

from ..model import Project

SCANNERS = {"workspace": "get_files2process.sh", "summarizer": "get_cmd2process.sh"}


def script_line(project: Project, folder: str, script: str, before: str = "bash") -> str:
    """Return the line that runs a script of the project's, ``before`` it, from the current folder."""
    return f"{before} {quote(os.path.relpath(project.root / folder / script))}"


def folder_line(project: Project, folder: str, line: str) -> str:
    """Return a line that must be typed in a folder of the project's, after going there where that is elsewhere."""
    there = os.path.relpath(project.root / folder)
    return line if there == "." else f"cd {quote(there)} && {line}"


def scan_line(project: Project, folder: str) -> str:
    """Return the line that scans for one of the two folders, from the current folder."""
    return script_line(project, folder, SCANNERS[folder])


def rt_line(project: Project, words: str) -> str:
    """Return the line that calls ./rt from the current folder; it is linked into both of the folders."""
    here = os.getcwd()
    if os.path.exists("rt") and os.path.samefile("rt", project.root / "rt"):
        return f"./rt {words}"
    return f"{quote(os.path.relpath(project.root / 'rt', here))} {words}"
