"""Programs that stand before the real ones on a task's PATH, and do something else at a chosen call."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import SMALL_PATH, Lab

KILL = "kill -KILL $PPID"  # the task itself, as a node that is switched off


def put_before(lab: Lab, name: str, text: str, call: int = 0) -> str:
    """Write a program that runs ``text`` at its ``call``-th start (0: at each) instead of the real program.

    Returns a PATH on which it stands first. In the text ``$real`` is the real program.
    """
    folder = lab.home / "before"
    folder.mkdir(exist_ok=True)
    program = folder / name
    count = folder / f"{name}.calls"
    chosen = f'echo >>"{count}"; if [[ $(wc -l <"{count}") -ne {call} ]]; then exec "$real" "$@"; fi' if call else ""
    program.write_text(f"#!/bin/bash\nreal={shutil.which(name, path=SMALL_PATH)}\n{chosen}\n{text}\n")
    program.chmod(0o755)
    return f"{folder}:{SMALL_PATH}"


def left_in(folder: Path) -> list[str]:
    """Return what is hidden below a folder: work folders, copies, notes."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if "/.work/" in f"/{path}")
