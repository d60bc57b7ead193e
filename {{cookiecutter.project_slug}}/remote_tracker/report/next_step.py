"""The commands to type next, written so that they work in the current folder."""

from __future__ import annotations

import os
from shlex import quote

from ..model import Project

SCANNERS = {"workspace": "get_files2process.sh", "summarizer": "get_cmd2process.sh"}


def script_line(project: Project, folder: str, script: str, before: str = "bash") -> str:
    """Return the command that runs a script of the project with the program ``before``, for the current folder."""
    return f"{before} {quote(os.path.relpath(project.root / folder / script))}"


def folder_line(project: Project, folder: str, line: str) -> str:
    """Return a command that must be typed in a folder of the project, with a ``cd`` where the user stands elsewhere."""
    there = os.path.relpath(project.root / folder)
    return line if there == "." else f"cd {quote(there)} && {line}"


def scan_line(project: Project, folder: str) -> str:
    """Return the command that scans a folder (workspace or summarizer), for the current folder."""
    return script_line(project, folder, SCANNERS[folder])


def rt_line(project: Project, words: str) -> str:
    """Return the command that calls ./rt with ``words``, for the current folder; both folders hold a link to ./rt."""
    here = os.getcwd()
    if os.path.exists("rt") and os.path.samefile("rt", project.root / "rt"):
        return f"./rt {words}"
    return f"{quote(os.path.relpath(project.root / 'rt', here))} {words}"
