"""Ask a tracker's own program what is wrong with the file or folder that a parameter names; answers are remembered."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from zlib import crc32

from .. import shell
from ..disk.derived import write_derived
from ..model import Param, Project
from ..model.scheduling import BATCHES
from .digest import mark_files

REMEMBERED = f"workspace/{BATCHES}/looked.json"  # derived: may be deleted at any time
KEPT = 50  # answers, the newest
TIMEOUT_S = 120.0


def look_at(project: Project, param: Param, path: str) -> Iterator[str]:
    """Yield what is wrong with the parameter's file or folder, each as a line that names it.

    The program is started where the tracker, its parameters, or what lies at ``path`` changed since it was asked.
    """
    told = json.dumps(dict(project.tracker.params), default=str, sort_keys=True)
    program = project.tracker.folder / param.look
    tool = program.stat()
    asked = f"{tool.st_size} {tool.st_mtime_ns} {told}"
    mark = f"{mark_files(project.root, [path])}-{crc32(asked.encode('utf-8', 'surrogateescape')):08x}"
    known = _load_remembered(project)
    if mark not in known:
        answer = _ask(project, str(program), path, told)
        if isinstance(answer, str):
            yield answer
            return
        known[mark] = answer
        write_derived(project.root / REMEMBERED, json.dumps(dict(list(known.items())[-KEPT:]), indent=1))
    name = os.path.relpath(path, param.folder) if param.folder else path
    yield from (f"project.yml: {param.name} is {name}, and {path} {fault}." for fault in known[mark])


def _ask(project: Project, program: str, path: str, told: str) -> list[str] | str:
    """Return the lines that the program prints; a line of ours where it cannot tell."""
    argv = [sys.executable, "-I", "-B", "-X", "utf8", program, os.path.join(project.root, path)]
    ran = shell.run(argv, input=told, timeout=TIMEOUT_S)
    if ran.code:
        said = ran.err.strip().rpartition("\n")[2] or ran.complaint
        return f"{path} cannot be looked at by {os.path.basename(program)}: {said}."
    return [" ".join(line.split()) for line in ran.out.splitlines() if line.strip()]


def _load_remembered(project: Project) -> dict[str, list[str]]:
    try:
        known = json.loads((project.root / REMEMBERED).read_text(encoding="utf-8"))
        return {str(mark): [str(line) for line in lines] for mark, lines in known.items()}
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}
