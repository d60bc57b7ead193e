"""command: a line of bash must end well, in the environment of the job."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from ... import shell
from ..clause import Files, Kind, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..clause import Clause

_OF_A_TASK = re.compile(r"\{\{[^}]*\b(work|profile)\b")


def _examine(check: Clause, files: Files) -> str:
    line = files.commands.get(check.subject)
    if line is None:
        return f"the command {_short(check.subject)} was not filled in for this task"
    result = shell.run(["bash", "-c", line], env={**os.environ, **files.variables} if files.variables else None)
    said = _last_line(result.err) or _last_line(result.out) or "nothing"
    if result.code:
        return f"{_short(line)} ended with exit code {result.code}, expected 0; it said: {said}"
    wanted = check.options.get("prints", "")
    if wanted not in result.out and wanted not in result.err:
        return f'{_short(line)} did not print "{wanted}"; it said: {said}'
    return ""


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:160] if lines else ""


def _refuse(subject: str, options: Mapping[str, Any]) -> str:
    found = _OF_A_TASK.search(subject) if options.get("anywhere") else None
    return f'"anywhere": only a task has {{{{ {found[1]} }}}}, a scan has none' if found else ""


def _short(line: str) -> str:
    return f"`{line}`" if len(line) <= 100 else f"`{line[:97]}...`"


KIND = Kind(
    "command",
    "node",
    "command",
    "a line of bash, written as the stage's command is, ends with exit code 0 in the job's environment",
    (
        Option("prints", "a text that must stand in what it prints"),
        Option(
            "anywhere",
            "true where it needs bash and the project's files alone: then every scan asks it, too",
            kinds=("flag",),
        ),
    ),
    _examine,
    _refuse,
)
