"""Look at the file or folder that a parameter names, by known keys and a tracker's program; answers are remembered."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from zlib import crc32

from .. import __version__, shell
from ..disk.derived import write_derived
from ..errors import TOO_MUCH
from ..model import Param, Project
from ..model.scheduling import BATCHES
from ..text.late_yaml import yaml
from .digest import mark_files

REMEMBERED = f"workspace/{BATCHES}/looked.json"  # derived: may be deleted at any time
SHIPPED = Path(__file__).resolve().parents[1] / "trackers"
KEPT = 50  # answers, the newest
TIMEOUT_S = 120.0


def look_at(project: Project, param: Param, path: str) -> Iterator[str]:
    """Yield what is wrong with the parameter's file or folder, each as a line that names it.

    It is looked at where the tracker, its parameters, or what lies at ``path`` changed since.
    """
    if param.keys:
        known = find_beside(project.tracker.folder, param.keys)
        found = _remember(project, path, known, __version__, lambda: _find_slips(known, project.root / path))
        yield from (f"{path}{fault}" for fault in found)
    if param.look:
        told = json.dumps(dict(project.tracker.params), default=str, sort_keys=True)
        program = find_beside(project.tracker.folder, param.look)
        answer = _remember(project, path, program, told, lambda: _ask(project, str(program), path, told))
        name = os.path.relpath(path, param.folder) if param.folder else path
        said = f"project.yml: {param.name} is {name}, and {path} "
        yield from [answer] if isinstance(answer, str) else (f"{said}{fault}." for fault in answer)


def find_beside(folder: Path, file: str) -> Path:
    """Return the path of a file that a tracker.yml in ``folder`` names.

    Where it does not lie beside it, the file of the tracker of that name that comes with remote-tracker is meant: who
    changes a tracker copies its tracker.yml alone.
    """
    own = folder / file
    return own if own.is_file() else SHIPPED / folder.name / file


def _remember(
    project: Project, path: str, tool: Path, told: str, look: Callable[[], list[str] | str]
) -> list[str] | str:
    """Return what ``look`` found, now or before for the same file, tool and ``told``; a text is not remembered."""
    entry = tool.stat()
    asked = f"{entry.st_size} {entry.st_mtime_ns} {told}"
    mark = f"{mark_files(project.root, [path])}-{crc32(asked.encode('utf-8', 'surrogateescape')):08x}"
    known = _load_remembered(project)
    if mark in known:
        return known[mark]
    answer = look()
    if not isinstance(answer, str):
        known[mark] = answer
        write_derived(project.root / REMEMBERED, json.dumps(dict(list(known.items())[-KEPT:]), indent=1))
    return answer


def _find_slips(known: Path, path: Path) -> list[str]:
    """Return what the known keys say against a parameter file; each is what follows its name in a line."""
    from .judge_values import find_faults  # 1 ms of a scan, which remembers what it found
    from .known_keys import load_known_keys  # 0.5 ms, as above
    from .read_values import load_pairs  # 0.5 ms, as above

    rules = load_known_keys(known)
    try:
        return [f": {fault}" for fault in find_faults(rules, load_pairs(path))]
    except (OSError, ValueError, yaml.YAMLError) as error:
        return [f" cannot be read: {' '.join(str(error).split())}. Mend it."]
    except TOO_MUCH:
        return [" cannot be read: it is nested too deep, or too large. Mend it."]


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
